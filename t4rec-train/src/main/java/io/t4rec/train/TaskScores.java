package io.t4rec.train;

import io.t4rec.metrics.Tally;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The outcome of predicting the targets of a model's tasks.
 *
 * @param tallies by task, in the order of the tasks
 */
public record TaskScores(Map<String, Tally> tallies) {
    /** All metrics by label: {@code click/auc}. Those that are not defined, as the area for labels that are all the same, are not-a-number. */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        tallies.forEach((task, tally) -> metrics.putAll(tally.labelled(task)));
        return metrics;
    }

    /** Cases of each task. */
    public Map<String, Long> cases() {
        Map<String, Long> cases = new LinkedHashMap<>();
        tallies.forEach((task, tally) -> cases.put(task, tally.cases()));
        return cases;
    }
}
