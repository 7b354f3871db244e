package io.t4rec.model.ranking;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Items whose vectors are like that of an item. Safe for many threads. Lengths of the vectors are computed at the first question and
 * kept, so the table must not change any more.
 */
public final class SimilarItems {
    private static final int BLOCK_ITEMS = 1 << 14;

    /** How vectors are compared. */
    public enum Measure {
        /** By the angle between them: 1 for the same direction. A vector of zeros is like nothing: 0. */
        COSINE,
        /** By their product, which longer vectors, often those of popular items, win. */
        DOT
    }

    private final Tensor table;
    private final int firstItem;
    private volatile @Nullable Lengths lengths;

    private record Lengths(float[] reciprocal) {}

    /**
     * @param table {@code [items, width]}, outside all scopes
     * @param firstItem smallest id that is an item
     */
    public SimilarItems(Tensor table, long firstItem) {
        this.table = table;
        this.firstItem = Math.toIntExact(firstItem);
    }

    /**
     * The items most like one of them, which is itself left out.
     *
     * @param id firstItem to catalogue size - 1
     * @param filter which others may come
     * @param k most items, at least 1
     */
    public RankedItems of(int id, Measure measure, ItemFilter filter, int k) {
        Objects.checkIndex(id, table.size(0));
        int[] deny =
                IntStream.concat(IntStream.of(filter.deny()), IntStream.of(id)).toArray();
        List<ItemFilter> others = List.of(ItemFilter.of(filter.allow(), deny));
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            Tensor query = table.narrow(0, id, 1); // (1, d)
            if (measure == Measure.DOT) {
                return new ExactRanker(table, firstItem).top(query, others, k).get(0);
            }
            float[] scale = reciprocalLengths();
            return new ExactRanker(table, firstItem, scale)
                    .top(query.mul(scale[id]), others, k)
                    .get(0);
        }
    }

    private float[] reciprocalLengths() {
        Lengths known = lengths;
        if (known == null) {
            known = new Lengths(computed()); // by two threads at once the same
            lengths = known;
        }
        return known.reciprocal;
    }

    private float[] computed() {
        int items = Math.toIntExact(table.size(0));
        float[] reciprocal = new float[items];
        float[] block = new float[Math.min(BLOCK_ITEMS, items)];
        for (int start = 0; start < items; start += block.length) {
            int count = Math.min(block.length, items - start);
            try (Scope scope = Scope.open()) {
                Tensor rows = table.narrow(0, start, count);
                rows.mul(rows).sum(1, false).readInto(block);
            }
            for (int i = 0; i < count; i++) {
                reciprocal[start + i] = block[i] > 0 ? (float) (1 / Math.sqrt(block[i])) : 0;
            }
        }
        return reciprocal;
    }
}
