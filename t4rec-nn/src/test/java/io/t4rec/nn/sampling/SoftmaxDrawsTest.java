package io.t4rec.nn.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SoftmaxDrawsTest {
    private static final int DRAWS = 40_000;

    @Test
    void drawsAsOftenAsTheSoftmaxSays() {
        for (double temperature : new double[] {0.5, 1, 3}) {
            try (Scope scope = Scope.open()) {
                Tensor table = Tensors.of(new float[] {0, 1, 2, -1, 0.5f}, 5, 1);
                Tensor states = Tensors.ones(DRAWS, 1);
                double[] uniform = new SplittableRandom(7).doubles(DRAWS).toArray();
                double[] counts = new double[5];
                for (long drawn : SoftmaxDraws.of(states, table, temperature, uniform)) {
                    counts[(int) drawn]++;
                }
                float[] expected =
                        table.mul(1 / temperature).squeeze(1).softmax(0).toFloats();
                for (int i = 0; i < counts.length; i++) {
                    // five standard errors
                    double tolerance = 5 * Math.sqrt(expected[i] * (1 - expected[i]) / DRAWS);
                    assertThat(counts[i] / DRAWS)
                            .as("item " + i + ", temperature " + temperature)
                            .isCloseTo(expected[i], within(tolerance));
                }
            }
        }
    }

    @Test
    void drawsTheSameInChunksOfAnyCatalogue() {
        try (Scope scope = Scope.open()) {
            Generator generator = new Generator(3);
            long items = SoftmaxDraws.CHUNK_ELEMENTS / 3;
            Tensor table = Tensors.empty(DataType.FLOAT32, items, 2).normalInPlace(0, 1, generator);
            Tensor states = Tensors.empty(DataType.FLOAT32, 7, 2).normalInPlace(0, 1, generator);
            double[] uniform = new SplittableRandom(5).doubles(7).toArray();
            long[] all = SoftmaxDraws.of(states, table, 1, uniform);
            for (int i = 0; i < 7; i++) {
                assertThat(SoftmaxDraws.of(states.narrow(0, i, 1), table, 1, new double[] {uniform[i]}))
                        .containsExactly(all[i]);
            }
        }
    }

    @Test
    void neverDrawsWhatHasNoChance() {
        try (Scope scope = Scope.open()) {
            Tensor table = Tensors.of(new float[] {-500, 0, -500}, 3, 1);
            double[] extremes = {0, 1 - 1e-16, 0.5};
            assertThat(SoftmaxDraws.of(Tensors.ones(3, 1), table, 1, extremes)).containsExactly(1, 1, 1);
        }
    }

    @Test
    void givesARowEvenWhereScoresAreNoNumbers() {
        try (Scope scope = Scope.open()) {
            Tensor table = Tensors.of(new float[] {Float.NaN, 0, 1}, 3, 1);
            assertThat(SoftmaxDraws.of(Tensors.ones(1, 1), table, 1, new double[] {0.5})[0])
                    .isBetween(0L, 2L);
        }
    }

    @Test
    void wantsAChanceForEachState() {
        try (Scope scope = Scope.open()) {
            assertThatThrownBy(() -> SoftmaxDraws.of(Tensors.ones(3, 1), Tensors.ones(2, 1), 1, new double[] {0.5}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("uniform: 1 (expected: 3, one a state)");
        }
    }
}
