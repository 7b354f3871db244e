package io.t4rec.model.ranking;

import io.t4rec.tensor.Tensor;
import java.util.List;

/**
 * Finds the items of a catalogue that score best against a query, and scores single items. Safe for many threads; what it allocates
 * is freed before it returns.
 */
public sealed interface ItemRanker permits ExactRanker, QuantisedRanker {
    /** Rank of a target that would never be recommended: behind all, however many places are looked at. */
    int LAST = Integer.MAX_VALUE;

    /**
     * The best items of each query.
     *
     * @param queries {@code [n, width]}
     * @param filters one a query
     * @param k most items of a query, at least 1; fewer come when fewer may be recommended
     * @return one entry a query; an item whose score is not finite never comes
     * @throws IllegalArgumentException for k below 1 and another number of filters than of queries
     */
    List<RankedItems> top(Tensor queries, List<ItemFilter> filters, int k);

    /**
     * Scores given items.
     *
     * @param query {@code [width]}
     * @param ids 0 to catalogue size - 1, in any order
     * @return one score an id; it may be not finite where weights are not
     */
    float[] scores(Tensor query, int[] ids);

    /**
     * Ranks one target of each query among all items.
     *
     * @param queries {@code [n, width]}
     * @param targets ids, one a query; a target competes even where its filter leaves it out
     * @param filters which other items compete, one a query
     * @return ranks from 1: one more than the number of competing items with a higher score, or an equal score and a lower id; a
     *     target whose score is no number gets {@link #LAST}
     */
    int[] ranks(Tensor queries, int[] targets, List<ItemFilter> filters);

    /** Refuses what no ranker can answer. */
    static void check(Tensor queries, List<ItemFilter> filters, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("k: " + k + " (expected: >= 1)");
        }
        if (queries.rank() != 2 || filters.size() != queries.size(0)) {
            throw new IllegalArgumentException(
                    "filters: " + filters.size() + " for queries " + queries + " (expected: one a row)");
        }
    }
}
