package io.t4rec.train;

import io.t4rec.metrics.Bootstrap;
import io.t4rec.metrics.Tally;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The outcome of predicting the targets of a model's tasks.
 *
 * @param tallies by task, in the order of the tasks
 */
public record TaskScores(Map<String, Tally> tallies) {
    private static final double LEVEL = 0.95;
    private static final int RESAMPLES = 1_000;

    /** All metrics by label: {@code click/auc}. Those that are not defined, as the area for labels that are all the same, are not-a-number. */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        tallies.forEach((task, tally) -> metrics.putAll(tally.labelled(task)));
        return metrics;
    }

    /** The same with 95 % bootstrap intervals over the cases, the same each time. */
    public Map<String, Bootstrap.Interval> intervals() {
        Map<String, Bootstrap.Interval> intervals = new LinkedHashMap<>();
        tallies.forEach((task, tally) -> tally.intervals(LEVEL, RESAMPLES, new SplittableRandom(1))
                .forEach((metric, interval) -> intervals.put(metric.label(task), interval)));
        return intervals;
    }

    /** Cases of each task. */
    public Map<String, Long> cases() {
        Map<String, Long> cases = new LinkedHashMap<>();
        tallies.forEach((task, tally) -> cases.put(task, tally.cases()));
        return cases;
    }
}
