package io.t4rec.model.task;

import io.t4rec.data.SequenceBatch;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.Names;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All tasks of a model that have a target, over hidden states {@code [batch, length, width]} of whole sessions. The model's loss is the
 * weighted sum of what the tasks lose: {@code Σ head weight * reduction(task weight * loss of the task)}, reduced over heads likewise; the
 * next item takes part with {@link #nextItemFactor()}.
 */
public final class TaskHeads extends Module {
    private final List<TaskTower> towers = new ArrayList<>();
    private final double nextItemFactor;
    private final Set<String> targets;

    /** Hears what single tasks lose. */
    @FunctionalInterface
    public interface Told {
        /**
         * @param name {@code click/loss}
         * @param sum of the weighted losses of some cases
         * @param count what their sum is divided by for their mean
         */
        void of(String name, double sum, double count);
    }

    private record Placed(Task task, double factor, List<Integer> block) {}

    /**
     * @param heads none for the next item alone
     * @param headReduction mean or sum, over heads
     * @param schema of the sequences, with the targets
     * @param width of the hidden states
     * @throws ConfigException for a target that the schema lacks or that doesn't suit its task, and names that occur twice
     */
    public TaskHeads(
            List<HeadTasks> heads, @Nullable String headReduction, Schema schema, int width, Generator generator) {
        List<Placed> placed = placed(heads, headReduction, schema);
        double nextItem = heads.isEmpty() ? 1 : 0;
        Set<String> names = new HashSet<>();
        targets = new TreeSet<>(schema.filter(SchemaTasks::isTarget).names());
        for (Placed each : placed) {
            if (!names.add(each.task.name())) {
                throw new ConfigException("heads: two tasks named " + each.task.name()
                        + " (expected: different names; give one of them a name)");
            }
            if (each.task instanceof TargetTask task) {
                ColumnSchema column = column(schema, task);
                targets.add(column.name());
                TaskTower tower = new TaskTower(task, column, each.factor, each.block, width, generator);
                towers.add(child(task.name(), tower));
            } else {
                nextItem = each.factor;
            }
        }
        nextItemFactor = nextItem;
    }

    /** Checks what can be checked without a schema. */
    public static void check(List<HeadTasks> heads, @Nullable String headReduction) {
        Reduction.of("headReduction", headReduction);
        long nextItems = heads.stream()
                .flatMap(head -> head.tasks().stream())
                .filter(NextItemTask.class::isInstance)
                .count();
        if (nextItems > 1) {
            throw new ConfigException("heads: " + nextItems + " tasks next-item (expected: one at most)");
        }
    }

    /** Whether the next item is among the tasks of these heads; it is the only one where there are no heads. */
    public static boolean predictsNextItem(List<HeadTasks> heads) {
        return heads.isEmpty()
                || heads.stream().flatMap(head -> head.tasks().stream()).anyMatch(NextItemTask.class::isInstance);
    }

    private static List<Placed> placed(List<HeadTasks> heads, @Nullable String headReduction, Schema schema) {
        double each = Reduction.of("headReduction", headReduction).factor(heads.size());
        List<Placed> placed = new ArrayList<>();
        for (HeadTasks head : heads) {
            List<Task> tasks = head.resolved(schema);
            double reduced = Reduction.of("lossReduction", head.lossReduction()).factor(tasks.size());
            for (Task task : tasks) {
                placed.add(new Placed(task, each * head.weight() * reduced * task.weight(), head.block()));
            }
        }
        return placed;
    }

    private static ColumnSchema column(Schema schema, TargetTask task) {
        ColumnSchema column = schema.find(task.target());
        if (column == null) {
            throw new ConfigException("task " + task.name() + ": target " + task.target() + " (expected: "
                    + Names.expectation(task.target(), schema.names()) + "; the workflow must keep it)");
        }
        if (!column.dtype().isFloating() && !column.dtype().isInteger()) {
            throw new ConfigException("task " + task.name() + ": target " + column.name() + " of type " + column.dtype()
                    + " (expected: integers or numbers; categorify it)");
        }
        return column;
    }

    /** Columns that are targets, of these tasks or by their tags: never inputs. */
    public Set<String> targetColumns() {
        return Set.copyOf(targets);
    }

    /** What the next item's loss is multiplied with in the model's; 0 when it is no task. */
    public double nextItemFactor() {
        return nextItemFactor;
    }

    /** Whether no task has a target. */
    public boolean isEmpty() {
        return towers.isEmpty();
    }

    /** Names of the tasks that have a target, in the order in which everything here comes. */
    public List<String> names() {
        return towers.stream().map(TaskTower::name).toList();
    }

    /** What a task gives, by its place among {@link #names}. */
    public TaskOutput output(int task) {
        return towers.get(task).output();
    }

    /** The column that a task predicts. */
    public ColumnSchema target(int task) {
        return towers.get(task).column();
    }

    /** Whether a task predicts at each event rather than once a session. */
    public boolean isPerEvent(int task) {
        return towers.get(task).isPerEvent();
    }

    /**
     * Labels of all metrics of the tasks that have a target: {@code click/auc}.
     *
     * @throws ConfigException for a target that the schema lacks or that doesn't suit its task
     */
    public static List<String> metricLabels(List<HeadTasks> heads, Schema schema) {
        List<String> labels = new ArrayList<>();
        for (TargetTask task : targetTasks(heads, schema)) {
            for (TaskMetric metric : task.output(column(schema, task)).metrics()) {
                labels.add(metric.label(task.name()));
            }
        }
        return labels;
    }

    /**
     * The metric that chooses the epoch where nothing else is said: of the first task, the log loss of classes, the mean squared error of
     * numbers, which are always defined.
     */
    public static String decisiveLabel(List<HeadTasks> heads, Schema schema) {
        TargetTask first = targetTasks(heads, schema).get(0);
        List<TaskMetric> metrics = first.output(column(schema, first)).metrics();
        return (metrics.contains(TaskMetric.LOG_LOSS) ? TaskMetric.LOG_LOSS : TaskMetric.MSE).label(first.name());
    }

    private static List<TargetTask> targetTasks(List<HeadTasks> heads, Schema schema) {
        return heads.stream()
                .flatMap(head -> head.resolved(schema).stream())
                .filter(TargetTask.class::isInstance)
                .map(TargetTask.class::cast)
                .toList();
    }

    /**
     * What the tasks are to predict.
     *
     * @param lastOnly whether of targets for each event only the last one of each session counts
     * @throws io.t4rec.schema.DataException for a target that can't be learned
     */
    public BatchTargets targets(SequenceBatch batch, boolean lastOnly) {
        return new BatchTargets(
                towers.stream().map(tower -> tower.targets(batch, lastOnly)).toList());
    }

    /**
     * The loss of some sessions as their share of the whole batch's.
     *
     * @param states of sessions {@code from .. to - 1}
     * @param targets of the whole batch, all events
     * @param told hears what each task loses
     * @return a scalar: the sum over tasks of factor * loss of these sessions / total of the batch; null when there is no target
     */
    public @Nullable Tensor loss(States states, BatchTargets targets, int from, int to, Pass pass, Told told) {
        Tensor sum = null;
        for (int i = 0; i < towers.size(); i++) {
            TaskTower tower = towers.get(i);
            TaskTargets own = targets.of(i);
            if (own.from(to) > own.from(from) && own.total() > 0) {
                Tensor lossSum = tower.lossSum(states, own, from, to, pass);
                told.of(tower.name() + "/loss", lossSum.item(), own.total(from, to, tower.output()));
                Tensor loss = lossSum.mul(tower.factor() / own.total());
                sum = sum == null ? loss : sum.add(loss);
            }
        }
        return sum;
    }

    /**
     * Predictions of each task: probabilities of yes or of each class, or numbers. Call inside a scope and without gradients.
     *
     * @param lastOnly as for {@link #targets}
     * @return for each task {@code [cases * width]}
     */
    public List<double[]> predictions(States states, boolean lastOnly) {
        List<double[]> predictions = new ArrayList<>();
        for (TaskTower tower : towers) {
            Tensor output = tower.forward(states, lastOnly, Pass.inference());
            predictions.add(tower.output().predictions(output).toDoubles());
        }
        return predictions;
    }
}
