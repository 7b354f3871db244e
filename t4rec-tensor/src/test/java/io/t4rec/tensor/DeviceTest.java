package io.t4rec.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @Test
    void readsNames() {
        assertThat(Device.parse("cpu")).isEqualTo(Device.CPU);
        assertThat(Device.parse("cuda")).isEqualTo(new Device("cuda", 0));
        assertThat(Device.parse("cuda:3")).isEqualTo(new Device("cuda", 3)).hasToString("cuda:3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CUDA", "cuda:", "cuda:x", "cuda:-1", "cuda:99999", "cpu:0", "meta"})
    void refusesOtherNames(String name) {
        assertThatThrownBy(() -> Device.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("device: " + name + " (expected: cpu, cuda or cuda:N)");
    }

    @Test
    void knowsWhatIsPresent() {
        int devices = Native.cudaDevices();
        assertThat(Device.CPU.isPresent()).isTrue();
        assertThat(new Device("cuda", devices).isPresent()).isFalse();
        assertThat(Device.parse("cuda").isPresent()).isEqualTo(devices > 0);
    }
}
