package io.t4rec.metrics;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How good a ranking is within its first k places. All are 0 for a case without a relevant item.
 *
 * <p>Each is defined for any number of relevant items by their ranks: 1 for the first place, 0 for an item that is not ranked. The
 * ideal of NDCG is taken over all relevant items, also those that are not ranked (Transformers4Rec takes
 * it within the retrieved list). {@link Ranks} gives ranks from scores.
 */
public enum RankingMetric {
    /** Share of the relevant items that are found; with one relevant item the hit rate. */
    RECALL {
        @Override
        double value(int[] found, int relevant, int k) {
            return (double) found.length / relevant;
        }
    },
    /** Share of the first k places that hold a relevant item. */
    PRECISION {
        @Override
        double value(int[] found, int relevant, int k) {
            return (double) found.length / k;
        }
    },
    /** Discounted cumulative gain, 1 / log2(rank + 1) each, as a share of the best possible. */
    NDCG {
        @Override
        double value(int[] found, int relevant, int k) {
            int[] ideal = IntStream.rangeClosed(1, Math.min(relevant, k)).toArray();
            return gain(found) / gain(ideal);
        }
    },
    /** Discounted cumulative gain, 1 / log2(rank + 1) each; the only one here that may exceed 1. */
    DCG {
        @Override
        double value(int[] found, int relevant, int k) {
            return gain(found);
        }
    },
    /** One over the rank of the first relevant item. */
    MRR {
        @Override
        double value(int[] found, int relevant, int k) {
            return found.length == 0 ? 0 : 1.0 / found[0];
        }
    },
    /** Mean of the precision at each relevant item, over as many as can be found. */
    MAP {
        @Override
        double value(int[] found, int relevant, int k) {
            double sum = 0;
            for (int i = 0; i < found.length; i++) {
                sum += (i + 1.0) / found[i];
            }
            return sum / Math.min(relevant, k);
        }
    };

    abstract double value(int[] found, int relevant, int k);

    private static double gain(int[] ranks) {
        double gain = 0;
        for (int rank : ranks) {
            gain += Math.log(2) / Math.log(rank + 1.0);
        }
        return gain;
    }

    /**
     * The metric of one case.
     *
     * @param ranks of all relevant items, from 1; 0 where one is not ranked
     * @param k places that count, at least 1
     * @throws IllegalArgumentException for a k below 1, a negative rank, or two items with the same rank
     */
    public double of(int[] ranks, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("k: " + k + " (expected: >= 1)");
        }
        if (ranks.length == 0) {
            return 0;
        }
        int[] ranked = Arrays.stream(ranks).filter(rank -> rank != 0).sorted().toArray();
        for (int i = 0; i < ranked.length; i++) {
            if (ranked[i] < 0 || (i > 0 && ranked[i] == ranked[i - 1])) {
                throw new IllegalArgumentException(
                        "ranks: " + ranked[i] + " (expected: 0 or a place from 1, no two items in one)");
            }
        }
        int[] found = Arrays.stream(ranked).takeWhile(rank -> rank <= k).toArray();
        return value(found, ranks.length, k);
    }

    /**
     * The metric of many cases with one relevant item each.
     *
     * @param ranks from 1; 0 for a miss
     */
    public double[] perCase(int[] ranks, int k) {
        return Arrays.stream(ranks).mapToDouble(rank -> of(new int[] {rank}, k)).toArray();
    }

    /** Name with cut-off, for instance {@code ndcg@20}. */
    public String label(int k) {
        return name().toLowerCase(Locale.ROOT) + "@" + k;
    }

    /** Means of recall, NDCG and MRR over cases with one relevant item each, by label. No case gives not-a-number. */
    public static Map<String, Double> means(int[] ranks, int... ks) {
        Map<String, Double> means = new LinkedHashMap<>();
        for (int k : ks) {
            for (RankingMetric metric : new RankingMetric[] {RECALL, NDCG, MRR}) {
                means.put(
                        metric.label(k),
                        Arrays.stream(metric.perCase(ranks, k)).average().orElse(Double.NaN));
            }
        }
        return means;
    }
}
