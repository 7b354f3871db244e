package io.t4rec.train.search;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A density on 0 to 1: a normal curve around each observed point, cut off at the ends, and an even one over all of it, all of the
 * same weight. A curve is as wide as the distance to the farther neighbour, so it is narrow where points are dense.
 */
final class Parzen {
    private static final int MOST_NARROW = 100;
    private static final int TRIES = 100;

    private final double[] points;
    private final double[] widths;

    /** @param observed points from 0 to 1, in any order */
    Parzen(double[] observed) {
        points = observed.clone();
        Arrays.sort(points);
        widths = new double[points.length];
        double narrowest = 1.0 / Math.min(MOST_NARROW, points.length + 1);
        for (int i = 0; i < points.length; i++) {
            double left = points[i] - (i == 0 ? 0 : points[i - 1]);
            double right = (i == points.length - 1 ? 1 : points[i + 1]) - points[i];
            widths[i] = Math.max(narrowest, Math.max(left, right));
        }
    }

    double density(double x) {
        double sum = 1;
        for (int i = 0; i < points.length; i++) {
            double z = (x - points[i]) / widths[i];
            double inside = cumulative((1 - points[i]) / widths[i]) - cumulative(-points[i] / widths[i]);
            sum += Math.exp(-z * z / 2) / (Math.sqrt(2 * Math.PI) * widths[i] * inside);
        }
        return sum / (points.length + 1);
    }

    double draw(SplittableRandom random) {
        int component = random.nextInt(points.length + 1);
        if (component == points.length) {
            return random.nextDouble();
        }
        for (int i = 0; i < TRIES; i++) {
            double x = points[component] + widths[component] * gaussian(random);
            if (x >= 0 && x <= 1) {
                return x;
            }
        }
        return points[component];
    }

    /** By Box and Muller. */
    private static double gaussian(SplittableRandom random) {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    /** Of the standard normal distribution, within 1e-7 (Abramowitz and Stegun 26.2.17). */
    static double cumulative(double z) {
        double t = 1 / (1 + 0.2316419 * Math.abs(z));
        double tail = Math.exp(-z * z / 2)
                / Math.sqrt(2 * Math.PI)
                * t
                * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return z >= 0 ? 1 - tail : tail;
    }
}
