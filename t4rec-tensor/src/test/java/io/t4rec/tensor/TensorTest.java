package io.t4rec.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void multipliesMatrices() {
        try (Scope scope = Scope.open()) {
            Tensor a = Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
            Tensor b = Tensors.of(new float[] {1, 0, 0, 1, 1, 1}, 3, 2);
            assertThat(a.matmul(b).toFloats()).containsExactly(4, 5, 10, 11);
        }
    }

    @Test
    void namesBothShapesWhenTheyDoNotFit() {
        try (Scope scope = Scope.open()) {
            Tensor a = Tensors.zeros(2, 3);
            Tensor b = Tensors.zeros(4, 5);
            assertThatThrownBy(() -> a.matmul(b))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("matmul")
                    .hasMessageContaining("[2, 3]")
                    .hasMessageContaining("[4, 5]");
            assertThatThrownBy(() -> Tensors.concat(0, a, b)).hasMessageContaining("[2, 3]");
        }
    }

    @Test
    void makesTensorsWithoutElements() {
        try (Scope scope = Scope.open()) {
            assertThat(Tensors.of(new float[0]).toFloats()).isEmpty();
            assertThat(Tensors.of(new double[0]).toDoubles()).isEmpty();
            assertThat(Tensors.of(new long[0], 0, 3).toLongs()).isEmpty();
            assertThat(Tensors.of(new boolean[0]).shape()).containsExactly(0);
        }
    }

    @Test
    void saysThatThereIsNoSuchDimension() {
        try (Scope scope = Scope.open()) {
            Tensor a = Tensors.zeros(2, 3);
            assertThat(a.size(-2)).isEqualTo(2);
            for (int dimension : new int[] {2, -3}) {
                assertThatThrownBy(() -> a.size(dimension))
                        .isInstanceOf(ShapeException.class)
                        .hasMessage("dimension: " + dimension + " (expected: one of [2, 3])");
            }
        }
    }

    @Test
    void backPropagatesThroughLayers() {
        try (Scope scope = Scope.open()) {
            Tensor weight = Tensors.of(new float[] {2, -1}, 1, 2).requireGradient(true);
            Tensor input = Tensors.of(new float[] {3, 5}, 1, 2);
            input.linear(weight, null).sum().backward();
            assertThat(weight.gradient()).isNotNull();
            assertThat(weight.gradient().toFloats()).containsExactly(3, 5);
            weight.setGradient(null);
            assertThat(weight.gradient()).isNull();
        }
    }

    @Test
    void givesThePaddingRowOfATableNoGradient() {
        try (Scope scope = Scope.open()) {
            Tensor table = Tensors.ones(4, 2).requireGradient(true);
            table.embedding(Tensors.of(new long[] {0, 2, 2}), 0).sum().backward();
            assertThat(table.gradient().toFloats()).containsExactly(0, 0, 0, 0, 2, 2, 0, 0);
        }
    }

    @Test
    void dropsAtTheGivenRateAndKeepsTheMean() {
        try (Scope scope = Scope.open()) {
            Tensor dropped = Tensors.ones(200, 100).dropout(0.3, new Generator(7));
            double zeros = dropped.eq(0).to(DataType.FLOAT32).mean().item();
            assertThat(zeros).isBetween(0.28, 0.32);
            assertThat(dropped.mean().item()).isBetween(0.97, 1.03);
        }
    }

    @Test
    void ranksTheLargestElements() {
        try (Scope scope = Scope.open()) {
            Tensor.TopK top = Tensors.of(new float[] {1, 9, 3, 7}).topK(2);
            assertThat(top.indices().toLongs()).containsExactly(1, 3);
            assertThat(top.values().toFloats()).containsExactly(9, 7);
        }
    }

    @Test
    void refusesElementsThatDoNotFillTheShape() {
        assertThatThrownBy(() -> Tensors.of(new float[3], 2, 2))
                .hasMessageContaining("values: 3")
                .hasMessageContaining("[2, 2]");
        assertThatThrownBy(() -> Tensors.zeros(-1, 2)).hasMessageContaining("sizes >= 0");
    }

    @Test
    void saysInOneLineWhatDoesNotFit() {
        try (Scope scope = Scope.open()) {
            Tensor tensor = Tensors.ones(2, 3);
            List<Runnable> wrong = List.of(
                    () -> tensor.sum(5, true),
                    () -> tensor.mean(5, true),
                    () -> tensor.max(5, true),
                    () -> tensor.argMax(5),
                    () -> tensor.argSort(5),
                    () -> tensor.softmax(5),
                    () -> tensor.logSoftmax(5),
                    () -> tensor.logSumExp(5, true),
                    () -> tensor.topK(9),
                    () -> tensor.requireGradient(true).mul(2).backward(),
                    tensor::item,
                    tensor::itemLong);
            for (Runnable operation : wrong) {
                assertThatThrownBy(operation::run)
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContaining("[2, 3]FLOAT32 (expected: ")
                        .message()
                        .doesNotContain("\n");
            }
            assertThatThrownBy(() -> Tensors.ones(2).sum().backward())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("requires a gradient");
            assertThatThrownBy(() -> tensor.dropout(1, new Generator(1)))
                    .hasMessage("dropout: 1.0 (expected: 0 <= probability < 1)");
        }
    }
}
