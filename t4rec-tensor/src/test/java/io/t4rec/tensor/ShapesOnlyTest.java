package io.t4rec.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapesOnlyTest {
    @Test
    void tensorsHaveShapesAndTakeNoMemory() {
        try (Scope scope = Scope.open()) {
            long before = Native.residentBytes();
            try (ShapesOnly shapes = ShapesOnly.open(1L << 40)) {
                Tensor weight = Tensors.zeros(1_000_000, 100_000).normalInPlace(0, 1, new Generator(1));
                Tensor norm = Tensors.ones(7);
                assertThat(weight.shape()).containsExactly(1_000_000, 100_000);
                assertThat(weight.dataType()).isEqualTo(DataType.FLOAT32);
                assertThat(norm.shape()).containsExactly(7);
            }
            assertThat(Native.residentBytes() - before).isLessThan(100L << 20);
            assertThat(Tensors.ones(3).toFloats()).as("after it").containsExactly(1, 1, 1);
        }
    }

    @Test
    void moreThanTheLimitIsRefused() {
        try (Scope scope = Scope.open();
                ShapesOnly shapes = ShapesOnly.open(10)) {
            Tensors.zeros(2, 4);
            assertThatThrownBy(() -> Tensors.zeros(3)).isInstanceOf(IllegalArgumentException.class);
        }
        try (Scope scope = Scope.open();
                ShapesOnly shapes = ShapesOnly.open(Long.MAX_VALUE)) {
            assertThatThrownBy(() -> Tensors.zeros(1L << 40, 1L << 40)).isInstanceOf(ArithmeticException.class);
        }
    }

    @Test
    void oneAtATime() {
        try (ShapesOnly shapes = ShapesOnly.open(1)) {
            assertThatThrownBy(() -> ShapesOnly.open(1)).isInstanceOf(IllegalStateException.class);
        }
    }
}
