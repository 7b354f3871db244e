package io.t4rec.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

/** Takes cases batch by batch and gives the metrics of all of them. Not for several threads at once. */
public sealed interface Tally permits BinaryTally, ClassTally, NumberTally {
    /** Number of cases so far. */
    long cases();

    /** Metrics of all cases so far, in a fixed order; not-a-number where they don't say one, as without any case. */
    Map<TaskMetric, Double> metrics();

    /** {@link #metrics()} by the label that they have for a task: {@code click/auc}. */
    default Map<String, Double> labelled(String task) {
        Map<String, Double> labelled = new LinkedHashMap<>();
        metrics().forEach((metric, value) -> labelled.put(metric.label(task), value));
        return labelled;
    }
}
