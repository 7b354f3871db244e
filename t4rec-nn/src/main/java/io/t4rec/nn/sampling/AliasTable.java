package io.t4rec.nn.sampling;

import java.util.random.RandomGenerator;

/** Draws numbers by given weights in constant time, after Vose (1991). */
final class AliasTable {
    private final double[] threshold;
    private final int[] alias;

    /** @param weights at least 0, with a positive sum */
    AliasTable(double[] weights) {
        int n = weights.length;
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        threshold = new double[n];
        alias = new int[n];
        int[] open = new int[n]; // scarce ones from the front, plentiful ones from the back
        int scarce = 0;
        int plentiful = n;
        for (int i = 0; i < n; i++) {
            threshold[i] = weights[i] / sum * n;
            alias[i] = i;
            if (threshold[i] < 1) {
                open[scarce++] = i;
            } else {
                open[--plentiful] = i;
            }
        }
        while (scarce > 0 && plentiful < n) {
            int small = open[--scarce];
            int large = open[plentiful++];
            alias[small] = large;
            threshold[large] -= 1 - threshold[small];
            if (threshold[large] < 1) {
                open[scarce++] = large;
            } else {
                open[--plentiful] = large;
            }
        }
        // what is left missed 1 by rounding alone
        while (plentiful < n) {
            threshold[open[plentiful++]] = 1;
        }
        while (scarce > 0) {
            int left = open[--scarce];
            threshold[left] = weights[left] > 0 ? 1 : 0;
        }
    }

    /** A number from 0 to below the count of weights. */
    int draw(RandomGenerator random) {
        int column = random.nextInt(threshold.length);
        return random.nextDouble() < threshold[column] ? column : alias[column];
    }
}
