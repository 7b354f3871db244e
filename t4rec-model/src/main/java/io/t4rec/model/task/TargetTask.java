package io.t4rec.model.task;

import io.t4rec.schema.ConfigException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task that learns a column of the data, its target. The target is never an input. A list holds a target for each event, which is
 * predicted at the event itself, from it and those that the body lets it see; a column with one value a session is predicted from a summary.
 */
public sealed interface TargetTask extends Task permits BinaryTask, MultiClassTask, RegressionTask {
    /** Names that mean something else beside those of tasks. */
    List<String> RESERVED = List.of("next-item", "session", "version", "item_ids", "item_id_scores");

    /** Column to predict. */
    String target();

    /** Name of a {@link Summary}; null for the usual one. */
    @Nullable
    String summary();

    /** Widths of the layers between the hidden states and the output; null for those of the head. */
    @Nullable
    List<Integer> block();

    /** Dropout after each of these layers. */
    Double dropout();

    /** What gives predictions, losses and metrics for this target. */
    TaskOutput output(io.t4rec.schema.ColumnSchema column);

    /** The same with a weight that is given elsewhere. */
    TargetTask withWeight(double other);

    /** Checks what all tasks with a target have, and gives the task's name. */
    static String check(
            @Nullable String name,
            @Nullable String target,
            @Nullable String summary,
            @Nullable List<Integer> block,
            double dropout) {
        if (target == null || target.isBlank()) {
            throw new ConfigException("target: " + target + " (expected: the column that the task is to predict)");
        }
        String own = name == null ? target : name;
        if (own.isBlank() || own.contains("/")) {
            throw new ConfigException("name: " + own + " (expected: a text without /, which stands before metrics)");
        }
        if (RESERVED.contains(own)) {
            throw new ConfigException("name: " + own + " (expected: none of " + RESERVED
                    + ", which stand beside tasks in answers; give the task a name)");
        }
        if (summary != null) {
            Summary.of(summary);
        }
        checkBlock(block, dropout);
        return own;
    }

    /** A dropout, or 0 where there is none. */
    static Double dropout(@Nullable Double given) {
        return given == null ? 0.0 : given;
    }

    /** Checks layers of a task. */
    static void checkBlock(@Nullable List<Integer> widths, double dropout) {
        if (widths != null && widths.stream().anyMatch(width -> width == null || width < 1)) {
            throw new ConfigException("block: " + widths + " (expected: widths >= 1)");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new ConfigException("dropout: " + dropout + " (expected: 0 <= probability < 1)");
        }
    }
}
