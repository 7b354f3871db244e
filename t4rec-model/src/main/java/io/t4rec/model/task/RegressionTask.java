package io.t4rec.model.task;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A number.
 *
 * @param name what metrics and predictions are called; default the target
 * @param target column of finite numbers, within the domain that the schema gives them
 * @param summary as for {@link BinaryTask}
 * @param block widths of layers with ReLU before the output layer; default those of the head
 * @param dropout after each of them; default 0
 * @param weight share of the loss, above 0; default 1
 * @param loss {@code mse}, the mean squared error and default, or {@code mae}, the mean absolute one, which outliers pull less
 */
public record RegressionTask(
        String name,
        String target,
        @Nullable String summary,
        @Nullable List<Integer> block,
        Double dropout,
        Double weight,
        String loss)
        implements TargetTask {
    private static final String MSE = "mse";
    private static final List<String> LOSSES = List.of(MSE, "mae");

    /** @throws ConfigException for values out of range or an unknown loss */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public RegressionTask {
        dropout = TargetTask.dropout(dropout);
        name = TargetTask.check(name, target, summary, block, dropout);
        block = block == null ? null : List.copyOf(block);
        weight = Task.weight("task " + name + ": weight", weight);
        loss = loss == null ? MSE : loss;
        if (!LOSSES.contains(loss)) {
            throw new ConfigException(
                    "task " + name + ": loss " + loss + " (expected: " + Names.expectation(loss, LOSSES) + ")");
        }
    }

    /** Predicts a column with the usual settings. */
    public static RegressionTask of(String target) {
        return new RegressionTask(target, target, null, null, 0.0, 1.0, MSE);
    }

    @Override
    public RegressionTask withWeight(double other) {
        return new RegressionTask(name, target, summary, block, dropout, other, loss);
    }

    @Override
    public TaskOutput output(ColumnSchema column) {
        return new NumberOutput(column, MSE.equals(loss));
    }
}
