package io.t4rec.etl;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How large the integers of a column can be after the steps so far, where that is known and none is negative: what is kept of them need
 * not be wider. It is known of ids of vocabularies, and of columns that are still those of the events when their largest was asked for.
 */
final class IntegerBounds {
    private final Map<String, Long> byVocabulary = new HashMap<>();
    private final Map<String, Long> byColumn = new HashMap<>();
    private final Map<String, String> unchanged = new HashMap<>();

    /** @param events names of the integer columns of the events */
    IntegerBounds(Collection<String> events) {
        events.forEach(column -> unchanged.put(column, column));
    }

    void know(String vocabulary, Vocabulary values) {
        byVocabulary.put(vocabulary, values.layout().first() + values.size() - 1);
    }

    /** That a column holds nothing below 0 and nothing above a number. */
    void bound(String column, long largest) {
        byColumn.put(column, largest);
    }

    /** Follows one more step. */
    void after(Step step) {
        if (step instanceof Step.Project project) {
            project.columns().forEach((column, value) -> {
                unchanged.remove(column);
                byColumn.remove(column);
                Long bound = value instanceof Expr.Lookup lookup ? byVocabulary.get(lookup.vocabulary()) : null;
                if (bound != null) {
                    byColumn.put(column, bound);
                }
            });
        } else if (step instanceof Step.Rename rename) {
            UnaryOperator<String> renamed = column -> rename.names().getOrDefault(column, column);
            rename(byColumn, renamed);
            rename(unchanged, renamed);
        } else if (step instanceof Step.Select kept) {
            Set<String> left = new HashSet<>(kept.columns());
            left.add(SqlDialect.ROW);
            byColumn.keySet().retainAll(left);
            unchanged.keySet().retainAll(left);
        } else if (step instanceof Step.Group) {
            byColumn.clear();
            unchanged.clear();
        }
    }

    private static <V> void rename(Map<String, V> columns, UnaryOperator<String> renamed) {
        Map<String, V> after = columns.entrySet().stream()
                .collect(Collectors.toMap(column -> renamed.apply(column.getKey()), Map.Entry::getValue));
        columns.clear();
        columns.putAll(after);
    }

    /** The largest integer that a column may hold; null where that isn't known. */
    @Nullable
    Long of(String column) {
        return byColumn.get(column);
    }

    /** The name that a column has among the events, where it still holds what it holds there; otherwise null. */
    @Nullable
    String ofEvents(String column) {
        return unchanged.get(column);
    }
}
