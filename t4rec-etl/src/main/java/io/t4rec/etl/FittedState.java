package io.t4rec.etl;

import java.util.LinkedHashMap;
import java.util.Map;

/** What fitting found out: vocabularies by column, statistics by {@code operator number.column.statistic}. */
final class FittedState {
    private final Map<String, Vocabulary> vocabularies = new LinkedHashMap<>();
    private final Map<String, Double> statistics = new LinkedHashMap<>();

    Map<String, Vocabulary> vocabularies() {
        return vocabularies;
    }

    Map<String, Double> statistics() {
        return statistics;
    }

    Vocabulary vocabulary(String name) {
        Vocabulary vocabulary = vocabularies.get(name);
        if (vocabulary == null) {
            throw new IllegalStateException(
                    "vocabulary: " + name + " (expected: one of " + vocabularies.keySet() + ")");
        }
        return vocabulary;
    }

    double statistic(String name) {
        Double value = statistics.get(name);
        if (value == null) {
            throw new IllegalStateException("statistic: " + name + " (expected: one of " + statistics.keySet() + ")");
        }
        return value;
    }
}
