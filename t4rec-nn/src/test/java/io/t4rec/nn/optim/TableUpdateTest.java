package io.t4rec.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.RowGradient;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableUpdateTest {
    private static final int WIDTH = 3;
    private static final double RATE = 0.05;
    private static final OptimizerConfig ADAM = OptimizerConfig.of(OptimizerConfig.Kind.ADAM);

    private final SplittableRandom random = new SplittableRandom(23);

    /** A table and a bias, shared by two replicas. */
    private static final class Weights extends Module {
        final Parameter table;
        final Parameter bias = parameter("bias", Tensors.zeros(1));

        Weights(int rows) {
            float[] values = new float[rows * WIDTH];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.sin(i);
            }
            table = parameter("table", Tensors.of(values, rows, WIDTH));
        }

        Weights replica() {
            Weights replica = new Weights(1);
            replica.shareParametersOf(this);
            return replica;
        }

        float[] row(int row) {
            float[] all = table.value().toFloats();
            return Arrays.copyOfRange(all, row * WIDTH, (row + 1) * WIDTH);
        }
    }

    private static Optimizer optimizer(OptimizerConfig config, TableUpdate update, Weights... replicas) {
        return new Optimizer(
                config, Arrays.stream(replicas).map(Module::parameters).toList(), update, Set.of("table"));
    }

    /** Gradients by row. */
    private Map<Long, float[]> draw(int rows, double share) {
        Map<Long, float[]> drawn = new TreeMap<>();
        for (long row = 0; row < rows; row++) {
            if (random.nextDouble() < share) {
                drawn.put(row, new float[] {random.nextFloat() - 0.5f, random.nextFloat(), -random.nextFloat()});
            }
        }
        return drawn;
    }

    private static void sparse(Parameter table, Map<Long, float[]> rows) {
        SortedMap<Long, float[]> gradient = new TreeMap<>(rows); // rows of a gradient rise
        float[] values = new float[gradient.size() * WIDTH];
        int at = 0;
        for (float[] row : gradient.values()) {
            System.arraycopy(row, 0, values, WIDTH * at++, WIDTH);
        }
        try (Scope scope = Scope.open()) {
            table.setRowGradient(new RowGradient(
                    Tensors.of(gradient.keySet().stream()
                            .mapToLong(Long::longValue)
                            .toArray()),
                    Tensors.of(values, gradient.size(), WIDTH)));
        }
    }

    private static void dense(Parameter table, Map<Long, float[]> gradient) {
        float[] values = new float[(int) table.value().elements()];
        gradient.forEach((row, own) -> System.arraycopy(own, 0, values, (int) (WIDTH * row), WIDTH));
        table.value()
                .setGradient(Scope.unscoped(Tensors.of(values, table.value().shape())));
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 50_000}) // within one block, and over several
    void lazyAdamIsAdamWhenEveryRowHasAGradientAtEveryStep(int rows) {
        Weights lazy = new Weights(rows);
        Weights lazyReplica = lazy.replica();
        Optimizer lazily = optimizer(ADAM, TableUpdate.LAZY, lazy, lazyReplica);
        Weights plain = new Weights(rows);
        Weights plainReplica = plain.replica();
        Optimizer densely = optimizer(ADAM, TableUpdate.DENSE, plain, plainReplica);
        for (int step = 0; step < 5; step++) {
            Map<Long, float[]> one = draw(rows, 1);
            Map<Long, float[]> two = draw(rows, 0.3);
            sparse(lazy.table, one);
            sparse(lazyReplica.table, two);
            dense(plain.table, one);
            dense(plainReplica.table, two);
            double clip = step % 2 == 0 ? 0 : 0.5;
            lazily.step(RATE, clip, Parallel.sequential());
            densely.step(RATE, clip, Parallel.sequential());
        }
        float[] expected = plain.table.value().toFloats();
        assertThat(lazy.table.value().toFloats()).containsExactly(expected, within(1e-6f));
        assertThat(expected[0]).isNotEqualTo((float) Math.sin(0));
    }

    @ParameterizedTest
    @EnumSource(
            value = TableUpdate.class,
            names = {"LAZY", "ROW_ADAGRAD"})
    void leavesWeightsAndMomentsOfOtherRowsAloneAndDropsTheGradients(TableUpdate update) {
        Weights weights = new Weights(50);
        Weights replica = weights.replica();
        Optimizer optimizer = optimizer(ADAM.withWeightDecay(0.1), update, weights, replica);
        float[] before = weights.table.value().toFloats();
        for (int step = 0; step < 3; step++) {
            sparse(weights.table, Map.of(7L, new float[] {1, 2, 3}));
            sparse(replica.table, Map.of(31L, new float[] {1, 2, 3}));
            optimizer.step(RATE);
            assertThat(weights.table.rowGradient()).isNull();
            assertThat(replica.table.rowGradient()).isNull();
        }
        optimizer.step(RATE); // no gradient at all
        float[] after = weights.table.value().toFloats();
        for (int row = 0; row < 50; row++) {
            for (int i = row * WIDTH; i < (row + 1) * WIDTH; i++) {
                if (row == 7 || row == 31) {
                    assertThat(after[i]).isNotEqualTo(before[i]);
                } else {
                    assertThat(after[i]).isEqualTo(before[i]);
                }
            }
        }
        optimizer.state().forEach((name, moment) -> {
            if (name.endsWith(".table")) {
                float[] values = moment.toFloats();
                int width = values.length / 50;
                for (int i = 0; i < values.length; i++) {
                    boolean used = i / width == 7 || i / width == 31;
                    assertThat(values[i] != 0).as(name + " " + i).isEqualTo(used);
                }
            }
        });
    }

    @Test
    void correctsTheBiasByTheStepsOfTheRunNotOfTheRow() {
        Weights weights = new Weights(4);
        Optimizer optimizer = optimizer(ADAM, TableUpdate.LAZY, weights);
        for (int step = 0; step < 9; step++) {
            sparse(weights.table, Map.of(0L, new float[] {1, 1, 1}));
            optimizer.step(RATE);
        }
        float before = weights.row(2)[0];
        sparse(weights.table, Map.of(2L, new float[] {2, 2, 2}));
        optimizer.step(RATE);
        double first = (1 - 0.9) * 2 / (1 - Math.pow(0.9, 10));
        double second = (1 - 0.999) * 4 / (1 - Math.pow(0.999, 10));
        assertThat((double) weights.row(2)[0])
                .isCloseTo(before - RATE * first / (Math.sqrt(second) + 1e-8), within(1e-6));
    }

    @Test
    void rowAdagradDividesByTheRootOfTheSummedMeanSquaresOfTheRow() {
        Weights weights = new Weights(6);
        Weights replica = weights.replica();
        Optimizer optimizer = optimizer(ADAM.withWeightDecay(0.1), TableUpdate.ROW_ADAGRAD, weights, replica);
        double[] expected = {weights.row(4)[0], weights.row(4)[1], weights.row(4)[2]};
        double squares = 0;
        for (int step = 0; step < 6; step++) {
            sparse(weights.table, Map.of(4L, new float[] {1, step, 2}));
            sparse(replica.table, Map.of(2L, new float[] {1, 1, 1}, 4L, new float[] {0.5f, 1, -1}));
            optimizer.step(RATE);
            double[] gradient = {1.5, step + 1, 1};
            double mean = 0;
            for (int i = 0; i < WIDTH; i++) {
                gradient[i] += 0.1 * expected[i];
                mean += gradient[i] * gradient[i] / WIDTH;
            }
            squares += mean;
            for (int i = 0; i < WIDTH; i++) {
                expected[i] -= RATE * gradient[i] / (Math.sqrt(squares) + 1e-8);
            }
        }
        for (int i = 0; i < WIDTH; i++) {
            assertThat((double) weights.row(4)[i]).isCloseTo(expected[i], within(2e-6));
        }
        assertThat(Objects.requireNonNull(optimizer.state().get("rows.table")).shape())
                .as("one number a row")
                .containsExactly(6);
    }

    @Test
    void clipsTheNormOfRowsAndOtherGradientsTogether() {
        Weights weights = new Weights(5);
        Weights replica = weights.replica();
        Optimizer descent = optimizer(OptimizerConfig.of(OptimizerConfig.Kind.SGD), TableUpdate.LAZY, weights, replica);
        float before = weights.row(3)[1];
        sparse(weights.table, Map.of(3L, new float[] {0, 1, 0}));
        sparse(replica.table, Map.of(3L, new float[] {0, 2, 0}));
        weights.bias.value().setGradient(Scope.unscoped(Tensors.of(new float[] {4})));
        descent.step(1, 1, Parallel.sequential()); // the norm is 5
        assertThat(weights.row(3)[1]).isCloseTo(before - 0.6f, within(1e-5f));
        assertThat(weights.bias.value().toFloats()[0]).isCloseTo(-0.8f, within(1e-5f));
    }

    @Test
    void aDenseGradientCountsForEveryRowAndRowGradientsAddToIt() {
        Weights weights = new Weights(20);
        Weights replica = weights.replica();
        Optimizer lazily = optimizer(ADAM, TableUpdate.LAZY, weights, replica);
        Weights plain = new Weights(20);
        Optimizer densely = optimizer(ADAM, TableUpdate.DENSE, plain);
        for (int step = 0; step < 3; step++) {
            dense(weights.table, Map.of(1L, new float[] {1, 2, 3}));
            sparse(weights.table, Map.of(1L, new float[] {3, 2, 1}, 8L, new float[] {1, 0, 1}));
            sparse(replica.table, Map.of(8L, new float[] {0, 1, 0}));
            dense(plain.table, Map.of(1L, new float[] {4, 4, 4}, 8L, new float[] {1, 1, 1}));
            lazily.step(RATE);
            densely.step(RATE);
        }
        assertThat(weights.table.value().toFloats())
                .containsExactly(plain.table.value().toFloats());
    }

    @ParameterizedTest
    @EnumSource(TableUpdate.class)
    void continuesBitByBitFromItsState(TableUpdate update) {
        Weights straight = new Weights(30);
        Optimizer one = optimizer(ADAM, update, straight);
        Weights resumed = new Weights(30);
        Optimizer two = optimizer(ADAM, update, resumed);
        for (int step = 0; step < 6; step++) {
            Map<Long, float[]> gradient = draw(30, 0.3);
            for (Weights weights : List.of(straight, resumed)) {
                if (update == TableUpdate.DENSE) {
                    dense(weights.table, gradient);
                } else {
                    sparse(weights.table, gradient);
                }
            }
            one.step(RATE);
            two.step(RATE);
            Map<String, Tensor> saved = new LinkedHashMap<>();
            two.state().forEach((name, tensor) -> saved.put(name, tensor.copy()));
            Optimizer next = optimizer(ADAM, update, resumed);
            next.load(two.steps(), saved);
            two.release();
            two = next;
        }
        assertThat(resumed.table.value().toFloats())
                .containsExactly(straight.table.value().toFloats());
    }

    @Test
    void namesTheKnownUpdates() {
        assertThat(TableUpdate.of("row-adagrad")).isEqualTo(TableUpdate.ROW_ADAGRAD);
        assertThatThrownBy(() -> TableUpdate.of("sparse"))
                .hasMessageContaining("sparse")
                .hasMessageContaining("[dense, lazy, row-adagrad]");
    }
}
