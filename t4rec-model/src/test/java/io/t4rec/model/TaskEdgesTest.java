package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.masking.PermutationMasking;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every body on every of its tasks: no leak, and defined results for the shortest sequences. */
class TaskEdgesTest {
    private static final int ROUNDS = 8;

    static Stream<Arguments> pairs() {
        return LearningTest.pairs();
    }

    private static SessionModel model(String body, String task) {
        return SessionModel.create(Cycles.config(body, Cycles.task(task)), Cycles.SCHEMA, 5);
    }

    /** Changing a target's item changes nothing of the state that predicts it. */
    @ParameterizedTest
    @MethodSource("pairs")
    void noTargetIsSeenByThePositionThatPredictsIt(String body, String task) {
        SessionModel model = model(body, task);
        for (int seed = 0; seed < ROUNDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SequenceBatch batch = Cycles.sessions(3, random);
            long[] items = batch.longs("item_id");
            for (Mode mode : new Mode[] {Mode.TRAIN, Mode.EVALUATE_LAST}) {
                MaskedSequences masked =
                        model.mask(batch, mode, new SplittableRandom(seed)).masked();
                int target = random.nextInt(masked.positions().length);
                int row = masked.positions()[target] / masked.length();
                int ahead = task.equals("clm") ? 1 : 0;
                int event = batch.offsets()[row] + masked.positions()[target] % masked.length() + ahead;
                long[] changed = items.clone();
                changed[event] = Cycles.FIRST_ITEM + (items[event] - Cycles.FIRST_ITEM + 4) % Cycles.ITEMS;
                try (Scope scope = Scope.open();
                        Autograd off = Autograd.disabled()) {
                    float[] before = state(model, batch, mode, seed, target);
                    float[] after = state(model, batch.withLongs("item_id", changed), mode, seed, target);
                    for (int i = 0; i < before.length; i++) {
                        assertThat(after[i])
                                .as("seed " + seed + ", " + mode + ", target " + target)
                                .isCloseTo(before[i], org.assertj.core.api.Assertions.within(1e-5f));
                    }
                }
            }
        }
        model.release();
    }

    private static float[] state(SessionModel model, SequenceBatch batch, Mode mode, long seed, int target) {
        BatchRows rows = BatchRows.all(model.mask(batch, mode, new SplittableRandom(seed)));
        Tensor states = model.hidden(rows, rows.targets().outputs(), Pass.inference());
        return states.select(0, target).toFloats();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void theShortestSequencesHaveDefinedResults(String body, String task) {
        SessionModel model = model(body, task);
        try (ItemLoss loss = model.newLoss(null);
                Scope scope = Scope.open()) {
            for (SequenceBatch batch : new SequenceBatch[] {
                Cycles.of(new long[] {5}), Cycles.of(new long[0], new long[0]), Cycles.of(new long[0], new long[] {5})
            }) {
                MaskedBatch masked = model.mask(batch, Mode.TRAIN, new SplittableRandom(1));
                assertThat(masked.targetCount()).as("targets").isZero();
                assertThat(model.trainStep(masked, 0, batch.rowCount(), 1, Pass.inference(), loss))
                        .isZero();
                assertThat(model.ranks(batch, false, Exclusion.NONE, model.exactRanker()))
                        .isEmpty();
                assertThat(model.ranks(batch, true, Exclusion.NONE, model.exactRanker()))
                        .isEmpty();
            }
            try (Autograd off = Autograd.disabled()) {
                Tensor asked = model.queries(Cycles.of(new long[] {5}));
                assertThat(asked.isFinite()).as("one item is enough to ask").isTrue();
                assertThat(asked.size(0)).isEqualTo(1);
            }
            MaskedBatch mixed = model.mask(
                    Cycles.of(new long[0], new long[] {5}, new long[] {3, 4}), Mode.TRAIN, new SplittableRandom(1));
            assertThat(model.trainStep(mixed, 0, 3, 1, Pass.inference(), loss))
                    .isFinite()
                    .isPositive();
            model.parameters().forEach((name, parameter) -> {
                Tensor gradient = parameter.value().gradient();
                assertThat(gradient == null || gradient.isFinite()).as(name).isTrue();
            });
        }
        model.release();
    }

    /** Evaluating on the last item of a session asks as recommending does after the items before it. */
    @ParameterizedTest
    @MethodSource("pairs")
    void evaluationByTruncationEqualsPrediction(String body, String task) {
        SessionModel model = model(body, task);
        for (int seed = 0; seed < ROUNDS; seed++) {
            SequenceBatch batch = Cycles.sessions(5, new SplittableRandom(seed));
            int[] rows = IntStream.range(0, 5).toArray();
            int[] shorter =
                    Arrays.stream(rows).map(row -> batch.length(row) - 1).toArray();
            try (Scope scope = Scope.open();
                    Autograd off = Autograd.disabled()) {
                BatchRows evaluated = BatchRows.all(model.mask(batch, Mode.EVALUATE_LAST, new SplittableRandom(1)));
                Tensor expected = model.queries(batch.prefixes(rows, shorter));
                Tensor actual = model.hidden(evaluated, evaluated.targets().outputs(), Pass.inference());
                GoldenCase.assertNear("seed " + seed, actual, expected, 1e-5);
            }
        }
        model.release();
    }

    /** Each target of a permutation sees those before it in the order, and no others; when they are hidden, none. */
    @Test
    void targetsOfAPermutationSeeThoseBeforeThem() {
        for (boolean hidden : new boolean[] {false, true}) {
            PermutationMasking task = new PermutationMasking(0.9, 5, false, hidden);
            SessionModel model = SessionModel.create(Cycles.config("xlnet", task), Cycles.SCHEMA, 5);
            SequenceBatch batch = Cycles.of(new long[] {3, 4, 5, 6, 7, 8});
            MaskedSequences masked =
                    model.mask(batch, Mode.TRAIN, new SplittableRandom(3)).masked();
            int[] order = Objects.requireNonNull(masked.order());
            assertThat(masked.positions().length).isGreaterThan(2);
            try (Scope scope = Scope.open();
                    Autograd off = Autograd.disabled()) {
                for (int source : masked.positions()) {
                    long[] changed = batch.longs("item_id").clone();
                    changed[source] = 11;
                    for (int i = 0; i < masked.positions().length; i++) {
                        float[] before = state(model, batch, Mode.TRAIN, 3, i);
                        float[] after = state(model, batch.withLongs("item_id", changed), Mode.TRAIN, 3, i);
                        boolean sees = !hidden && order[source] < order[masked.positions()[i]];
                        assertThat(Arrays.equals(before, after))
                                .as("position " + masked.positions()[i] + " on " + source + ", hidden " + hidden)
                                .isEqualTo(!sees);
                    }
                }
            }
            model.release();
        }
    }
}
