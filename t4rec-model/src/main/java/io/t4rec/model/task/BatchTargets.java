package io.t4rec.model.task;

import java.util.List;

/** What all tasks with a target are to predict in a batch, by {@link TaskHeads#targets}: drawn out once, whoever computes which rows. */
public final class BatchTargets {
    private final List<TaskTargets> tasks;

    BatchTargets(List<TaskTargets> tasks) {
        this.tasks = tasks;
    }

    /** Whether any task has a target. */
    public boolean isEmpty() {
        return tasks.stream().allMatch(task -> task.total() == 0);
    }

    /** Targets of a task by its place; not-a-number where one is missing. */
    public double[] values(int task) {
        return tasks.get(task).values();
    }

    TaskTargets of(int task) {
        return tasks.get(task);
    }
}
