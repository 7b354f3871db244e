package io.t4rec.train;

import io.t4rec.metrics.RankingMetric;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The outcome of ranking many targets: one entry a case in each array.
 *
 * @param ranks of the target, from 1; 0 for an item that was never trained, which is a miss in every metric
 * @param targets item ids
 * @param lengths events before the target
 */
public record RankedCases(int[] ranks, long[] targets, int[] lengths) {
    /** All cases of several outcomes, in their order. */
    static RankedCases concat(List<RankedCases> parts) {
        return new RankedCases(
                parts.stream().flatMapToInt(part -> IntStream.of(part.ranks)).toArray(),
                parts.stream()
                        .flatMapToLong(part -> LongStream.of(part.targets))
                        .toArray(),
                parts.stream().flatMapToInt(part -> IntStream.of(part.lengths)).toArray());
    }

    /** Targets that were never trained, and so can't be recommended. */
    public long unknownTargets() {
        return IntStream.of(ranks).filter(rank -> rank == 0).count();
    }

    /** Mean recall, NDCG and MRR by label. */
    public Map<String, Double> means(int... ks) {
        return RankingMetric.means(ranks, ks);
    }
}
