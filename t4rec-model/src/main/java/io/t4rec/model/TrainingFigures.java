package io.t4rec.model;

import java.util.Map;
import java.util.TreeMap;

/**
 * What training tells beside its loss, such as how often a discriminator is right: means by name, collected over rows, shards and batches
 * as sums with counts. Empty for tasks that have one loss. Not for several threads at once.
 */
public final class TrainingFigures {
    /**
     * A mean that goes on.
     *
     * @param sum of the values
     * @param count how many they are
     */
    public record Mean(double sum, double count) {
        Mean plus(Mean other) {
            return new Mean(sum + other.sum, count + other.count);
        }
    }

    private final Map<String, Mean> means = new TreeMap<>();

    /** Adds values by their sum. */
    public void add(String name, double sum, double count) {
        means.merge(name, new Mean(sum, count), Mean::plus);
    }

    /** Adds all values of others. */
    public void addAll(Map<String, Mean> others) {
        others.forEach((name, mean) -> add(name, mean.sum, mean.count));
    }

    /** Sums and counts by name, as they are now. */
    public Map<String, Mean> sums() {
        return new TreeMap<>(means);
    }

    /** Means by name; those of nothing are left out. */
    public Map<String, Double> means() {
        Map<String, Double> values = new TreeMap<>();
        means.forEach((name, mean) -> {
            if (mean.count > 0) {
                values.put(name, mean.sum / mean.count);
            }
        });
        return values;
    }
}
