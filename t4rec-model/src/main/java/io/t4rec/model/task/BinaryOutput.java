package io.t4rec.model.task;

import io.t4rec.metrics.BinaryTally;
import io.t4rec.metrics.Tally;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.schema.DataException;
import io.t4rec.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The logit of yes.
 *
 * @param column the target
 * @param positiveWeight how much more a yes counts than a no
 * @param positiveFrom smallest value that is a yes; null where 1 is yes and 0 no
 */
record BinaryOutput(
        String column, double positiveWeight, @Nullable Double positiveFrom) implements TaskOutput {
    @Override
    public int width() {
        return 1;
    }

    @Override
    public boolean hasBias() {
        return false;
    }

    @Override
    public double target(double value, int row) {
        if (positiveFrom != null && !Double.isNaN(value)) {
            return value >= positiveFrom ? 1 : 0;
        }
        if (value != 0 && value != 1) {
            throw new DataException("target " + column + ", session " + row + " of a batch: " + value
                    + " (expected: 0 or 1; for other numbers say positiveFrom)");
        }
        return value;
    }

    @Override
    public float weight(double target) {
        return target == 1 ? (float) positiveWeight : 1;
    }

    /** Binary cross-entropy of the logit z for label y, {@code log(1 + exp(z)) - y z}. */
    @Override
    public Tensor losses(Tensor output, Tensor targets) {
        Tensor logits = output.squeeze(-1);
        return logits.softplus().sub(targets.mul(logits));
    }

    @Override
    public Tensor predictions(Tensor output) {
        return output.sigmoid();
    }

    @Override
    public TaskValue value(double[] predictions, int at, LongFunction<Object> raw) {
        return new TaskValue.Probability(predictions[at]);
    }

    @Override
    public List<TaskMetric> metrics() {
        return TaskMetric.ofBinary();
    }

    @Override
    public Tally newTally() {
        return new BinaryTally();
    }

    @Override
    public void add(Tally tally, double[] predictions, double[] targets) {
        for (int i = 0; i < targets.length; i++) {
            ((BinaryTally) tally).add(predictions[i], targets[i] == 1);
        }
    }

    @Override
    public double[] constant(double[] targets) {
        return new double[] {Arrays.stream(targets).average().orElseThrow()};
    }
}
