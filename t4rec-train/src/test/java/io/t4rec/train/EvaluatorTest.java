package io.t4rec.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.Exclusion;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.model.TransformerSettings;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.ranking.ItemRanker;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.train.baseline.Baseline;
import io.t4rec.train.baseline.Markov;
import io.t4rec.train.baseline.Popularity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
    private static final int FIRST_ITEM = 3;

    private static BatchLoader loader(int batchSize) {
        return BatchLoader.of(SmallRun.sessions(), LoaderConfig.evaluation(batchSize, 20));
    }

    private static long[][] sessions() {
        SequenceBatch batch = SmallRun.sessions();
        long[][] sessions = new long[batch.rowCount()][];
        for (int row = 0; row < sessions.length; row++) {
            sessions[row] = Arrays.copyOfRange(batch.longs("item_id"), batch.offsets()[row], batch.offsets()[row + 1]);
        }
        return sessions;
    }

    /** Rank by the definition: competitors ahead of the target, one by one. */
    private static int rank(double[] scores, long[] session, long target, Exclusion exclusion) {
        if (isExcluded(target, session, exclusion)) {
            return ItemRanker.LAST;
        }
        int rank = 1;
        for (int item = FIRST_ITEM; item < scores.length; item++) {
            boolean ahead =
                    scores[item] > scores[(int) target] || (scores[item] == scores[(int) target] && item < target);
            if (ahead && !isExcluded(item, session, exclusion)) {
                rank++;
            }
        }
        return rank;
    }

    private static boolean isExcluded(long item, long[] session, Exclusion exclusion) {
        return switch (exclusion) {
            case NONE -> false;
            case CURRENT -> session[session.length - 1] == item;
            case SEEN -> Arrays.stream(session).anyMatch(id -> id == item);
        };
    }

    @Test
    void ranksBaselinesByTheDefinitionInEveryMode() {
        for (Baseline baseline : Baseline.all(sessions(), 31)) {
            for (boolean allPositions : new boolean[] {false, true}) {
                for (Exclusion exclusion : Exclusion.values()) {
                    List<Integer> expected = new ArrayList<>();
                    for (long[] session : sessions()) {
                        for (int at = allPositions ? 1 : session.length - 1; at < session.length; at++) {
                            long[] before = Arrays.copyOf(session, at);
                            expected.add(rank(baseline.scores(before), before, session[at], exclusion));
                        }
                    }
                    RankedCases cases =
                            new Evaluator(allPositions, exclusion, 2).rank(baseline, loader(17), "item_id", FIRST_ITEM);
                    assertThat(Arrays.stream(cases.ranks()).boxed().toList())
                            .as(baseline.name() + ", all positions " + allPositions + ", left out " + exclusion)
                            .isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void ranksModelsByTheirScoresWhateverTheBatchesAndThreads() {
        ModelConfig causal = ModelConfig.defaults();
        ModelConfig masked = new ModelConfig(
                InputConfig.itemsOnly(),
                new MaskedMasking(0.2),
                new TransformerSettings("bert", 16, 2, 1, 20, "gelu", 0.2, 1e-5, 0.1, null),
                causal.head());
        for (ModelConfig config : List.of(causal, masked)) {
            SessionModel model = SessionModel.create(config, SmallRun.SCHEMA, 3);
            for (boolean allPositions : new boolean[] {false, true}) {
                for (Exclusion exclusion : Exclusion.values()) {
                    Evaluator evaluator = new Evaluator(allPositions, exclusion, 2);
                    int[] ranks = evaluator.rank(model, loader(17)).ranks();
                    assertThat(ranks)
                            .isEqualTo(new Evaluator(allPositions, exclusion, 1)
                                    .rank(model, loader(64))
                                    .ranks());
                    int[] expected = expected(model, allPositions, exclusion, 20);
                    assertThat(ranks.length).isEqualTo(expected.length);
                    long different = 0;
                    for (int i = 0; i < ranks.length; i++) {
                        // scores of one row and of a batch may differ in the last digit and swap neighbours
                        assertThat(ranks[i]).isCloseTo(expected[i], Offset.offset(1));
                        different += ranks[i] == expected[i] ? 0 : 1;
                    }
                    assertThat(different).isLessThanOrEqualTo(ranks.length / 50);
                }
            }
            model.release();
        }
    }

    /** @param window newest events before the target that the model sees */
    private static int[] expected(SessionModel model, boolean allPositions, Exclusion exclusion, int window) {
        List<Integer> expected = new ArrayList<>();
        for (long[] session : sessions()) {
            for (int at = allPositions ? 1 : session.length - 1; at < session.length; at++) {
                long[] before = Arrays.copyOf(session, at);
                try (Scope scope = Scope.open();
                        Autograd off = Autograd.disabled()) {
                    SequenceBatch one = SequenceBatch.of("item_id", new long[][] {
                        Arrays.copyOfRange(before, Math.max(0, at - window), at)
                    });
                    float[] floats =
                            model.scores(model.queries(one).select(0, 0)).toFloats();
                    double[] scores = new double[floats.length];
                    Arrays.setAll(scores, i -> floats[i]);
                    expected.add(rank(scores, before, session[at], exclusion));
                }
            }
        }
        return expected.stream().mapToInt(Integer::intValue).toArray();
    }

    @Test
    void ofALongHistoryTheModelSeesTheNewestPartAndAllOfItCountsAsSeen() {
        int longest = 4;
        TransformerSettings body = new TransformerSettings("gpt2", 16, 1, 1, longest, "relu", 0.2, 1e-5, 0, 16);
        SessionModel model = SessionModel.create(
                new ModelConfig(
                        InputConfig.itemsOnly(),
                        new CausalMasking(false),
                        body,
                        ModelConfig.defaults().head()),
                SmallRun.SCHEMA,
                3);
        assertThat(SmallRun.sessions().maxLength()).isGreaterThan(longest + 1);
        for (boolean allPositions : new boolean[] {false, true}) {
            for (Exclusion exclusion : Exclusion.values()) {
                int[] ranks = new Evaluator(allPositions, exclusion, 2)
                        .rank(model, loader(17))
                        .ranks();
                int[] expected = expected(model, allPositions, exclusion, longest - 1);
                assertThat(ranks.length).isEqualTo(expected.length);
                long different = 0;
                for (int i = 0; i < ranks.length; i++) {
                    // scores of one row and of a batch may differ in the last digit and swap neighbours
                    assertThat(ranks[i]).isCloseTo(expected[i], Offset.offset(1));
                    different += ranks[i] == expected[i] ? 0 : 1;
                }
                assertThat(different).isLessThanOrEqualTo(ranks.length / 50);
            }
        }
        model.release();
    }

    @Test
    void tellsTargetAndLengthOfEachCaseAndLeavesOutSessionsOfOneEvent() {
        SequenceBatch batch = SequenceBatch.of("item_id", new long[][] {{5, 7}, {9}, {4, 4, 6}});
        BatchLoader loader = BatchLoader.of(batch, LoaderConfig.evaluation(2, 20));
        SessionModel model = SessionModel.create(
                new ModelConfig(
                        InputConfig.itemsOnly(),
                        new CausalMasking(false),
                        ModelConfig.defaults().transformer(),
                        ModelConfig.defaults().head()),
                SmallRun.SCHEMA,
                1);
        RankedCases last = Evaluator.lastItem().rank(model, loader);
        assertThat(last.targets()).containsExactly(7, 6);
        assertThat(last.lengths()).containsExactly(1, 2);
        RankedCases all = new Evaluator(true, Exclusion.NONE, 1).rank(model, loader);
        assertThat(all.targets()).containsExactly(7, 4, 6);
        assertThat(all.lengths()).containsExactly(1, 1, 2);
        assertThat(Arrays.stream(all.ranks()).boxed()).hasSize(3).allMatch(rank -> rank >= 1 && rank <= 28);
    }

    @Test
    void givesATargetThatWasNeverTrainedNoRank() {
        long[][] sessions = {{5, 2}};
        BatchLoader loader = BatchLoader.of(SequenceBatch.of("item_id", sessions), LoaderConfig.evaluation(2, 20));
        SessionModel model = SessionModel.create(ModelConfig.defaults(), SmallRun.SCHEMA, 1);
        assertThat(Evaluator.lastItem().rank(model, loader).ranks()).containsExactly(0);
        assertThat(Evaluator.lastItem()
                        .rank(new Popularity(sessions, 31), loader, "item_id", FIRST_ITEM)
                        .ranks())
                .containsExactly(0);
    }

    @Test
    void countsFollowersAndFillsUpWithPopularItems() {
        long[][] sessions = {{3, 4, 5}, {3, 4}, {3, 6, 6, 6}};
        Markov markov = new Markov(sessions, 8);
        // after 3: twice 4, once 6; then 3 by popularity, 5, and 7, which never occurred
        assertThat(markov.rank(new long[] {3}, 4, FIRST_ITEM, Exclusion.NONE)).isEqualTo(1);
        assertThat(markov.rank(new long[] {3}, 6, FIRST_ITEM, Exclusion.NONE)).isEqualTo(2);
        assertThat(markov.rank(new long[] {3}, 3, FIRST_ITEM, Exclusion.NONE)).isEqualTo(3);
        assertThat(markov.rank(new long[] {3}, 5, FIRST_ITEM, Exclusion.NONE)).isEqualTo(4);
        assertThat(markov.rank(new long[] {3}, 7, FIRST_ITEM, Exclusion.NONE)).isEqualTo(5);
        assertThat(markov.rank(new long[] {7}, 3, FIRST_ITEM, Exclusion.NONE))
                .as("3 and 6 thrice each")
                .isEqualTo(1);
        assertThat(markov.rank(new long[] {7, 3}, 5, FIRST_ITEM, Exclusion.SEEN))
                .as("3 is seen")
                .isEqualTo(3);
    }

    @Test
    void refusesANegativeNumberOfThreads() {
        assertThatThrownBy(() -> new Evaluator(false, Exclusion.NONE, -1))
                .hasMessage("threads: -1 (expected: >= 0; 0 for one a core)");
        assertThatThrownBy(() -> new TaskEvaluator(false, -1)).hasMessageContaining("threads: -1");
    }
}
