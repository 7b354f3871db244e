package io.t4rec.model.ranking;

import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ranks product-quantised items: an item's score is the sum of the partial scores of its centroids, looked up in a table of splits x
 * centroids that is computed once a query. The best items come from a pruned search that is exact for these scores (RecJPQPrune,
 * Petrov, Macdonald and Tonellotto 2025): centroids are taken by falling partial score, each with all its items, until the best sum
 * that is left can't enter the list. Where that leaves out little, all items are scored instead. Plain Java on plain arrays.
 */
public final class QuantisedRanker implements ItemRanker {
    /** Share of the items after which the pruned search is given up: it reads at random, a scan in order. */
    private static final int GIVE_UP = 8;

    /** Share of that budget after which it is judged whether the rest will do: the threshold is near its end by then. */
    private static final int EARLY = 8;

    private static final int SCAN_ITEMS = 4_096;

    private final ItemCodes items;
    private final InvertedLists lists;
    private final int firstItem;
    private final int itemCount;

    /** @param firstItem smallest id that is an item */
    public QuantisedRanker(ItemCodes items, long firstItem) {
        this.items = items;
        this.itemCount = items.itemCount();
        this.firstItem = Math.toIntExact(Math.min(firstItem, itemCount));
        this.lists = new InvertedLists(items, this.firstItem);
    }

    @Override
    public List<RankedItems> top(Tensor queries, List<ItemFilter> filters, int k) {
        ItemRanker.check(queries, filters, k);
        float[] values;
        try (Scope scope = Scope.open()) {
            values = queries.toFloats();
        }
        List<RankedItems> found = new ArrayList<>(filters.size());
        for (int i = 0; i < filters.size(); i++) {
            found.add(top(new PartialScores(items, values, i * items.width()), filters.get(i), k));
        }
        return found;
    }

    private RankedItems top(PartialScores partial, ItemFilter filter, int k) {
        int most = Math.max(1, Math.min(k, itemCount - firstItem));
        int[] allow = filter.allow();
        if (allow != null) {
            TopItems best = new TopItems(most, filter);
            for (int id : allow) {
                if (id >= firstItem && id < itemCount) {
                    best.offer(id, partial.of(id));
                }
            }
            return best.ranked();
        }
        RankedItems pruned = pruned(partial, filter, most, (itemCount - firstItem) / GIVE_UP);
        return pruned == null ? scanned(partial, filter, most) : pruned;
    }

    /** Every item in turn. */
    RankedItems scanned(PartialScores partial, ItemFilter filter, int k) {
        TopItems best = new TopItems(k, filter);
        float[] scores = new float[Math.min(SCAN_ITEMS, itemCount)];
        for (int start = firstItem; start < itemCount; start += scores.length) {
            int count = Math.min(scores.length, itemCount - start);
            partial.fill(start, scores, count);
            best.offerAll(start, scores, 0, count);
        }
        return best.ranked();
    }

    /**
     * The pruned search.
     *
     * @param budget most items to look at
     * @return null when the budget didn't suffice
     */
    @Nullable
    RankedItems pruned(PartialScores partial, ItemFilter filter, int k, int budget) {
        if (!partial.isFinite()) {
            return null; // sums of what is no number have no bound
        }
        TopItems best = new TopItems(k, filter);
        int[][] order = partial.order();
        int[] next = new int[items.splits()]; // place of each split's best centroid that is left
        long[] seen = new long[(itemCount + 63) / 64];
        int looked = 0;
        boolean promising = false;
        while (partial.bound(order, next) >= best.threshold()) {
            int split = partial.mostPromising(order, next);
            int centroid = order[split][next[split]++];
            looked += lists.size(split, centroid);
            if (looked > budget) {
                return null;
            }
            for (int at = lists.begin(split, centroid); at < lists.end(split, centroid); at++) {
                int id = lists.id(split, at);
                if ((seen[id >> 6] & 1L << id) == 0) {
                    seen[id >> 6] |= 1L << id;
                    float score = partial.of(id);
                    if (score >= best.threshold()) {
                        best.offer(id, score);
                    }
                }
            }
            if (next[split] == items.centroidCount()) {
                break; // a split names every item, so all have been seen
            }
            if (!promising && looked > budget / EARLY) {
                if (looked + left(partial, order, next, best.threshold()) > budget) {
                    return null;
                }
                promising = true;
            }
        }
        return best.ranked();
    }

    /** How many items, at most, are looked at until the bound falls below a threshold that doesn't rise any more. */
    private long left(PartialScores partial, int[][] order, int[] next, float threshold) {
        int[] ahead = next.clone();
        long count = 0;
        while (partial.bound(order, ahead) >= threshold) {
            int split = partial.mostPromising(order, ahead);
            count += lists.size(split, order[split][ahead[split]++]);
            if (ahead[split] == items.centroidCount()) {
                break;
            }
        }
        return count;
    }

    @Override
    public float[] scores(Tensor query, int[] ids) {
        PartialScores partial = new PartialScores(items, query.toFloats(), 0);
        float[] scores = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            scores[i] = partial.of(Objects.checkIndex(ids[i], itemCount));
        }
        return scores;
    }

    @Override
    public int[] ranks(Tensor queries, int[] targets, List<ItemFilter> filters) {
        ItemRanker.check(queries, filters, 1);
        float[] values;
        try (Scope scope = Scope.open()) {
            values = queries.toFloats();
        }
        int[] ranks = new int[targets.length];
        float[] scores = new float[Math.min(SCAN_ITEMS, itemCount)];
        for (int i = 0; i < ranks.length; i++) {
            PartialScores partial = new PartialScores(items, values, i * items.width());
            TargetRank counted = new TargetRank(targets[i], partial.of(targets[i]), filters.get(i));
            for (int start = firstItem; start < itemCount; start += scores.length) {
                int count = Math.min(scores.length, itemCount - start);
                partial.fill(start, scores, count);
                counted.count(start, scores, 0, count);
            }
            ranks[i] = counted.rank();
        }
        return ranks;
    }
}
