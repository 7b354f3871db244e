package io.t4rec.model.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensors;
import org.junit.jupiter.api.Test;

class SimilarItemsTest {
    // ids 0 to 2 are no items; 3 and 5 point the same way, 4 is long, 6 is nothing, 7 points away
    private static final float[] TABLE = {9, 9, 9, 9, 9, 9, 1, 1, 50, 0, 2, 2, 0, 0, -1, -1};

    @Test
    void comparesAnglesOrProductsAndLeavesOutTheItemItself() {
        try (Scope scope = Scope.open()) {
            SimilarItems items = new SimilarItems(Tensors.of(TABLE, 8, 2), 3);
            RankedItems cosine = items.of(3, SimilarItems.Measure.COSINE, ItemFilter.none(), 10);
            assertThat(cosine.ids()).containsExactly(5, 4, 6, 7);
            float[] expected = {1, (float) Math.sqrt(0.5), 0, -1};
            for (int i = 0; i < expected.length; i++) {
                assertThat(cosine.scores()[i]).isCloseTo(expected[i], within(1e-6f));
            }
            RankedItems dot = items.of(3, SimilarItems.Measure.DOT, ItemFilter.none(), 2);
            assertThat(dot.ids()).containsExactly(4, 5);
            assertThat(dot.scores()).containsExactly(50, 4);
        }
    }

    @Test
    void keepsToTheItemsAskedFor() {
        try (Scope scope = Scope.open()) {
            SimilarItems items = new SimilarItems(Tensors.of(TABLE, 8, 2), 3);
            ItemFilter filter = ItemFilter.of(new int[] {7, 4, 3}, new int[] {4});
            RankedItems found = items.of(3, SimilarItems.Measure.COSINE, filter, 10);
            assertThat(found.ids()).containsExactly(7);
            assertThat(found.scores()[0]).isCloseTo(-1, within(1e-6f));
        }
    }
}
