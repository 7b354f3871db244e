package io.t4rec.metrics;

import java.util.Arrays;

/** Ranks of relevant items from the scores of all items. */
public final class Ranks {
    private Ranks() {}

    /**
     * Ranks with ties resolved against the relevant items: every other item with the same score stands before them. A model that
     * gives all items one score so earns nothing by it. An item whose score is not a number stands last.
     *
     * @param scores of all items; higher is better
     * @param relevant items as indices into the scores, each once
     * @return their ranks from 1, in the order of {@code relevant}; relevant items that tie stand one after another in that
     *     order
     * @throws IllegalArgumentException for an index outside the scores, or one that occurs twice
     */
    public static int[] worstCase(double[] scores, int... relevant) {
        boolean[] isRelevant = new boolean[scores.length];
        for (int item : relevant) {
            if (item < 0 || item >= scores.length || isRelevant[item]) {
                throw new IllegalArgumentException(
                        "relevant item: " + item + " (expected: 0 to " + (scores.length - 1) + ", each once)");
            }
            isRelevant[item] = true;
        }
        double[] others = new double[scores.length - relevant.length];
        int count = 0;
        for (int item = 0; item < scores.length; item++) {
            if (!isRelevant[item]) {
                others[count++] = height(scores[item]);
            }
        }
        Arrays.sort(others);
        int[] ranks = new int[relevant.length];
        for (int i = 0; i < relevant.length; i++) {
            double own = height(scores[relevant[i]]);
            int ahead = others.length - firstAtLeast(others, own);
            for (int j = 0; j < relevant.length; j++) {
                double rival = height(scores[relevant[j]]);
                ahead += rival > own || (rival == own && j < i) ? 1 : 0;
            }
            ranks[i] = ahead + 1;
        }
        return ranks;
    }

    private static double height(double score) {
        return Double.isNaN(score) ? Double.NEGATIVE_INFINITY : score + 0.0; // + 0.0 makes of -0.0 its equal
    }

    private static int firstAtLeast(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
