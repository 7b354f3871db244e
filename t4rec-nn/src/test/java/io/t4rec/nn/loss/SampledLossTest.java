package io.t4rec.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.nn.LocalRows;
import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.RowGradient;
import io.t4rec.nn.sampling.Negatives;
import io.t4rec.nn.sampling.UniformSampler;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampledLossTest {
    private static final double BETA_CALIBRATION = 0.75;
    private static final double RATE = 0.2;

    /** A table alone. */
    private static final class Table extends Module {
        private final Parameter weight;

        Table(Tensor initial) {
            weight = parameter("weight", initial);
        }
    }

    private static SampledLoss loss(String kind, double temperature, float @Nullable [] weights) {
        return switch (LossKind.of(kind)) {
            case SAMPLED_SOFTMAX -> SampledLoss.softmax(temperature, weights);
            case BCE -> SampledLoss.binaryCrossEntropy(temperature, weights);
            case GBCE -> SampledLoss.calibratedBinaryCrossEntropy(BETA_CALIBRATION, RATE, temperature, weights);
            case BPR -> SampledLoss.bpr(temperature, weights);
            case BPR_MAX -> SampledLoss.bprMax(0.5, temperature, weights);
            case TOP1_MAX -> SampledLoss.top1Max(temperature, weights);
            case SOFTMAX -> throw new IllegalArgumentException(kind);
        };
    }

    /**
     * The formulas of the papers, one row, with automatic differentiation in double precision.
     *
     * @param s score of the target, a scalar
     * @param n scores of the negatives that are not the target, {@code [k]}
     */
    private static Tensor plain(String kind, Tensor s, Tensor n) {
        Tensor no = n.neg().sigmoid().log(); // log(1 - sigmoid(n))
        Tensor w = n.softmax(0);
        return switch (LossKind.of(kind)) {
            case SAMPLED_SOFTMAX ->
                s.exp().div(n.exp().sum().add(s.exp())).log().neg();
            case BCE -> s.sigmoid().log().add(no.sum()).neg().div(n.elements() + 1);
            case GBCE -> {
                double beta = RATE * (BETA_CALIBRATION * (1 - 1 / RATE) + 1 / RATE);
                yield s.sigmoid().pow(beta).log().add(no.sum()).neg().div(n.elements() + 1);
            }
            case BPR -> s.sub(n).sigmoid().log().mean().neg();
            case BPR_MAX ->
                w.mul(s.sub(n).sigmoid())
                        .sum()
                        .log()
                        .neg()
                        .add(w.mul(n).mul(n).sum().mul(0.5));
            case TOP1_MAX -> w.mul(n.sub(s).sigmoid().add(n.mul(n).sigmoid())).sum();
            case SOFTMAX -> throw new IllegalArgumentException(kind);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "sampled-softmax,1,1",
        "sampled-softmax,0.7,2",
        "bce,1,3",
        "bce,2,4",
        "gbce,1,5",
        "bpr,1,6",
        "bpr,0.5,7",
        "bpr-max,1,8",
        "bpr-max,1.5,9",
        "top1-max,1,10",
        "top1-max,0.5,11"
    })
    void equalsTheFormulaWithItsGradients(String kind, double temperature, long seed) {
        int n = 13;
        int v = 30;
        int d = 5;
        SplittableRandom random = new SplittableRandom(seed);
        long[] targets = random.longs(n, 3, v).toArray();
        Negatives drawn = new UniformSampler(v, 3, 9).draw(targets, random);
        assertThat(Arrays.stream(drawn.hits(targets)))
                .as("some targets are negatives")
                .anyMatch(hit -> hit >= 0);
        Negatives negatives = new Negatives(drawn.items(), item -> -0.1 * item);
        float[] weights = new float[v];
        for (int i = 0; i < v; i++) {
            weights[i] = 0.5f + i % 3;
        }
        try (Scope scope = Scope.open();
                SampledLoss loss = loss(kind, temperature, weights)) {
            Generator generator = new Generator(seed);
            Tensor hidden = Tensors.zeros(n, d).normalInPlace(0, 1, generator);
            Tensor table = Tensors.zeros(v, d).normalInPlace(0, 0.5, generator); // scores of about 1

            Tensor exactHidden = hidden.to(DataType.FLOAT64).requireGradient(true);
            Tensor exactTable = table.to(DataType.FLOAT64).requireGradient(true);
            double exact = 0;
            for (int row = 0; row < n; row++) {
                long target = targets[row];
                long[] others = Arrays.stream(negatives.items())
                        .filter(item -> item != target)
                        .toArray();
                Tensor h = exactHidden.select(0, row);
                Tensor s = exactTable.select(0, target).mul(h).sum().div(temperature);
                Tensor rest = exactTable
                        .indexSelect(0, Tensors.of(others))
                        .matrixVector(h)
                        .div(temperature);
                if (kind.equals("sampled-softmax")) {
                    s = s.add(0.1 * target);
                    rest = rest.add(Tensors.of(
                            Arrays.stream(others).mapToDouble(i -> 0.1 * i).toArray()));
                }
                Tensor row1 = plain(kind, s, rest).mul((double) weights[(int) target]);
                exact += row1.item();
                row1.div(n).backward();
            }

            Table own = new Table(table);
            LocalRows rows = LocalRows.of(own.weight, targets, negatives.items());
            ItemLoss.Result result = loss.lossAndGradients(hidden, rows, targets, negatives, n);
            rows.addGradientToTable(false);
            assertThat(Math.abs(result.lossSum() - exact) / Math.max(1, Math.abs(exact)))
                    .as("loss %s, plain %s", result.lossSum(), exact)
                    .isLessThan(1e-6);
            assertThat(distance(result.hiddenGradient(), gradient(exactHidden))).isLessThan(1e-6);
            assertThat(distance(gradient(own.weight.value()), gradient(exactTable)))
                    .isLessThan(1e-6);

            own.weight.value().setGradient(null);
            rows.addGradientToTable(true);
            RowGradient sparse = Objects.requireNonNull(own.weight.rowGradient());
            assertThat(own.weight.value().gradient()).as("nothing dense").isNull();
            Tensor spread = Tensors.zeros(v, d).indexAddInPlace(0, sparse.rows(), sparse.values());
            assertThat(distance(spread, gradient(exactTable))).isLessThan(1e-6);
        }
    }

    @Test
    void isTheFullSoftmaxWhenAllItemsAreDrawn() {
        int v = 40;
        long[] targets = new SplittableRandom(3).longs(700, 3, v).toArray();
        try (Scope scope = Scope.open();
                SampledLoss sampled = SampledLoss.softmax(0.7, null);
                CatalogueCrossEntropy whole = new CatalogueCrossEntropy(0.7, 0)) {
            Generator generator = new Generator(3);
            Tensor hidden = Tensors.zeros(700, 6).normalInPlace(0, 1, generator);
            Table table = new Table(Tensors.zeros(v, 6).normalInPlace(0, 1, generator));
            Negatives all = new UniformSampler(v, 3, v - 3).draw(targets, new SplittableRandom(1));
            LocalRows rows = LocalRows.of(table.weight, targets, all.items());
            ItemLoss.Result drawn = sampled.lossAndGradients(hidden, rows, targets, all, 700);

            Tensor items = table.weight.value().detach().narrow(0, 3, v - 3);
            Tensor gradient = Tensors.zerosLike(items);
            Tensor shifted = Tensors.of(targets).sub(3);
            ItemLoss.Result exact = whole.lossAndGradients(hidden, items, shifted, 700, gradient);
            assertThat(Math.abs(drawn.lossSum() - exact.lossSum()) / exact.lossSum())
                    .isLessThan(1e-6);
            assertThat(distance(drawn.hiddenGradient(), exact.hiddenGradient())).isLessThan(1e-6);
            assertThat(distance(rows.gradient(), gradient)).isLessThan(1e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({"sampled-softmax", "bce", "gbce", "bpr", "bpr-max", "top1-max"})
    void learnsNothingFromARowWithoutOtherNegatives(String kind) {
        try (Scope scope = Scope.open();
                SampledLoss loss = loss(kind, 1, null)) {
            Table table = new Table(Tensors.ones(5, 2));
            Negatives own = new Negatives(new long[] {4}, item -> 0);
            LocalRows rows = LocalRows.of(table.weight, new long[] {4});
            ItemLoss.Result result = loss.lossAndGradients(Tensors.ones(2, 2), rows, new long[] {4, 4}, own, 2);
            assertThat(result.lossSum()).isZero();
            assertThat(largest(result.hiddenGradient())).isZero();
            assertThat(largest(rows.gradient())).isZero();
            Negatives none = new Negatives(new long[0], item -> 0);
            assertThat(loss.lossAndGradients(Tensors.ones(1, 2), rows, new long[] {4}, none, 1)
                            .lossSum())
                    .isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"sampled-softmax", "bce", "gbce", "bpr", "bpr-max", "top1-max"})
    void staysANumberForScoresFarApart(String kind) {
        try (Scope scope = Scope.open();
                SampledLoss loss = loss(kind, 1, null)) {
            Table table = new Table(Tensors.of(new float[] {300, -300, 1, 0}, 4, 1));
            Negatives negatives = new Negatives(new long[] {0, 1, 2}, item -> 0);
            long[] targets = {1, 0, 3};
            LocalRows rows = LocalRows.of(table.weight, targets, negatives.items());
            ItemLoss.Result result =
                    loss.lossAndGradients(Tensors.of(new float[] {1, -1, 2}, 3, 1), rows, targets, negatives, 3);
            assertThat(result.lossSum()).isFinite().isPositive();
            assertThat(result.hiddenGradient().isFinite()).isTrue();
            assertThat(rows.gradient().isFinite()).isTrue();
            if (!kind.equals("top1-max")) { // which is bounded, so flat far out
                assertThat(largest(rows.gradient())).as("it can learn from it").isPositive();
            }
        }
    }

    @Test
    void saysThatALossIsNoNumber() {
        for (String kind : List.of("sampled-softmax", "bce", "gbce", "bpr", "bpr-max", "top1-max")) {
            try (Scope scope = Scope.open();
                    SampledLoss loss = loss(kind, 1, null)) {
                Table table = new Table(Tensors.ones(5, 2));
                Negatives negatives = new Negatives(new long[] {2, 3}, item -> 0);
                LocalRows rows = LocalRows.of(table.weight, new long[] {4}, negatives.items());
                Tensor hidden = Tensors.full(Double.NaN, 1, 2);
                assertThat(loss.lossAndGradients(hidden, rows, new long[] {4}, negatives, 1)
                                .lossSum())
                        .as(kind)
                        .isNaN();
            }
        }
    }

    @Test
    void refusesParametersOutOfRange() {
        for (double value : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            refused("regularization: " + value, () -> SampledLoss.bprMax(value, 1, null));
            refused("calibration: " + value, () -> SampledLoss.calibratedBinaryCrossEntropy(value, 0.5, 1, null));
            refused("temperature: " + value, () -> SampledLoss.softmax(value, null));
        }
        refused("samplingRate: 0.0", () -> SampledLoss.calibratedBinaryCrossEntropy(0.5, 0, 1, null));
    }

    private static void refused(String what, ThrowingCallable loss) {
        assertThatThrownBy(loss)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(what + " (expected: ");
    }

    private static Tensor gradient(Tensor tensor) {
        return Objects.requireNonNull(tensor.gradient());
    }

    private static double largest(Tensor tensor) {
        return tensor.abs().flatten(0, -1).max(0, false).item();
    }

    /** Largest difference, relative to the largest expected element when that is above 1. */
    private static double distance(Tensor actual, Tensor expected) {
        Tensor exact = expected.to(DataType.FLOAT64);
        return largest(actual.to(DataType.FLOAT64).sub(exact)) / Math.max(1, largest(exact));
    }
}
