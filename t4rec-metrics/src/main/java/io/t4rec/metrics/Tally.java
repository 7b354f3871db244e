package io.t4rec.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Takes cases batch by batch and gives the metrics of all of them. Not for several threads at once. */
public sealed interface Tally permits BinaryTally, ClassTally, NumberTally {
    /** Number of cases so far. */
    long cases();

    /** Metrics of all cases so far, in a fixed order; not-a-number where they don't say one, as without any case. */
    Map<TaskMetric, Double> metrics();

    /** As many cases as there are, drawn from them with replacement. */
    Tally resampled(RandomGenerator random);

    /**
     * All metrics with bootstrap intervals over the cases (Efron 1979, percentile form).
     *
     * @param level for instance 0.95
     * @param resamples how often is drawn, for instance 1,000
     * @throws IllegalArgumentException for a level outside 0 to 1, or no resample
     */
    default Map<TaskMetric, Bootstrap.Interval> intervals(double level, int resamples, RandomGenerator random) {
        Bootstrap.check(level, resamples);
        Map<TaskMetric, double[]> drawn = new LinkedHashMap<>();
        for (int i = 0; i < resamples; i++) {
            int resample = i;
            resampled(random)
                    .metrics()
                    .forEach((metric, value) ->
                            drawn.computeIfAbsent(metric, first -> new double[resamples])[resample] = value);
        }
        Map<TaskMetric, Bootstrap.Interval> intervals = new LinkedHashMap<>();
        metrics()
                .forEach((metric, value) -> intervals.put(
                        metric, Bootstrap.percentiles(value, drawn.getOrDefault(metric, new double[0]), level)));
        return intervals;
    }

    /** {@link #metrics()} by the label that they have for a task: {@code click/auc}. */
    default Map<String, Double> labelled(String task) {
        Map<String, Double> labelled = new LinkedHashMap<>();
        metrics().forEach((metric, value) -> labelled.put(metric.label(task), value));
        return labelled;
    }
}
