package io.t4rec.model;

import io.t4rec.model.task.TaskValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model's tasks say of one session.
 *
 * @param session its raw id
 * @param tasks by name, in the order of the tasks
 */
public record Prediction(Object session, Map<String, Task> tasks) {
    /**
     * What one task says.
     *
     * @param perEvent whether there is a value for each event rather than one for the session
     * @param values oldest event first: those that the workflow keeps, and of a long session the newest
     */
    public record Task(boolean perEvent, List<TaskValue> values) {
        /** As plain values: a list where there is one for each event. */
        public Object plain() {
            List<Object> plain = values.stream().map(TaskValue::plain).toList();
            return perEvent ? plain : plain.get(0);
        }
    }

    /** The tasks as plain values by name. */
    public Map<String, Object> plain() {
        Map<String, Object> plain = new LinkedHashMap<>();
        tasks.forEach((name, task) -> plain.put(name, task.plain()));
        return plain;
    }
}
