package io.t4rec.train;

import static io.t4rec.train.SmallRun.config;
import static io.t4rec.train.SmallRun.train;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.Device;
import io.t4rec.tensor.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDeviceTest {
    @TempDir
    Path folder;

    @Test
    void trainsOnTheProcessorUnlessTold() {
        assertThat(TrainingConfig.defaults().device()).isEqualTo("cpu");
        assertThat(TrainingConfig.defaults().requireDevice()).isEqualTo(Device.CPU);
    }

    @Test
    void refusesAnUnknownDevice() {
        assertThatThrownBy(() -> config().device("gpu").build())
                .isInstanceOf(ConfigException.class)
                .hasMessage("training.device: gpu (expected: cpu, cuda or cuda:N)");
    }

    @Test
    void saysWhatToDoWithoutCuda() {
        Assumptions.assumeTrue(Native.cudaDevices() == 0, "this machine has a CUDA device");
        TrainingConfig config = config().device("cuda:1").build();
        assertThatThrownBy(() -> train(config, null, null))
                .isInstanceOf(ConfigException.class)
                .hasMessage("training.device: cuda:1 (expected: cpu; this build or machine has no CUDA device:"
                        + " build with -Pgpu on a machine with one, see docs/gpu.md)");
    }

    @Test
    void hasOneWorkerOnCuda() {
        assertThat(config().device("cuda").threads(4).build().workers()).isEqualTo(1);
        assertThat(config().device("cpu").threads(4).build().workers()).isEqualTo(4);
    }

    @Test
    void goesOnWithACheckpointOfAnyDevice() throws IOException {
        train(config().epochs(1).build(), null, folder);
        Path state = folder.resolve("checkpoint-9/state.json");
        String saved = Files.readString(state);
        assertThat(saved).containsPattern("\"device\" ?: ?\"cpu\"");
        Files.writeString(state, saved.replaceFirst(",\\s*\"device\" ?: ?\"cpu\"", ""));
        assertThat(Files.readString(state)).as("of an older version").doesNotContain("device");
        train(config().build(), null, folder);
        assertThat(folder.resolve("checkpoint-18")).isDirectory();
    }
}
