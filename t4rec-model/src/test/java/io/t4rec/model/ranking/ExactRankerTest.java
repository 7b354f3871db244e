package io.t4rec.model.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Blocked scoring with a threshold against a sort of everything. */
class ExactRankerTest {
    @Test
    void equalsASortOfAllScores() {
        for (long seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int items = random.nextInt(5) == 0 ? 1 + random.nextInt(3) : 1 + random.nextInt(3_000);
            int width = 1 + random.nextInt(9);
            int n = 1 + random.nextInt(random.nextInt(4) == 0 ? 150 : 5);
            int k = 1 + random.nextInt(random.nextBoolean() ? 20 : 2 * items);
            int firstItem = random.nextInt(5);
            float[] table = BruteForce.wholeNumbers(items * width, 2, random);
            float[] queries = BruteForce.wholeNumbers(n * width, 3, random);
            table[random.nextInt(table.length)] = Float.NaN;
            table[random.nextInt(table.length)] = Float.POSITIVE_INFINITY;
            List<ItemFilter> filters = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                filters.add(BruteForce.filter(items, random));
            }
            try (Scope scope = Scope.open()) {
                ExactRanker ranker = new ExactRanker(Tensors.of(table, items, width), firstItem);
                List<RankedItems> found = ranker.top(Tensors.of(queries, n, width), filters, k);
                for (int i = 0; i < n; i++) {
                    float[] query = Arrays.copyOfRange(queries, i * width, (i + 1) * width);
                    float[] scores = BruteForce.scores(table, query, null);
                    assertSame(found.get(i), BruteForce.top(scores, firstItem, filters.get(i), k), seed);
                }
            }
        }
    }

    static void assertSame(RankedItems actual, RankedItems expected, long seed) {
        assertThat(actual.ids()).as("ids, seed " + seed).isEqualTo(expected.ids());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.scores()[i] == expected.scores()[i])
                    .as("score of place " + i + ", seed " + seed)
                    .isTrue();
        }
    }

    @Test
    void spansSeveralBlocksAndKeepsTheLowerIdOfEqualScores() {
        try (Scope scope = Scope.open()) {
            int items = 50_000;
            ExactRanker ranker = new ExactRanker(Tensors.ones(items, 2), 3);
            RankedItems found = ranker.top(Tensors.ones(1, 2), List.of(ItemFilter.none()), 4)
                    .get(0);
            assertThat(found.ids()).containsExactly(3, 4, 5, 6);
            Tensor rising = Tensors.range(0, items).unsqueeze(1).to(DataType.FLOAT32);
            RankedItems last = new ExactRanker(rising, 0)
                    .top(Tensors.ones(3, 1), List.of(ItemFilter.none(), ItemFilter.none(), ItemFilter.none()), 3)
                    .get(2);
            assertThat(last.ids()).containsExactly(items - 1, items - 2, items - 3);
        }
    }

    @Test
    void recommendsNothingWhereNothingIsAnItem() {
        try (Scope scope = Scope.open()) {
            Tensor query = Tensors.ones(1, 2);
            for (long firstItem : new long[] {1, 3}) {
                ExactRanker ranker = new ExactRanker(Tensors.ones(1, 2), firstItem);
                assertThat(ranker.top(query, List.of(ItemFilter.none()), 5)
                                .get(0)
                                .size())
                        .isZero();
            }
            ExactRanker broken = new ExactRanker(Tensors.full(Double.NaN, 7, 2), 0);
            assertThat(broken.top(query, List.of(ItemFilter.none()), 5).get(0).size())
                    .isZero();
        }
    }

    @Test
    void refusesKOfZeroAndFiltersThatDoNotFit() {
        try (Scope scope = Scope.open()) {
            ExactRanker ranker = new ExactRanker(Tensors.ones(4, 2), 0);
            assertThatThrownBy(() -> ranker.top(Tensors.ones(1, 2), List.of(ItemFilter.none()), 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("k: 0 (expected: >= 1)");
            assertThatThrownBy(() -> ranker.top(Tensors.ones(2, 2), List.of(ItemFilter.none()), 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("filters: 1 for queries");
        }
    }

    @Test
    void answersManyThreadsAtOnce() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        Tensor table = Tensors.of(BruteForce.wholeNumbers(20_000 * 4, 50, random), 20_000, 4);
        float[] query = BruteForce.wholeNumbers(4, 50, random);
        ExactRanker ranker = new ExactRanker(table, 3);
        Callable<int[]> call = () -> {
            try (Scope scope = Scope.open()) {
                Tensor queries = Tensors.of(query, 1, 4);
                return ranker.top(queries, List.of(ItemFilter.none()), 10)
                        .get(0)
                        .ids();
            }
        };
        int[] expected = call.call();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<int[]>> calls = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                calls.add(call);
            }
            for (Future<int[]> answer : threads.invokeAll(calls)) {
                assertThat(answer.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdown();
        }
    }
}
