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
import org.junit.jupiter.params.provider.EnumSource;

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
            Tensor hidden = normal(generator, n, d);
            Tensor table = normal(generator, v, d);
            Tensor targets = targets(n, v, seed);
            Tensor exactHidden = hidden.to(DataType.FLOAT64).requireGradient(true);
            Tensor exactTable = table.to(DataType.FLOAT64).requireGradient(true);

            Tensor logProbabilities = exactHidden
                    .matmul(exactTable.transpose(0, 1))
                    .div(temperature)
                    .logSoftmax(-1);
            Tensor picked = logProbabilities.gather(1, targets.unsqueeze(1)).sum();
            Tensor plain = picked.mul(1 - smoothing)
                    .add(logProbabilities.sum().mul(smoothing / v))
                    .neg();
            plain.div(n).backward();

            Tensor tableGradient = Tensors.zerosLike(table);
            CatalogueCrossEntropy.Result result = loss.lossAndGradients(hidden, table, targets, n, tableGradient);

            double scale = Math.max(1, plain.item());
            assertThat(Math.abs(result.lossSum() - plain.item()) / scale).isLessThan(1e-6);
            assertThat(distance(result.hiddenGradient(), exactHidden.gradient().to(DataType.FLOAT32)))
                    .isLessThan(1e-6);
            assertThat(distance(tableGradient, exactTable.gradient().to(DataType.FLOAT32)))
                    .isLessThan(1e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,0,1", "0.7,0,2", "1,0.1,3", "1.5,0.6,4"})
    void weighsItemsAsPyTorchDoes(double temperature, double smoothing, long seed) {
        int n = 200;
        int v = 17;
        float[] weights = new float[v];
        for (int i = 0; i < v; i++) {
            weights[i] = 0.25f * (1 + i % 5);
        }
        try (Scope scope = Scope.open();
                CatalogueCrossEntropy loss = new CatalogueCrossEntropy(temperature, smoothing, weights)) {
            Generator generator = new Generator(seed);
            Tensor hidden = normal(generator, n, 4);
            Tensor table = normal(generator, v, 4);
            Tensor targets = targets(n, v, seed);
            Tensor exactHidden = hidden.to(DataType.FLOAT64).requireGradient(true);
            Tensor exactTable = table.to(DataType.FLOAT64).requireGradient(true);
            Tensor exactWeights = Tensors.of(weights).to(DataType.FLOAT64);

            Tensor minusLog = exactHidden
                    .matmul(exactTable.transpose(0, 1))
                    .div(temperature)
                    .logSoftmax(-1)
                    .mul(exactWeights)
                    .neg(); // (n, V)
            Tensor plain = minusLog.gather(1, targets.unsqueeze(1))
                    .sum()
                    .mul(1 - smoothing)
                    .add(minusLog.sum().mul(smoothing / v));
            plain.div(n).backward();

            Tensor tableGradient = Tensors.zerosLike(table);
            ItemLoss.Result result = loss.lossAndGradients(hidden, table, targets, n, tableGradient);
            assertThat(Math.abs(result.lossSum() - plain.item()) / plain.item()).isLessThan(1e-6);
            assertThat(distance(result.hiddenGradient(), exactHidden.gradient().to(DataType.FLOAT32)))
                    .isLessThan(1e-6);
            assertThat(distance(tableGradient, exactTable.gradient().to(DataType.FLOAT32)))
                    .isLessThan(1e-6);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void comesCloseWithNarrowProducts(DataType type) {
        try (Scope scope = Scope.open();
                CatalogueCrossEntropy loss = new CatalogueCrossEntropy(0.9, 0.1)) {
            Generator generator = new Generator(9);
            Tensor hidden = normal(generator, 700, 8);
            Tensor table = normal(generator, 90, 8);
            Tensor targets = targets(700, 90, 9);
            Tensor wideGradient = Tensors.zerosLike(table);
            ItemLoss.Result wide = loss.lossAndGradients(hidden, table, targets, 700, wideGradient);
            Tensor narrowGradient = Tensors.zerosLike(table);
            ItemLoss.Result narrow = loss.lossAndGradients(hidden, table, targets, 700, narrowGradient, type);
            assertThat(Math.abs(narrow.lossSum() / wide.lossSum() - 1)).isLessThan(2e-3);
            assertThat(distance(narrow.hiddenGradient(), wide.hiddenGradient())).isBetween(1e-6, 2e-2);
            assertThat(distance(narrowGradient, wideGradient)).isBetween(1e-6, 2e-2);
        }
    }

    @Test
    void scoresOfAChunkTakeNoMoreMemoryForMoreRows() {
        try (Scope scope = Scope.open();
                ScoreBuffer buffer = new ScoreBuffer(CatalogueCrossEntropy.CHUNK_ELEMENTS)) {
            Tensor like = Tensors.zeros(1);
            long few = buffer.chunk(1_000, 40_000, like).elements();
            assertThat(buffer.chunk(1_000_000, 40_000, like).elements()).isEqualTo(few);
            assertThat(few).isLessThanOrEqualTo(CatalogueCrossEntropy.CHUNK_ELEMENTS);
        }
    }

    @Test
    void refusesAnotherNumberOfWeightsThanItems() {
        try (Scope scope = Scope.open();
                CatalogueCrossEntropy loss = new CatalogueCrossEntropy(1, 0, new float[] {1, 1})) {
            assertThatThrownBy(() -> loss.lossAndGradients(
                            Tensors.ones(1, 2), Tensors.ones(3, 2), Tensors.of(new long[] {1}), 1, Tensors.zeros(3, 2)))
                    .hasMessageContaining("class weights: 2 (expected: 3");
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
