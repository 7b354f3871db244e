package io.t4rec.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AutocastTest {
    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void narrowsProductsOnlyUntilClosed(DataType type) {
        try (Scope scope = Scope.open()) {
            Tensor a = Tensors.full(0.3, 4, 4);
            try (Autocast narrow = Autocast.to(type, Device.CPU)) {
                assertThat(a.matmul(a).dataType()).isEqualTo(type);
                assertThat(a.linear(a, null).dataType()).isEqualTo(type);
            }
            assertThat(a.matmul(a).dataType()).isEqualTo(DataType.FLOAT32);
        }
    }

    @Test
    void givesGradientsInTheTypeOfTheWeights() {
        try (Scope scope = Scope.open()) {
            Tensor weight = Tensors.full(0.5, 2, 2).requireGradient(true);
            Tensor input = Tensors.full(1, 3, 2);
            Tensor output;
            try (Autocast narrow = Autocast.to(DataType.BFLOAT16, Device.CPU)) {
                output = input.linear(weight, null);
            }
            output.to(DataType.FLOAT32).sum().backward();
            Tensor gradient = weight.gradient();
            assertThat(gradient).isNotNull();
            assertThat(gradient.dataType()).isEqualTo(DataType.FLOAT32);
            assertThat(gradient.toFloats()[0]).isCloseTo(3, within(1e-3f));
        }
    }

    @Test
    void leavesOtherThreadsAlone() throws InterruptedException {
        AtomicReference<DataType> elsewhere = new AtomicReference<>();
        try (Autocast narrow = Autocast.to(DataType.BFLOAT16, Device.CPU)) {
            Thread other = new Thread(() -> {
                try (Scope scope = Scope.open()) {
                    Tensor a = Tensors.ones(2, 2);
                    elsewhere.set(a.matmul(a).dataType());
                }
            });
            other.start();
            other.join();
        }
        assertThat(elsewhere.get()).isEqualTo(DataType.FLOAT32);
    }

    @Test
    void refusesTypesThatAreNotNarrow() {
        assertThatThrownBy(() -> Autocast.to(DataType.FLOAT64, Device.CPU))
                .hasMessageContaining("autocast type: FLOAT64 (expected: FLOAT16 or BFLOAT16)");
    }
}
