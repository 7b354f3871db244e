package io.t4rec.model.task;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Yes or no: predicts the probability of yes, learned by binary cross-entropy. The output layer has no bias, as in Transformers4Rec.
 *
 * @param name what metrics and predictions are called; default the target
 * @param target column of 0 and 1, or of any numbers with {@code positiveFrom}
 * @param summary {@code none} for a target with a value for each event, and there the default; {@code last}, {@code first}, {@code
 *     mean} or {@code attention} for one with a value a session, default {@code last} (Transformers4Rec: first)
 * @param block widths of layers with ReLU before the output layer; default those of the head
 * @param dropout after each of them; default 0
 * @param weight share of the loss, above 0; default 1
 * @param positiveWeight how much more a yes counts in the loss than a no, above 0; default 1. The mean is over all cases alike
 * @param positiveFrom smallest target that is a yes; default null: 1 is yes, 0 is no and nothing else is allowed
 */
public record BinaryTask(
        String name,
        String target,
        @Nullable String summary,
        @Nullable List<Integer> block,
        Double dropout,
        Double weight,
        Double positiveWeight,
        @Nullable Double positiveFrom)
        implements TargetTask {
    /** @throws ConfigException for values out of range */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public BinaryTask {
        dropout = TargetTask.dropout(dropout);
        name = TargetTask.check(name, target, summary, block, dropout);
        block = block == null ? null : List.copyOf(block);
        weight = Task.weight("task " + name + ": weight", weight);
        positiveWeight = Task.weight("task " + name + ": positiveWeight", positiveWeight);
        if (positiveFrom != null && !Double.isFinite(positiveFrom)) {
            throw new ConfigException(
                    "task " + name + ": positiveFrom " + positiveFrom + " (expected: a finite number)");
        }
    }

    /** Predicts a column of 0 and 1 with the usual settings. */
    public static BinaryTask of(String target) {
        return new BinaryTask(target, target, null, null, 0.0, 1.0, 1.0, null);
    }

    @Override
    public BinaryTask withWeight(double other) {
        return new BinaryTask(name, target, summary, block, dropout, other, positiveWeight, positiveFrom);
    }

    @Override
    public TaskOutput output(ColumnSchema column) {
        return new BinaryOutput(column.name(), positiveWeight(), positiveFrom);
    }
}
