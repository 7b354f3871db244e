package io.t4rec.model.task;

import io.t4rec.etl.Vocabulary;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.IntDomain;
import io.t4rec.schema.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One class of several: predicts a probability for each, learned by cross-entropy.
 *
 * @param name what metrics and predictions are called; default the target
 * @param target column of integers with a domain, each of which from {@code firstClass} on is a class
 * @param summary as for {@link BinaryTask}
 * @param block widths of layers with ReLU before the output layer; default those of the head
 * @param dropout after each of them; default 0
 * @param weight share of the loss, above 0; default 1
 * @param firstClass smallest integer that is a class. Smaller ones within the domain stand for a missing target, which is neither trained
 *     nor judged. Default: the domain's smallest; for ids from 0 on of a column tagged categorical 3, where {@code categorify} begins
 * @param classWeights how much each class counts in the loss, above 0, in the order of the classes; the mean is over these weights.
 *     Default: all alike
 */
public record MultiClassTask(
        String name,
        String target,
        @Nullable String summary,
        @Nullable List<Integer> block,
        Double dropout,
        Double weight,
        @Nullable Long firstClass,
        @Nullable List<Double> classWeights)
        implements TargetTask {
    /** Most classes: an output for every integer of a domain meant for something else would take all memory. */
    private static final long MOST_CLASSES = 1_000_000;

    /** @throws ConfigException for values out of range */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public MultiClassTask {
        dropout = TargetTask.dropout(dropout);
        name = TargetTask.check(name, target, summary, block, dropout);
        block = block == null ? null : List.copyOf(block);
        weight = Task.weight("task " + name + ": weight", weight);
        classWeights = classWeights == null ? null : List.copyOf(classWeights);
        if (classWeights != null) {
            for (Double one : classWeights) {
                Task.weight("task " + name + ": classWeights", one);
            }
        }
    }

    /** Predicts a column with the usual settings. */
    public static MultiClassTask of(String target) {
        return new MultiClassTask(target, target, null, null, 0.0, 1.0, null, null);
    }

    @Override
    public MultiClassTask withWeight(double other) {
        return new MultiClassTask(name, target, summary, block, dropout, other, firstClass, classWeights);
    }

    /** @throws ConfigException for a target without domain, and weights that are not one a class */
    @Override
    public TaskOutput output(ColumnSchema column) {
        IntDomain domain = column.intDomain();
        if (domain == null) {
            throw new ConfigException("task " + name() + ": target " + column.name()
                    + " has no int domain (expected: one in the schema, for the number of classes; integers 0 or 1"
                    + " alone are for binary-classification, and categorify gives a domain)");
        }
        boolean ids = firstClass == null && domain.min() == 0 && column.tags().contains(Tag.CATEGORICAL);
        long first = firstClass != null ? firstClass : ids ? Vocabulary.firstId(column) : domain.min();
        long classes = domain.max() - first + 1;
        if (first < domain.min() || classes < 2 || classes > MOST_CLASSES) {
            throw new ConfigException("task " + name() + ": classes " + first + " to " + domain.max() + " of domain "
                    + domain.min() + " to " + domain.max() + " (expected: 2 to " + MOST_CLASSES
                    + " classes within the domain)");
        }
        if (classWeights != null && classWeights.size() != classes) {
            throw new ConfigException("task " + name() + ": " + classWeights.size() + " classWeights (expected: "
                    + classes + ", one for each class from " + first + " to " + domain.max() + ")");
        }
        return new ClassOutput(column.name(), domain, first, ids ? 1 : domain.min(), (int) classes, classWeights);
    }
}
