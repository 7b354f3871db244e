package io.t4rec.metrics;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How good a ranking is within its first k places. All are 0 for a case without a relevant item.
 *
 * <p>Each is defined for any number of relevant items by their ranks: 1 for the first place, 0 for an item that is not ranked. The
 * ideal of NDCG is taken over all relevant items, also those that are not ranked (Transformers4Rec takes it within the retrieved list).
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
            double gain = 0;
            for (int rank : found) {
                gain += discount(rank);
            }
            double ideal = 0;
            for (int rank = 1; rank <= Math.min(relevant, k); rank++) {
                ideal += discount(rank);
            }
            return gain / ideal;
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

    private static double discount(int rank) {
        return Math.log(2) / Math.log(rank + 1.0);
    }

    /**
     * The metric of one case.
     *
     * @param ranks of all relevant items, from 1; 0 where one is not ranked
     * @param k places that count, at least 1
     */
    public double of(int[] ranks, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("k: " + k + " (expected: >= 1)");
        }
        if (ranks.length == 0) {
            return 0;
        }
        int[] found = Arrays.stream(ranks)
                .filter(rank -> rank >= 1 && rank <= k)
                .sorted()
                .toArray();
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
