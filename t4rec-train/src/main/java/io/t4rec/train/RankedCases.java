package io.t4rec.train;

import io.t4rec.metrics.RankingMetric;
import java.util.Map;

/**
 * The outcome of ranking many targets: one entry a case in each array.
 *
 * @param ranks of the target, from 1; 0 for an item never seen
 * @param targets item ids
 * @param lengths events before the target
 */
public record RankedCases(int[] ranks, long[] targets, int[] lengths) {
    /** Mean recall, NDCG and MRR by label. */
    public Map<String, Double> means(int... ks) {
        return RankingMetric.means(ranks, ks);
    }
}
