package io.t4rec.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.RowGradient;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Learns which item follows which, by sampled softmax over a few drawn items, so that most rows of both tables have no gradient in
 * a step. Item i is followed by i + 7 in eight cases of ten.
 */
class TableUpdateQualityTest {
    private static final int ITEMS = 400;
    private static final int WIDTH = 16;
    private static final int BATCH = 64;
    private static final int NEGATIVES = 32;
    private static final int STEPS = 1_200;
    private static final long SEED = 4;

    private static final class Pairs extends Module {
        final Parameter before = table("before", 1);
        final Parameter after = table("after", 2);

        private Parameter table(String name, long seed) {
            return parameter(
                    name, Tensors.empty(DataType.FLOAT32, ITEMS, WIDTH).normalInPlace(0, 0.1, new Generator(seed)));
        }
    }

    @Test
    void rowUpdatesLearnAsWellAsTheDenseForm() {
        double dense = ndcg(TableUpdate.DENSE, 0.02);
        assertThat(dense).as("dense").isBetween(0.7, 0.9); // the best possible is a bit above 0.8
        assertThat(ndcg(TableUpdate.LAZY, 0.02)).as("lazy").isCloseTo(dense, within(0.01 * dense));
        assertThat(ndcg(TableUpdate.ROW_ADAGRAD, 0.3)).as("row-wise Adagrad").isCloseTo(dense, within(0.01 * dense));
    }

    private static double ndcg(TableUpdate update, double rate) {
        SplittableRandom random = new SplittableRandom(SEED);
        Pairs model = new Pairs();
        Optimizer optimizer = new Optimizer(
                OptimizerConfig.of(OptimizerConfig.Kind.ADAM),
                List.of(model.parameters()),
                update,
                Set.of("before", "after"));
        for (int step = 0; step < STEPS; step++) {
            try (Scope scope = Scope.open()) {
                backward(model, update != TableUpdate.DENSE, random);
                optimizer.step(rate * (1 - (double) step / STEPS));
            }
        }
        double result = evaluate(model, random);
        optimizer.release();
        model.release();
        return result;
    }

    private static long next(long item, SplittableRandom random) {
        return random.nextDouble() < 0.8 ? (item + 7) % ITEMS : random.nextInt(ITEMS);
    }

    private static void backward(Pairs model, boolean sparse, SplittableRandom random) {
        long[] inputs = random.longs(BATCH, 0, ITEMS).toArray();
        long[] targets = Arrays.stream(inputs).map(item -> next(item, random)).toArray();
        long[] negatives = random.longs(NEGATIVES, 0, ITEMS).toArray();
        long[] outputs = LongStream.concat(Arrays.stream(targets), Arrays.stream(negatives))
                .toArray();
        Rows before = Rows.of(model.before, inputs, sparse);
        Rows after = Rows.of(model.after, outputs, sparse);
        Tensor queries = before.picked(inputs);
        Tensor positive = queries.mul(after.picked(targets)).sum(1, true); // (B, 1)
        Tensor scores = Tensors.concat(
                1, positive, queries.matmul(after.picked(negatives).transpose(0, 1)));
        scores.logSoftmax(1).select(1, 0).mean().neg().backward();
        before.hand(model.before);
        after.hand(model.after);
    }

    /** The whole table, or the used rows as a leaf of their own. */
    private record Rows(Tensor leaf, long[] ids) {
        static Rows of(Parameter table, long[] used, boolean sparse) {
            if (!sparse) {
                return new Rows(table.value(), new long[0]);
            }
            long[] ids = Arrays.stream(used).sorted().distinct().toArray();
            Tensor leaf = table.value().detach().indexSelect(0, Tensors.of(ids));
            return new Rows(leaf.requireGradient(true), ids);
        }

        Tensor picked(long[] items) {
            long[] places = ids.length == 0
                    ? items
                    : Arrays.stream(items)
                            .map(item -> Arrays.binarySearch(ids, item))
                            .toArray();
            return leaf.indexSelect(0, Tensors.of(places));
        }

        void hand(Parameter table) {
            if (ids.length > 0) {
                table.setRowGradient(
                        new RowGradient(Tensors.of(ids), Objects.requireNonNull(leaf.gradient(), "gradient")));
            }
        }
    }

    private static double evaluate(Pairs model, SplittableRandom random) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            float[] scores = model.before
                    .value()
                    .matmul(model.after.value().transpose(0, 1))
                    .toFloats();
            return IntStream.range(0, 4_000)
                    .mapToDouble(i -> {
                        int item = random.nextInt(ITEMS);
                        int target = (int) next(item, random);
                        int rank = 1;
                        for (int other = 0; other < ITEMS; other++) {
                            rank += scores[item * ITEMS + other] > scores[item * ITEMS + target] ? 1 : 0;
                        }
                        return rank > 10 ? 0 : Math.log(2) / Math.log(rank + 1);
                    })
                    .average()
                    .orElseThrow();
        }
    }
}
