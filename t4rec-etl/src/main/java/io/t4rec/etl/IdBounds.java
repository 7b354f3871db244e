package io.t4rec.etl;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which columns hold ids of vocabularies after the steps so far, and how large these can be: what is kept of them need not be wider. */
final class IdBounds {
    private final Map<String, Long> byVocabulary = new HashMap<>();
    private Map<String, Long> byColumn = new HashMap<>();

    void know(String name, Vocabulary vocabulary) {
        byVocabulary.put(name, vocabulary.layout().first() + vocabulary.size() - 1);
    }

    /** Follows one more step. */
    void after(Step step) {
        if (step instanceof Step.Project project) {
            project.columns().forEach((column, value) -> {
                Long bound = value instanceof Expr.Lookup lookup ? byVocabulary.get(lookup.vocabulary()) : null;
                if (bound == null) {
                    byColumn.remove(column);
                } else {
                    byColumn.put(column, bound);
                }
            });
        } else if (step instanceof Step.Rename rename) {
            Map<String, Long> renamed = new HashMap<>();
            byColumn.forEach((column, bound) -> renamed.put(rename.names().getOrDefault(column, column), bound));
            byColumn = renamed;
        } else if (step instanceof Step.Group) {
            byColumn.clear();
        }
    }

    /** The largest id of a column that now holds ids; null for another column. */
    @Nullable
    Long of(String column) {
        return byColumn.get(column);
    }
}
