package io.t4rec.bench;

import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.RowGradient;
import io.t4rec.nn.optim.Optimizer;
import io.t4rec.nn.optim.OptimizerConfig;
import io.t4rec.nn.optim.Parallel;
import io.t4rec.nn.optim.TableUpdate;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Milliseconds for one step of Adam over a table of width 64 with the gradients of two workers, on two threads, the least of 30: operation after
 * operation, in one pass, and over used rows alone. Arguments: table sizes.
 */
public final class OptimizerSpeed {
    private static final int WIDTH = 64;
    private static final int USED_ROWS = 5_120;
    private static final int ROUNDS = 30;
    private static final double RATE = 1e-3;
    private static final OptimizerConfig ADAM = OptimizerConfig.of(OptimizerConfig.Kind.ADAM);
    private static final Parallel THREADS =
            (pieces, work) -> IntStream.range(0, pieces).parallel().forEach(work);

    private OptimizerSpeed() {}

    /** A table that is shared, or shares. */
    private static final class Table extends Module {
        private final Parameter weight;

        Table(long rows) {
            weight = parameter("table", Tensors.zeros(rows, WIDTH));
        }
    }

    public static void main(String[] args) {
        for (String rows : args) {
            measure(Long.parseLong(rows));
        }
    }

    private static void measure(long rows) {
        double plain = plain(rows);
        double dense = dense(rows, 0);
        double clipped = dense(rows, 1e-3);
        double lazy = rows(rows, TableUpdate.LAZY);
        double rowAdagrad = rows(rows, TableUpdate.ROW_ADAGRAD);
        System.out.printf(
                Locale.ROOT,
                "%,d rows: %.2f ms operation after operation; one pass %.2f ms (%.1f x), clipped %.2f ms;"
                        + " %,d rows of each worker: lazy %.2f ms (%.1f x), row-wise Adagrad %.2f ms (%.1f x)%n",
                rows,
                plain,
                dense,
                plain / dense,
                clipped,
                Math.min(USED_ROWS, rows),
                lazy,
                plain / lazy,
                rowAdagrad,
                plain / rowAdagrad);
    }

    private static double dense(long rows, double clipNorm) {
        return withTables(rows, tables -> {
            tables.forEach(OptimizerSpeed::denseGradient);
            return optimized(tables, TableUpdate.DENSE, clipNorm, seed -> List.of());
        });
    }

    private static double rows(long rows, TableUpdate update) {
        return withTables(
                rows, tables -> optimized(tables, update, 0, seed -> List.of(used(rows, seed), used(rows, seed + 1))));
    }

    private static double optimized(
            List<Table> tables, TableUpdate update, double clipNorm, LongFunction<List<RowGradient>> gradients) {
        Optimizer optimizer =
                new Optimizer(ADAM, tables.stream().map(Table::parameters).toList(), update, Set.of("table"));
        double least = least(round -> {
            List<RowGradient> given = gradients.apply(round);
            for (int i = 0; i < given.size(); i++) {
                tables.get(i).weight.setRowGradient(given.get(i));
            }
            long start = System.nanoTime();
            optimizer.step(RATE, clipNorm, THREADS);
            return System.nanoTime() - start;
        });
        optimizer.release();
        return least;
    }

    private static RowGradient used(long rows, long seed) {
        long[] used = new SplittableRandom(seed)
                .longs(0, rows)
                .distinct()
                .limit(Math.min(USED_ROWS, rows))
                .sorted()
                .toArray();
        return new RowGradient(Tensors.of(used), Tensors.full(0.1, used.length, WIDTH));
    }

    private static void denseGradient(Table table) {
        table.weight.value().setGradient(Tensors.full(0.1, table.weight.value().shape()));
    }

    /** The formula as tensor operations, half of the table on each thread. */
    private static double plain(long rows) {
        return withTables(rows, tables -> {
            tables.forEach(OptimizerSpeed::denseGradient);
            Tensor first = Tensors.zeros(rows, WIDTH);
            Tensor second = Tensors.zeros(rows, WIDTH);
            Tensor value = tables.get(0).weight.value().detach();
            return least(round -> {
                long start = System.nanoTime();
                THREADS.run(2, half -> {
                    try (Scope scope = Scope.open();
                            Autograd off = Autograd.disabled()) {
                        long from = half * rows / 2;
                        long count = (half + 1) * rows / 2 - from;
                        Tensor gradient = gradient(tables.get(0)).narrow(0, from, count);
                        Tensor other = gradient(tables.get(1)).narrow(0, from, count);
                        gradient.addInPlace(other);
                        other.fillInPlace(0);
                        adam(
                                value.narrow(0, from, count),
                                gradient,
                                first.narrow(0, from, count),
                                second.narrow(0, from, count),
                                round + 1);
                        gradient.fillInPlace(0);
                    }
                });
                return System.nanoTime() - start;
            });
        });
    }

    private static Tensor gradient(Table table) {
        return Objects.requireNonNull(table.weight.value().gradient(), "gradient");
    }

    private static void adam(Tensor value, Tensor gradient, Tensor first, Tensor second, long step) {
        first.mulInPlace(ADAM.beta1()).addInPlace(gradient, 1 - ADAM.beta1());
        second.mulInPlace(ADAM.beta2()).addProductInPlace(gradient, gradient, 1 - ADAM.beta2());
        double correction = Math.sqrt(1 - Math.pow(ADAM.beta2(), step));
        Tensor divisor = second.sqrt().mulInPlace(1 / correction).addInPlace(ADAM.epsilon());
        value.addQuotientInPlace(first, divisor, -RATE / (1 - Math.pow(ADAM.beta1(), step)));
    }

    private static double withTables(long rows, ToDoubleFunction<List<Table>> measured) {
        try (Scope scope = Scope.open()) {
            Table master = new Table(rows);
            Table replica = new Table(1);
            replica.shareParametersOf(master);
            double result = measured.applyAsDouble(List.of(master, replica));
            Arrays.asList(replica, master).forEach(table -> {
                table.weight.value().setGradient(null);
                table.release();
            });
            return result;
        }
    }

    private static double least(LongUnaryOperator nanosOfRound) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            least = Math.min(least, nanosOfRound.applyAsLong(round));
        }
        return least / 1e6;
    }
}
