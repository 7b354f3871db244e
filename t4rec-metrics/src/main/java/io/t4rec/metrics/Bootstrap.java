package io.t4rec.metrics;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Confidence intervals of a mean by resampling cases (Efron 1979, percentile form). */
public final class Bootstrap {
    private Bootstrap() {}

    /** A mean with the bounds between which it lies at the level asked for. */
    public record Interval(double mean, double low, double high) {}

    /**
     * Interval of the mean.
     *
     * @param cases one value a case
     * @param level for instance 0.95
     * @param resamples how often is drawn, for instance 1,000
     * @return not-a-number throughout when there is no case
     * @throws IllegalArgumentException for a level outside 0 to 1, or no resample
     */
    public static Interval mean(double[] cases, double level, int resamples, RandomGenerator random) {
        check(level, resamples);
        if (cases.length == 0) {
            return new Interval(Double.NaN, Double.NaN, Double.NaN);
        }
        double[] means = new double[resamples];
        for (int i = 0; i < resamples; i++) {
            double sum = 0;
            for (int j = 0; j < cases.length; j++) {
                sum += cases[random.nextInt(cases.length)];
            }
            means[i] = sum / cases.length;
        }
        return percentiles(Arrays.stream(cases).average().orElseThrow(), means, level);
    }

    /** @throws IllegalArgumentException for a level outside 0 to 1, or no resample */
    static void check(double level, int resamples) {
        if (!(level > 0 && level < 1) || resamples < 1) {
            throw new IllegalArgumentException("bootstrap: level " + level + ", resamples " + resamples
                    + " (expected: 0 < level < 1, resamples >= 1)");
        }
    }

    /** The bounds within which the drawn values lie that are numbers; not-a-number where there is none. */
    static Interval percentiles(double value, double[] drawn, double level) {
        double[] sorted =
                Arrays.stream(drawn).filter(one -> !Double.isNaN(one)).sorted().toArray();
        if (sorted.length == 0) {
            return new Interval(value, Double.NaN, Double.NaN);
        }
        int tail = (int) Math.floor((1 - level) / 2 * sorted.length);
        return new Interval(value, sorted[tail], sorted[Math.max(tail, sorted.length - 1 - tail)]);
    }
}
