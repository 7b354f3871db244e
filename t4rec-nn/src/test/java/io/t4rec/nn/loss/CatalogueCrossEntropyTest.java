package io.t4rec.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

class CatalogueCrossEntropyTest {
    @ParameterizedTest
    @CsvSource({
        "1,1,1,1,0,1",
        "7,13,4,1,0,2",
        "1100,50,8,1,0,3",
        "600,301,8,0.7,0,4",
        "600,301,8,1,0.1,5",
        "33,5,3,2.5,0.6,6"
    })
    void equalsThePlainFormWithItsGradients(int n, int v, int d, double temperature, double smoothing, long seed) {
        try (Scope scope = Scope.open();
                CatalogueCrossEntropy loss = new CatalogueCrossEntropy(temperature, smoothing)) {
            Generator generator = new Generator(seed);
            Tensor hidden = normal(generator, n, d).requireGradient(true);
            Tensor table = normal(generator, v, d).requireGradient(true);
            Tensor targets = targets(n, v, seed);

            Tensor logProbabilities =
                    hidden.matmul(table.transpose(0, 1)).div(temperature).logSoftmax(-1);
            Tensor picked = logProbabilities.gather(1, targets.unsqueeze(1)).sum();
            Tensor plain = picked.mul(1 - smoothing)
                    .add(logProbabilities.sum().mul(smoothing / v))
                    .neg();
            plain.div(n).backward();

            Tensor tableGradient = Tensors.zerosLike(table.detach());
            CatalogueCrossEntropy.Result result = loss.lossAndGradients(hidden, table, targets, n, tableGradient);

            double scale = Math.max(1, plain.item());
            assertThat(Math.abs(result.lossSum() - plain.item()) / scale).isLessThan(2e-6);
            assertThat(distance(result.hiddenGradient(), hidden.gradient())).isLessThan(1e-6);
            assertThat(distance(tableGradient, table.gradient())).isLessThan(1e-6);
        }
    }

    @Test
    void addsToTheGradientItIsGiven() {
        try (Scope scope = Scope.open();
                CatalogueCrossEntropy loss = new CatalogueCrossEntropy(1, 0)) {
            Generator generator = new Generator(3);
            Tensor hidden = normal(generator, 4, 2);
            Tensor table = normal(generator, 5, 2);
            Tensor once = Tensors.zeros(5, 2);
            loss.lossAndGradients(hidden, table, targets(4, 5, 1), 4, once);
            Tensor twice = Tensors.zeros(5, 2);
            loss.lossAndGradients(hidden, table, targets(4, 5, 1), 4, twice);
            loss.lossAndGradients(hidden, table, targets(4, 5, 1), 4, twice);
            assertThat(distance(twice, once.mul(2))).isLessThan(1e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,4,2,1", "900,40,3,2", "50,700,5,3"})
    void ranksAsSortingWould(int n, int v, int d, long seed) {
        try (Scope scope = Scope.open();
                CatalogueCrossEntropy loss = new CatalogueCrossEntropy(1, 0)) {
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
            assertThat(loss.ranks(hidden, table, targets, null, 0)).containsExactly(expected);
            assertThat(loss.ranks(hidden, table, targets, null, 2)).containsExactly(expectedFrom2);
        }
    }

    @Test
    void leavesExcludedItemsOutOfTheRanking() {
        try (Scope scope = Scope.open();
                CatalogueCrossEntropy loss = new CatalogueCrossEntropy(1, 0)) {
            Tensor hidden = Tensors.of(new float[] {1, 1}, 2, 1);
            Tensor table = Tensors.of(new float[] {4, 3, 2, 1}, 4, 1);
            Tensor targets = Tensors.of(new long[] {3, 3});
            Tensor excluded = Tensors.of(new long[] {1, 0, 1, 2}, 2, 2);
            assertThat(loss.ranks(hidden, table, targets, excluded, 0)).containsExactly(4, 2);
        }
    }

    @Test
    void ranksATargetLastWhoseScoreIsNoNumber() {
        try (Scope scope = Scope.open();
                CatalogueCrossEntropy loss = new CatalogueCrossEntropy(1, 0)) {
            Tensor hidden = Tensors.of(new float[] {Float.NaN, 1}, 2, 1);
            Tensor table = Tensors.of(new float[] {4, 3, Float.NaN, 1}, 4, 1);
            Tensor targets = Tensors.of(new long[] {0, 1});
            assertThat(loss.ranks(hidden, table, targets, null, 0)).containsExactly(4, 2);
        }
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThatThrownBy(() -> new CatalogueCrossEntropy(0, 0)).hasMessageContaining("temperature: 0.0");
        assertThatThrownBy(() -> new CatalogueCrossEntropy(1, 1)).hasMessageContaining("labelSmoothing: 1.0");
    }

    private static Tensor normal(Generator generator, long... shape) {
        return Tensors.zeros(shape).normalInPlace(0, 1, generator);
    }

    private static Tensor targets(int n, int v, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        return Tensors.of(random.longs(n, 0, v).toArray());
    }

    private static double distance(Tensor a, Tensor b) {
        return a.sub(b).abs().flatten(0, -1).max(0, false).item();
    }
}
