package io.t4rec.model.task;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tasks by the tags of columns:
 *
 * <ul>
 *   <li>{@code binary_classification}, or {@code binary} and {@code classification}: yes or no
 *   <li>{@code regression}: a number
 *   <li>{@code multi_class_classification}, or {@code multi_class}: a class
 * </ul>
 *
 * <p>A column with one of these tags, or with {@code target}, is a target: never an input, whether a model has a task for it or not.
 */
public final class SchemaTasks {
    private static final Set<Tag> TARGETS = Set.of(
            Tag.TARGET,
            Tag.BINARY_CLASSIFICATION,
            Tag.BINARY,
            Tag.CLASSIFICATION,
            Tag.REGRESSION,
            Tag.MULTI_CLASS,
            Tag.MULTI_CLASS_CLASSIFICATION);

    private SchemaTasks() {}

    /** Whether the tags say that the column is to be predicted. */
    public static boolean isTarget(ColumnSchema column) {
        return column.tags().stream().anyMatch(TARGETS::contains);
    }

    /**
     * A task for every column whose tags say of which kind, in the order of the columns.
     *
     * @param others tasks whose targets have one already
     * @throws ConfigException when no column has such tags
     */
    static List<Task> of(Schema schema, List<Task> others) {
        List<Task> tasks = new ArrayList<>();
        boolean any = false;
        for (ColumnSchema column : schema.columns()) {
            Task task = of(column);
            any |= task != null;
            boolean given = others.stream()
                    .anyMatch(other -> other instanceof TargetTask target
                            && target.target().equals(column.name()));
            if (task != null && !given) {
                tasks.add(task);
            }
        }
        if (!any) {
            throw new ConfigException("heads: fromSchema with columns " + schema.names()
                    + " (expected: one tagged binary_classification, regression or multi_class_classification)");
        }
        return tasks;
    }

    private static @Nullable Task of(ColumnSchema column) {
        Set<Tag> tags = column.tags();
        if (tags.contains(Tag.BINARY_CLASSIFICATION) || column.hasTags(Set.of(Tag.BINARY, Tag.CLASSIFICATION))) {
            return BinaryTask.of(column.name());
        }
        if (tags.contains(Tag.REGRESSION)) {
            return RegressionTask.of(column.name());
        }
        return tags.contains(Tag.MULTI_CLASS) || tags.contains(Tag.MULTI_CLASS_CLASSIFICATION)
                ? MultiClassTask.of(column.name())
                : null;
    }
}
