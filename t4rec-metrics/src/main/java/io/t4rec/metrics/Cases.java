package io.t4rec.metrics;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** A number for each case, as many as come. */
final class Cases {
    private static final int FIRST_CAPACITY = 256;

    private double[] values = new double[FIRST_CAPACITY];
    private int count;

    void add(double value) {
        values = count == values.length ? Arrays.copyOf(values, 2 * count) : values;
        values[count++] = value;
    }

    int count() {
        return count;
    }

    double get(int place) {
        return values[place];
    }

    void sort() {
        Arrays.sort(values, 0, count);
    }

    double[] toArray() {
        return Arrays.copyOf(values, count);
    }

    /** How often each of some cases is drawn when as many are drawn as there are, with replacement. */
    static int[] draw(int cases, RandomGenerator random) {
        int[] drawn = new int[cases];
        for (int i = 0; i < cases; i++) {
            drawn[random.nextInt(cases)]++;
        }
        return drawn;
    }
}
