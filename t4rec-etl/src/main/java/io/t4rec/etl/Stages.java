package io.t4rec.etl;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Names of the relations after each step, and which of them is the first that has a column as it is now, so that later ones need not run. */
final class Stages {
    private final Map<String, Integer> changed = new HashMap<>();
    private int current;
    private int sameRows;

    /** What there was before any step. */
    String first() {
        return name(0);
    }

    /** What all steps together made. */
    String current() {
        return name(current);
    }

    /** The first relation with the rows of now in which these columns have their values of now. */
    String having(Collection<String> columns) {
        return name(columns.stream()
                .mapToInt(column -> changed.getOrDefault(column, sameRows))
                .max()
                .orElse(current));
    }

    /** The relation after one more step. */
    String after(Step step) {
        current++;
        if (step instanceof Step.Project project) {
            project.columns().keySet().forEach(column -> changed.put(column, current));
        } else {
            changed.clear();
            sameRows = current;
        }
        return current();
    }

    private static String name(int stage) {
        return "stage_" + stage;
    }
}
