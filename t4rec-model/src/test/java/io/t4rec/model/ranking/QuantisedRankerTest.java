package io.t4rec.model.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The pruned search and the scan against a sort of all quantised scores; what quantising keeps. */
class QuantisedRankerTest {
    private static ItemCodes codes(int items, int splits, int width, int centroids, SplittableRandom random) {
        byte[] codes = new byte[items * splits];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) random.nextInt(centroids);
        }
        float[] values = BruteForce.wholeNumbers(centroids * width, 3, random);
        if (random.nextBoolean()) {
            for (int i = 0; i < values.length; i++) {
                values[i] += random.nextInt(1000) / 1000f; // sums that round
            }
        }
        return new ItemCodes(splits, width, centroids, codes, values);
    }

    private static float[] scores(ItemCodes items, float[] query) {
        PartialScores partial = new PartialScores(items, query, 0);
        float[] scores = new float[items.itemCount()];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = partial.of(id);
        }
        return scores;
    }

    @Test
    void equalsASortOfAllQuantisedScores() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int items = random.nextInt(5) == 0 ? 1 + random.nextInt(3) : 1 + random.nextInt(2_000);
            int splits = random.nextBoolean() ? 8 : 1 + random.nextInt(4);
            int width = splits * (1 + random.nextInt(3));
            ItemCodes codes = codes(items, splits, width, 1 + random.nextInt(40), random);
            if (random.nextInt(5) == 0) {
                codes.centroids()[random.nextInt(codes.centroids().length)] = Float.NaN;
            }
            int firstItem = random.nextInt(5);
            int k = 1 + random.nextInt(random.nextBoolean() ? 20 : 2 * items);
            ItemFilter filter = BruteForce.filter(items, random);
            float[] query = BruteForce.wholeNumbers(width, 3, random);
            QuantisedRanker ranker = new QuantisedRanker(codes, firstItem);
            RankedItems expected = BruteForce.top(scores(codes, query), firstItem, filter, k);
            try (Scope scope = Scope.open()) {
                RankedItems found = ranker.top(Tensors.of(query, 1, width), List.of(filter), k)
                        .get(0);
                ExactRankerTest.assertSame(found, expected, seed);
            }
            PartialScores partial = new PartialScores(codes, query, 0);
            ExactRankerTest.assertSame(ranker.scanned(partial, filter, k), expected, seed);
            RankedItems pruned = ranker.pruned(partial, filter, k, Integer.MAX_VALUE);
            if (pruned != null) {
                ExactRankerTest.assertSame(pruned, expected, seed);
            }
            assertThat(pruned == null).as("seed " + seed).isEqualTo(!partial.isFinite());
        }
    }

    @Test
    void looksAtFewItemsWhereOneCentroidStandsOut() {
        int items = 100_000;
        byte[] codes = new byte[items * 2];
        SplittableRandom random = new SplittableRandom(4);
        random.nextBytes(codes);
        float[] centroids = new float[256 * 2];
        centroids[7] = 10;
        centroids[256 + 9] = 10;
        ItemCodes quantised = new ItemCodes(2, 2, 256, codes, centroids);
        codes[2 * 500] = 7;
        codes[2 * 500 + 1] = 9;
        PartialScores partial = new PartialScores(quantised, new float[] {1, 1}, 0);
        RankedItems found = new QuantisedRanker(quantised, 3).pruned(partial, ItemFilter.none(), 1, 2_000);
        assertThat(found).isNotNull();
        ExactRankerTest.assertSame(
                found, BruteForce.top(scores(quantised, new float[] {1, 1}), 3, ItemFilter.none(), 1), 4);
    }

    @Test
    void ranksTargetsByTheDefinition() {
        for (long seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int items = 1 + random.nextInt(9_000);
            ItemCodes codes = codes(items, 4, 8, 20, random);
            float[] table = new float[items * 8];
            for (int id = 0; id < items; id++) {
                System.arraycopy(codes.vector(id), 0, table, id * 8, 8);
            }
            float[] whole = BruteForce.wholeNumbers(items * 8, 2, random);
            whole[random.nextInt(whole.length)] = Float.NaN;
            float[] queries = BruteForce.wholeNumbers(3 * 8, 2, random);
            int[] targets = {random.nextInt(items), items - 1, 0};
            int firstItem = random.nextInt(4);
            List<ItemFilter> filters =
                    List.of(ItemFilter.none(), BruteForce.filter(items, random), BruteForce.filter(items, random));
            try (Scope scope = Scope.open()) {
                Tensor rows = Tensors.of(queries, 3, 8);
                int[] quantised = new QuantisedRanker(codes, firstItem).ranks(rows, targets, filters);
                int[] exact = new ExactRanker(Tensors.of(whole, items, 8), firstItem).ranks(rows, targets, filters);
                for (int i = 0; i < 3; i++) {
                    float[] query = Arrays.copyOfRange(queries, i * 8, i * 8 + 8);
                    assertThat(quantised[i])
                            .as("seed " + seed)
                            .isEqualTo(rank(scores(codes, query), targets[i], filters.get(i), firstItem));
                    float[] scores = BruteForce.scores(whole, query, null);
                    assertThat(exact[i])
                            .as("seed " + seed)
                            .isEqualTo(rank(scores, targets[i], filters.get(i), firstItem));
                }
            }
        }
    }

    private static int rank(float[] scores, int target, ItemFilter filter, int firstItem) {
        if (Float.isNaN(scores[target])) {
            return scores.length;
        }
        int rank = 1;
        for (int id = firstItem; id < scores.length; id++) {
            boolean ahead = scores[id] > scores[target] || (scores[id] == scores[target] && id < target);
            rank += ahead && id != target && filter.permits(id) ? 1 : 0;
        }
        return rank;
    }

    @Test
    void keepsVectorsThatRepeatAndComesOutTheSameForTheSameSeed() {
        try (Scope scope = Scope.open()) {
            Tensor few = Tensors.empty(DataType.FLOAT32, 50, 16).normalInPlace(0, 1, new Generator(1));
            Tensor table = Tensors.concat(0, few, few, few); // 150 items, 50 different vectors
            ItemCodes codes = new ProductQuantiser(4, 7).fit(table, 3);
            float[] expected = table.toFloats();
            for (int id = 3; id < 150; id++) {
                float[] vector = codes.vector(id);
                for (int i = 0; i < 16; i++) {
                    assertThat(vector[i]).isCloseTo(expected[id * 16 + i], within(1e-6f));
                }
            }
            ItemCodes again = new ProductQuantiser(4, 7).fit(table, 3);
            assertThat(again.codes()).isEqualTo(codes.codes());
            assertThat(again.centroids()).isEqualTo(codes.centroids());
            assertThat(new ProductQuantiser(4, 8).fit(table, 3).centroids()).isNotEqualTo(codes.centroids());
        }
    }

    @Test
    void moreSplitsLoseLess() {
        try (Scope scope = Scope.open()) {
            Tensor table = Tensors.empty(DataType.FLOAT32, 2_000, 16).normalInPlace(0, 1, new Generator(2));
            float[] original = table.toFloats();
            double last = Double.MAX_VALUE;
            for (int splits : new int[] {1, 4, 16}) {
                ItemCodes codes = new ProductQuantiser(splits, 1).fit(table, 3);
                double error = 0;
                for (int id = 3; id < 2_000; id++) {
                    float[] vector = codes.vector(id);
                    for (int i = 0; i < 16; i++) {
                        error += Math.pow(vector[i] - original[id * 16 + i], 2);
                    }
                }
                assertThat(error).isLessThan(last / 2);
                last = error;
            }
        }
    }

    @Test
    void fitsACatalogueOfOneItem() {
        try (Scope scope = Scope.open()) {
            ItemCodes codes = new ProductQuantiser(2, 1).fit(Tensors.ones(4, 4), 3);
            assertThat(codes.vector(3)).containsExactly(1, 1, 1, 1);
            assertThat(new QuantisedRanker(codes, 3)
                            .top(Tensors.ones(1, 4), List.of(ItemFilter.none()), 9)
                            .get(0)
                            .ids())
                    .containsExactly(3);
        }
    }

    @Test
    void refusesSplitsThatDoNotDivideTheWidthAndWeightsThatAreNoNumbers() {
        try (Scope scope = Scope.open()) {
            assertThatThrownBy(() -> new ProductQuantiser(3, 1).fit(Tensors.ones(9, 8), 3))
                    .hasMessage("splits: 3 (expected: a divisor of 8, the width of item vectors)");
            assertThatThrownBy(() -> new ProductQuantiser(0, 1)).hasMessage("splits: 0 (expected: >= 1)");
            assertThatThrownBy(() -> new ProductQuantiser(2, 1).fit(Tensors.ones(3, 8), 3))
                    .hasMessageContaining("items: none");
            assertThatThrownBy(() -> new ProductQuantiser(2, 1).fit(Tensors.full(Double.NaN, 9, 8), 3))
                    .hasMessageContaining("NaN (expected: finite weights");
            assertThatThrownBy(() -> new ItemCodes(1, 2, 2, new byte[] {2}, new float[4]))
                    .hasMessage("code: 2 (expected: below 2)");
        }
    }
}
