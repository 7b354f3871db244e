package io.t4rec.train.search;

import io.t4rec.schema.ConfigException;
import java.util.Arrays;
import java.util.List;

/**
 * Gives a trial up whose best value so far is below the median of what other trials had reached after as many epochs (Golovin et
 * al. 2017, Vizier).
 *
 * @param grace epochs that every trial gets, at least 1
 * @param trials how many others must have come as far before one is judged, at least 1
 */
public record MedianRule(int grace, int trials) {
    /** @throws ConfigException for values out of range */
    public MedianRule {
        if (grace < 1 || trials < 1) {
            throw new ConfigException("search.grace: " + grace + ", trials " + trials + " (expected: >= 1 each)");
        }
    }

    /**
     * Whether the trial is not worth going on with.
     *
     * @param own value after each epoch so far
     * @param others values after each epoch of earlier trials
     */
    public boolean isHopeless(List<Double> own, List<List<Double>> others) {
        int epochs = own.size();
        double[] reached = others.stream()
                .filter(curve -> curve.size() >= epochs)
                .mapToDouble(curve -> best(curve, epochs))
                .sorted()
                .toArray();
        return epochs >= grace && reached.length >= trials && best(own, epochs) < median(reached);
    }

    private static double best(List<Double> curve, int epochs) {
        return curve.subList(0, epochs).stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElseThrow();
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
    }
}
