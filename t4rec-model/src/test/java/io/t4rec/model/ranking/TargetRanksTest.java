package io.t4rec.model.ranking;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetRanksTest {
    @ParameterizedTest
    @CsvSource({"1,4,2,1,0", "900,40,3,2,2", "50,70000,5,3,3"})
    void areThoseOfASort(int n, int items, int width, long seed, int firstItem) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] table = BruteForce.wholeNumbers(items * width, 2, random);
        float[] queries = BruteForce.wholeNumbers(n * width, 2, random);
        int[] targets = random.ints(n, 0, items).toArray();
        List<ItemFilter> filters = new ArrayList<>();
        int[] expected = new int[n];
        for (int row = 0; row < n; row++) {
            ItemFilter filter = BruteForce.filter(items, random);
            filters.add(filter);
            float[] query = new float[width];
            System.arraycopy(queries, row * width, query, 0, width);
            float[] scores = BruteForce.scores(table, query, null);
            int target = targets[row];
            expected[row] = 1;
            for (int id = firstItem; id < items; id++) {
                boolean ahead = scores[id] > scores[target] || (scores[id] == scores[target] && id < target);
                expected[row] += ahead && filter.permits(id) ? 1 : 0;
            }
        }
        try (Scope scope = Scope.open()) {
            Tensor rows = Tensors.of(queries, n, width);
            ExactRanker ranker = new ExactRanker(Tensors.of(table, items, width), firstItem);
            assertThat(ranker.ranks(rows, targets, filters)).as("seed " + seed).containsExactly(expected);
        }
    }

    @Test
    void leaveDeniedItemsOut() {
        try (Scope scope = Scope.open()) {
            Tensor queries = Tensors.of(new float[] {1, 1}, 2, 1);
            Tensor table = Tensors.of(new float[] {4, 3, 2, 1}, 4, 1);
            List<ItemFilter> filters = List.of(ItemFilter.none(), ItemFilter.of(null, new int[] {0, 2}));
            assertThat(new ExactRanker(table, 0).ranks(queries, new int[] {3, 3}, filters))
                    .containsExactly(4, 2);
        }
    }

    @Test
    void areLastForAScoreThatIsNoNumber() {
        try (Scope scope = Scope.open()) {
            Tensor queries = Tensors.of(new float[] {Float.NaN, 1}, 2, 1);
            Tensor table = Tensors.of(new float[] {4, 3, Float.NaN, 1}, 4, 1);
            assertThat(new ExactRanker(table, 0)
                            .ranks(queries, new int[] {0, 1}, Collections.nCopies(2, ItemFilter.none())))
                    .containsExactly(ItemRanker.LAST, 2);
        }
    }
}
