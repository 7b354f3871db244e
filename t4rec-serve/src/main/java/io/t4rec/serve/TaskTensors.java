package io.t4rec.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.model.Prediction;
import io.t4rec.model.task.TaskHeads;
import io.t4rec.model.task.TaskValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The protocol's words of what tasks predict. A task with one value a session is the tensor {@code NAME}; one with a value for each event is
 * {@code NAME__values} and {@code NAME__offsets}. Classes are a second dimension, in the order of their ids.
 */
final class TaskTensors {
    private TaskTensors() {}

    /** Names of all tensors of a model's tasks. */
    static List<String> names(ServedModel model) {
        TaskHeads heads = model.recommender().bundle().model().heads();
        List<String> names = new ArrayList<>();
        for (int task = 0; task < heads.names().size(); task++) {
            String name = heads.names().get(task);
            if (heads.isPerEvent(task)) {
                names.add(name + TensorSessions.VALUES);
                names.add(name + TensorSessions.OFFSETS);
            } else {
                names.add(name);
            }
        }
        return names;
    }

    /** Their metadata. */
    static List<ObjectNode> metadata(ServedModel model) {
        TaskHeads heads = model.recommender().bundle().model().heads();
        List<ObjectNode> tensors = new ArrayList<>();
        for (int task = 0; task < heads.names().size(); task++) {
            String name = heads.names().get(task);
            int width = heads.output(task).width();
            int[] shape = width == 1 ? new int[] {-1} : new int[] {-1, width};
            boolean perEvent = heads.isPerEvent(task);
            tensors.add(InferAnswer.tensor(perEvent ? name + TensorSessions.VALUES : name, Datatype.FP32, shape));
            if (perEvent) {
                tensors.add(InferAnswer.tensor(name + TensorSessions.OFFSETS, Datatype.INT32, -1));
            }
        }
        return tensors;
    }

    /**
     * One tensor of an answer.
     *
     * @param output its name, one of {@link #names}
     * @param predictions of each session; null for one without an event, which has no value at events and 0 else
     */
    static ObjectNode tensor(ServedModel model, String output, List<@Nullable Prediction> predictions) {
        TaskHeads heads = model.recommender().bundle().model().heads();
        int task = 0;
        while (!output.equals(heads.names().get(task))
                && !output.equals(heads.names().get(task) + TensorSessions.VALUES)
                && !output.equals(heads.names().get(task) + TensorSessions.OFFSETS)) {
            task++;
        }
        String name = heads.names().get(task);
        int width = heads.output(task).width();
        ArrayNode data = Json.array();
        int count = 0;
        if (output.endsWith(TensorSessions.OFFSETS) && heads.isPerEvent(task)) {
            data.add(0);
        }
        boolean offsets = !data.isEmpty();
        for (Prediction one : predictions) {
            List<TaskValue> values = values(one, name);
            count += one == null && !heads.isPerEvent(task) ? 1 : values.size();
            if (offsets) {
                data.add(count);
            } else if (one == null && !heads.isPerEvent(task)) {
                for (int i = 0; i < width; i++) {
                    data.add(0f);
                }
            } else {
                values.forEach(value -> add(data, value));
            }
        }
        ObjectNode tensor = offsets
                ? InferAnswer.tensor(output, Datatype.INT32, data.size())
                : InferAnswer.tensor(output, Datatype.FP32, width == 1 ? new int[] {count} : new int[] {count, width});
        tensor.set("data", data);
        return tensor;
    }

    private static List<TaskValue> values(@Nullable Prediction prediction, String task) {
        Prediction.Task found = prediction == null ? null : prediction.tasks().get(task);
        return found == null ? List.of() : found.values();
    }

    private static void add(ArrayNode data, TaskValue value) {
        if (value instanceof TaskValue.Probability probability) {
            data.add((float) probability.yes());
        } else if (value instanceof TaskValue.Value number) {
            data.add((float) number.value());
        } else {
            ((TaskValue.Classes) value)
                    .probabilities()
                    .values()
                    .forEach(probability -> data.add(probability.floatValue()));
        }
    }
}
