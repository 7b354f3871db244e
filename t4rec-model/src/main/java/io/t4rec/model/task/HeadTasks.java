package io.t4rec.model.task;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One head: tasks that share a weight and the way their losses are brought together.
 *
 * @param tasks by hand
 * @param fromSchema whether every column tagged as target has a task too, of the kind that its tags say ({@link SchemaTasks}); default
 *     false
 * @param block widths of layers with ReLU between the hidden states and the output of each task that has no block of its own; each task
 *     gets layers of its own. Default none
 * @param taskWeights weights of tasks by name, in place of their own; default none
 * @param weight share of the model's loss, above 0; default 1
 * @param lossReduction how the weighted losses of the tasks become one: mean, as in Transformers4Rec and the default, or sum
 */
public record HeadTasks(
        List<Task> tasks,
        boolean fromSchema,
        List<Integer> block,
        Map<String, Double> taskWeights,
        Double weight,
        String lossReduction) {
    /** @throws ConfigException for values out of range, and a head without task */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public HeadTasks {
        tasks = tasks == null ? List.of() : List.copyOf(tasks);
        block = block == null ? List.of() : List.copyOf(block);
        TargetTask.checkBlock(block, 0);
        taskWeights = taskWeights == null ? Map.of() : Map.copyOf(taskWeights);
        taskWeights.forEach((name, one) -> Task.weight("taskWeights." + name, one));
        weight = Task.weight("heads: weight", weight);
        lossReduction = Reduction.of("heads: lossReduction", lossReduction).label();
        if (tasks.isEmpty() && !fromSchema) {
            throw new ConfigException("heads: no tasks (expected: at least one, or fromSchema: true)");
        }
    }

    /** A head of some tasks, whose losses are averaged. */
    public static HeadTasks of(Task... tasks) {
        return new HeadTasks(List.of(tasks), false, List.of(), Map.of(), 1.0, Reduction.MEAN.label());
    }

    /** A head with a task for every column tagged as target. */
    public static HeadTasks fromSchemaTags() {
        return new HeadTasks(List.of(), true, List.of(), Map.of(), 1.0, Reduction.MEAN.label());
    }

    /** The tasks of this head for a schema, with the weights that they have in it. */
    List<Task> resolved(Schema schema) {
        List<Task> all = new ArrayList<>(tasks);
        if (fromSchema) {
            all.addAll(SchemaTasks.of(schema, tasks));
        }
        Set<String> names = new LinkedHashSet<>();
        all.forEach(task -> names.add(task.name()));
        for (String name : taskWeights.keySet()) {
            if (!names.contains(name)) {
                throw new ConfigException(
                        "taskWeights." + name + " (expected: " + Names.expectation(name, names) + ")");
            }
        }
        return all.stream().map(this::weighted).toList();
    }

    private Task weighted(Task task) {
        @Nullable Double other = taskWeights.get(task.name());
        if (other == null) {
            return task;
        }
        return task instanceof TargetTask target ? target.withWeight(other) : new NextItemTask(other);
    }
}
