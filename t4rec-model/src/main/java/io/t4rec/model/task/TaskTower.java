package io.t4rec.model.task;

import io.t4rec.data.SequenceBatch;
import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.block.Block;
import io.t4rec.nn.block.MlpConfig;
import io.t4rec.nn.layer.AttentionPooling;
import io.t4rec.nn.layer.Linear;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One task with a target over hidden states: summary, block, output layer. */
final class TaskTower extends Module {
    private static final int ALL = Integer.MAX_VALUE;

    private final TargetTask task;
    private final ColumnSchema column;
    private final Summary summary;
    private final TaskOutput output;
    private final double factor;
    private final @Nullable AttentionPooling pooling;
    private final @Nullable Block block;
    private final Linear last;

    /**
     * @param factor what the task's loss is multiplied with in the model's
     * @param headBlock widths of the task's layers where it has none of its own
     * @param width of the hidden states
     */
    TaskTower(
            TargetTask task,
            ColumnSchema column,
            double factor,
            List<Integer> headBlock,
            int width,
            Generator generator) {
        this.task = task;
        this.column = column;
        this.factor = factor;
        this.summary = summary(task, column);
        this.output = task.output(column);
        this.pooling = summary == Summary.ATTENTION ? child("summary", new AttentionPooling(width, generator)) : null;
        List<Integer> own = task.block();
        List<Integer> widths = own == null ? headBlock : own;
        this.block = widths.isEmpty()
                ? null
                : child("block", new MlpConfig(widths, null, null, null, task.dropout()).create(width, generator));
        int last = block == null ? width : block.outputWidth();
        this.last = child("output", Linear.fanIn(last, output.width(), output.hasBias(), generator));
    }

    private static Summary summary(TargetTask task, ColumnSchema column) {
        String given = task.summary();
        Summary summary = given != null ? Summary.of(given) : column.isList() ? Summary.NONE : Summary.LAST;
        if (column.isList() != (summary == Summary.NONE)) {
            throw new ConfigException("task " + task.name() + ": summary " + summary.label() + " for the target "
                    + column.name() + " with " + (column.isList() ? "a value for each event" : "one value a session")
                    + " (expected: " + (column.isList() ? "none" : "last, first, mean or attention") + ")");
        }
        return summary;
    }

    String name() {
        return task.name();
    }

    TaskOutput output() {
        return output;
    }

    double factor() {
        return factor;
    }

    boolean isPerEvent() {
        return summary == Summary.NONE;
    }

    ColumnSchema column() {
        return column;
    }

    /** @param lastOnly whether of a target with a value for each event the last one of each session alone counts */
    TaskTargets targets(SequenceBatch batch, boolean lastOnly) {
        int rows = batch.rowCount();
        int[] starts = new int[rows + 1];
        for (int row = 0; row < rows; row++) {
            int events = batch.length(row);
            starts[row + 1] = starts[row] + (isPerEvent() && !lastOnly ? events : Math.min(1, events));
        }
        double[] all = values(batch);
        double[] raw = IntStream.range(0, rows)
                .flatMap(row -> {
                    int count = starts[row + 1] - starts[row];
                    int end = isPerEvent() ? batch.offsets()[row + 1] : row + count;
                    return IntStream.range(end - count, end);
                })
                .mapToDouble(place -> all[place])
                .toArray();
        return TaskTargets.of(starts, raw, output);
    }

    private double[] values(SequenceBatch batch) {
        String name = column.name();
        if (column.dtype().isFloating()) {
            float[] values = isPerEvent() ? batch.floats(name) : batch.rowFloats(name);
            return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
        }
        long[] values = isPerEvent() ? batch.longs(name) : batch.rowLongs(name);
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    /** {@code [cases, width of the output]}: a case for each session with events, or for each event. */
    Tensor forward(States states, boolean lastOnly, Pass pass) {
        Tensor summarised = switch (summary) {
            case NONE -> states.events(lastOnly ? 1 : ALL);
            case LAST -> states.last();
            case FIRST -> states.first();
            case MEAN -> states.mean();
            case ATTENTION -> pooled(states.withEvents());
        };
        return last.forward(block == null ? summarised : block.forward(summarised, pass));
    }

    private Tensor pooled(States states) {
        if (pooling == null) {
            throw new IllegalStateException("task " + name() + ": no pooling (expected: one, with summary attention)");
        }
        return pooling.forward(states.hidden(), states.real());
    }

    /** Sum of the weighted losses of some sessions, a scalar. */
    Tensor lossSum(States states, TaskTargets targets, int from, int to, Pass pass) {
        Tensor losses = output.losses(
                forward(states, false, pass),
                Tensors.of(targets.values(from, to)).to(states.hidden().device()));
        return losses.mul(
                        Tensors.of(targets.weights(from, to)).to(states.hidden().device()))
                .sum();
    }
}
