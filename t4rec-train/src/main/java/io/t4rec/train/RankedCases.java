package io.t4rec.train;

import io.t4rec.metrics.RankingMetric;
import io.t4rec.model.ranking.ItemRanker;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The outcome of ranking many targets: one entry a case in each array.
 *
 * @param ranks of the target, from 1; 0 for an item that was never trained, and {@link ItemRanker#LAST} for one that the
 *     evaluation leaves out: misses in every metric
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

    /** Targets among the items that an evaluation leaves out, which can't be recommended either. */
    public long excludedTargets() {
        return IntStream.of(ranks).filter(rank -> rank == ItemRanker.LAST).count();
    }

    /** Mean recall, NDCG and MRR by label. */
    public Map<String, Double> means(int... ks) {
        return RankingMetric.means(ranks, ks);
    }
}
