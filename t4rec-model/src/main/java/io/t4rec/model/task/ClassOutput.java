package io.t4rec.model.task;

import io.t4rec.metrics.ClassTally;
import io.t4rec.metrics.Tally;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.schema.DataException;
import io.t4rec.schema.IntDomain;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A logit for each class.
 *
 * @param column the target
 * @param domain of it
 * @param first its smallest integer that is a class; smaller ones are missing targets
 * @param least smallest integer that may occur
 * @param classes how many there are
 * @param weights how much each counts; null for all alike
 */
record ClassOutput(
        String column,
        IntDomain domain,
        long first,
        long least,
        int classes,
        @Nullable List<Double> weights) implements TaskOutput {
    @Override
    public int width() {
        return classes;
    }

    @Override
    public boolean hasBias() {
        return true;
    }

    @Override
    public double target(double value, int row) {
        if (value != Math.rint(value) || !(value >= domain.min() && value <= domain.max())) {
            throw new DataException("target " + column + ", session " + row + " of a batch: " + value
                    + " (expected: an integer from " + domain.min() + " to " + domain.max() + ", as its schema says)");
        }
        if (value < least) {
            throw new DataException("target " + column + ", session " + row + " of a batch: " + value
                    + ", which pads where ids come from categorify (expected: from " + least
                    + "; where it is a class say firstClass: " + domain.min() + ")");
        }
        return value < first ? Double.NaN : value - first;
    }

    @Override
    public float weight(double target) {
        return weights == null ? 1 : weights.get((int) target).floatValue();
    }

    @Override
    public boolean averagesOverWeights() {
        return true;
    }

    @Override
    public Tensor losses(Tensor output, Tensor targets) {
        Tensor ids = targets.to(DataType.INT64).unsqueeze(-1); // (n, 1)
        return output.logSoftmax(-1).gather(-1, ids).squeeze(-1).neg();
    }

    @Override
    public Tensor predictions(Tensor output) {
        return output.softmax(-1);
    }

    @Override
    public TaskValue value(double[] predictions, int at, LongFunction<Object> raw) {
        Map<Object, Double> probabilities = new LinkedHashMap<>();
        for (int i = 0; i < classes; i++) {
            probabilities.put(raw.apply(first + i), predictions[at * classes + i]);
        }
        return new TaskValue.Classes(probabilities);
    }

    @Override
    public List<TaskMetric> metrics() {
        return TaskMetric.ofClasses();
    }

    @Override
    public Tally newTally() {
        return new ClassTally(classes);
    }

    @Override
    public void add(Tally tally, double[] predictions, double[] targets) {
        for (int i = 0; i < targets.length; i++) {
            if (!Double.isNaN(targets[i])) {
                ((ClassTally) tally).add(predictions, i * classes, (int) targets[i]);
            }
        }
    }

    @Override
    public double[] constant(double[] targets) {
        double[] shares = new double[classes];
        int known = 0;
        for (double target : targets) {
            if (!Double.isNaN(target)) {
                shares[(int) target]++;
                known++;
            }
        }
        for (int i = 0; i < classes; i++) {
            shares[i] /= known;
        }
        return shares;
    }
}
