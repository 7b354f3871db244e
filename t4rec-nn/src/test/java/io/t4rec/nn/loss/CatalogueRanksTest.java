package io.t4rec.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueRanksTest {
    @ParameterizedTest
    @CsvSource({"1,4,2,1", "900,40,3,2", "50,700,5,3"})
    void ranksAsSortingWould(int n, int v, int d, long seed) {
        try (Scope scope = Scope.open();
                CatalogueRanks ranking = new CatalogueRanks()) {
            Generator generator = new Generator(seed);
            // few distinct values, so that scores tie
            Tensor hidden = normal(generator, n, d).mul(1.5).to(DataType.INT64).to(DataType.FLOAT32);
            Tensor table = normal(generator, v, d).mul(1.5).to(DataType.INT64).to(DataType.FLOAT32);
            Tensor targets = targets(n, v, seed);
            long[] ids = targets.toLongs();
            float[] scores = hidden.matmul(table.transpose(0, 1)).toFloats();
            int[] expected = new int[n];
            int[] expectedFrom2 = new int[n];
            for (int row = 0; row < n; row++) {
                float own = scores[row * v + (int) ids[row]];
                for (int item = 0; item < v; item++) {
                    float score = scores[row * v + item];
                    if (score > own || (score == own && item < ids[row])) {
                        expected[row]++;
                        expectedFrom2[row] += item >= 2 ? 1 : 0;
                    }
                }
                expected[row]++;
                expectedFrom2[row]++;
            }
            assertThat(ranking.ranks(hidden, table, targets, null, 0)).containsExactly(expected);
            assertThat(ranking.ranks(hidden, table, targets, null, 2)).containsExactly(expectedFrom2);
        }
    }

    @Test
    void leavesExcludedItemsOutOfTheRanking() {
        try (Scope scope = Scope.open();
                CatalogueRanks ranking = new CatalogueRanks()) {
            Tensor hidden = Tensors.of(new float[] {1, 1}, 2, 1);
            Tensor table = Tensors.of(new float[] {4, 3, 2, 1}, 4, 1);
            Tensor targets = Tensors.of(new long[] {3, 3});
            Tensor excluded = Tensors.of(new long[] {1, 0, 1, 2}, 2, 2);
            assertThat(ranking.ranks(hidden, table, targets, excluded, 0)).containsExactly(4, 2);
        }
    }

    @Test
    void ranksATargetLastWhoseScoreIsNoNumber() {
        try (Scope scope = Scope.open();
                CatalogueRanks ranking = new CatalogueRanks()) {
            Tensor hidden = Tensors.of(new float[] {Float.NaN, 1}, 2, 1);
            Tensor table = Tensors.of(new float[] {4, 3, Float.NaN, 1}, 4, 1);
            Tensor targets = Tensors.of(new long[] {0, 1});
            assertThat(ranking.ranks(hidden, table, targets, null, 0)).containsExactly(4, 2);
        }
    }

    private static Tensor normal(Generator generator, long... shape) {
        return Tensors.zeros(shape).normalInPlace(0, 1, generator);
    }

    private static Tensor targets(int n, int v, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        return Tensors.of(random.longs(n, 0, v).toArray());
    }
}
