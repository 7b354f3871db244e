package io.t4rec.model.task;

import io.t4rec.metrics.NumberTally;
import io.t4rec.metrics.Tally;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DataException;
import io.t4rec.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The number itself.
 *
 * @param column the target, with its domain
 * @param squared whether the loss is the squared error, else the absolute one
 */
record NumberOutput(ColumnSchema column, boolean squared) implements TaskOutput {
    @Override
    public int width() {
        return 1;
    }

    @Override
    public boolean hasBias() {
        return true;
    }

    @Override
    public double target(double value, int row) {
        double low = Double.NEGATIVE_INFINITY;
        double high = Double.POSITIVE_INFINITY;
        if (column.floatDomain() != null) {
            low = column.floatDomain().min();
            high = column.floatDomain().max();
        } else if (column.intDomain() != null) {
            low = column.intDomain().min();
            high = column.intDomain().max();
        }
        if (!Double.isFinite(value) || value < (float) low || value > (float) high) {
            String bounds = low == Double.NEGATIVE_INFINITY && high == Double.POSITIVE_INFINITY
                    ? ""
                    : " from " + low + " to " + high + ", as its schema says";
            throw new DataException("target " + column.name() + ", session " + row + " of a batch: " + value
                    + " (expected: a finite number" + bounds + ")");
        }
        return value;
    }

    @Override
    public Tensor losses(Tensor output, Tensor targets) {
        Tensor error = output.squeeze(-1).sub(targets);
        return squared ? error.mul(error) : error.abs();
    }

    @Override
    public Tensor predictions(Tensor output) {
        return output;
    }

    @Override
    public TaskValue value(double[] predictions, int at, LongFunction<Object> raw) {
        return new TaskValue.Value(predictions[at]);
    }

    @Override
    public List<TaskMetric> metrics() {
        return TaskMetric.ofNumber();
    }

    @Override
    public Tally newTally() {
        return new NumberTally();
    }

    @Override
    public void add(Tally tally, double[] predictions, double[] targets) {
        for (int i = 0; i < targets.length; i++) {
            ((NumberTally) tally).add(predictions[i], targets[i]);
        }
    }

    @Override
    public double[] constant(double[] targets) {
        return new double[] {Arrays.stream(targets).average().orElseThrow()};
    }
}
