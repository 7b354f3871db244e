package io.t4rec.model.task;

import io.t4rec.metrics.Tally;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.tensor.Tensor;
import java.util.List;
import java.util.function.LongFunction;

/** What the last layer of a task gives, what it is compared with, and how good it is. */
public sealed interface TaskOutput permits BinaryOutput, ClassOutput, NumberOutput {
    /** Numbers a case that the last layer gives. */
    int width();

    /** Whether the last layer has a bias. */
    boolean hasBias();

    /**
     * A value of the target column as what is learned: 1 or 0 for yes or no, the number of the class from 0, the number itself.
     *
     * @return not-a-number where the target is missing
     * @throws io.t4rec.schema.DataException for a value that can't be learned
     */
    double target(double value, int row);

    /** How much a case with this target counts in the loss. */
    default float weight(double target) {
        return 1;
    }

    /** Whether losses are averaged over the weights rather than over the cases. */
    default boolean averagesOverWeights() {
        return false;
    }

    /**
     * The loss of each case, not yet weighted.
     *
     * @param output {@code [n, width]}
     * @param targets {@code [n]}, FLOAT32
     * @return {@code [n]}
     */
    Tensor losses(Tensor output, Tensor targets);

    /**
     * Probabilities or numbers.
     *
     * @param output {@code [n, width]}
     * @return of the same shape
     */
    Tensor predictions(Tensor output);

    /**
     * What one case's predictions say.
     *
     * @param predictions {@code [n * width]}
     * @param at number of the case
     * @param raw a class's value in the events, by its integer in the target column
     */
    TaskValue value(double[] predictions, int at, LongFunction<Object> raw);

    /** Metrics that {@link #newTally()} gives. */
    List<TaskMetric> metrics();

    Tally newTally();

    /**
     * Takes cases into a tally of this output; those without a target are left out.
     *
     * @param predictions {@code [n * width]}
     * @param targets {@code [n]}
     */
    void add(Tally tally, double[] predictions, double[] targets);

    /**
     * What would be predicted without a model: the mean, or the shares of the classes.
     *
     * @param targets of the training data, at least one that is not missing
     * @return {@code [width]}
     */
    double[] constant(double[] targets);
}
