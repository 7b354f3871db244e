package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.model.Prediction;
import io.t4rec.model.Recommendation.ScoredItem;
import io.t4rec.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The protocol's words of a model: its metadata and its answers.
 *
 * @param outputs names of those wanted, in order
 * @param id of the request, given back; null when it had none
 */
record InferAnswer(
        ServedModel model, List<String> outputs, @Nullable String id) {
    static final String ITEMS = "item_ids";
    static final String SCORES = "item_id_scores";

    /** Metadata of a model: what it takes and gives. */
    static ObjectNode metadata(ServedModel model) {
        ObjectNode out = Json.object().put("name", model.name()).put("platform", "t4rec");
        out.putArray("versions").add(model.version());
        ArrayNode inputs = out.putArray("inputs");
        for (ColumnSchema column : model.reader().columns()) {
            if (model.reader().contextColumns().contains(column.name())) {
                inputs.add(tensor(column.name(), Datatype.of(column), -1));
                continue;
            }
            inputs.add(tensor(column.name() + TensorSessions.VALUES, Datatype.of(column), -1));
            inputs.add(tensor(column.name() + TensorSessions.OFFSETS, Datatype.INT32, -1));
        }
        ArrayNode outputs = out.putArray("outputs");
        if (isRanked(model)) {
            outputs.add(tensor(ITEMS, Datatype.of(model.reader().item()), -1, -1))
                    .add(tensor(SCORES, Datatype.FP32, -1, -1));
        }
        TaskTensors.metadata(model).forEach(outputs::add);
        return out;
    }

    private static boolean isRanked(ServedModel model) {
        return model.recommender().bundle().model().config().predictsNextItem();
    }

    /** Names of all outputs of a model. */
    static List<String> outputs(ServedModel model) {
        List<String> names = new ArrayList<>(isRanked(model) ? List.of(ITEMS, SCORES) : List.of());
        names.addAll(TaskTensors.names(model));
        return names;
    }

    /** Whether items are wanted. */
    boolean ranks() {
        return isRanked(model) && (outputs.contains(ITEMS) || outputs.contains(SCORES));
    }

    static ObjectNode tensor(String name, Datatype datatype, int... shape) {
        ObjectNode tensor = Json.object().put("name", name).put("datatype", datatype.name());
        ArrayNode sizes = tensor.putArray("shape");
        for (int size : shape) {
            sizes.add(size);
        }
        return tensor;
    }

    /** The answer; rows with fewer items than the longest are filled up with an empty id (0 for integers) and score 0. */
    JsonNode write(List<List<ScoredItem>> rows, List<SessionRequest> sessions) {
        List<String> tasks = TaskTensors.names(model);
        List<@Nullable Prediction> predictions =
                outputs.stream().anyMatch(tasks::contains) ? PredictService.predictions(model, sessions) : List.of();
        int width = rows.stream().mapToInt(List::size).max().orElse(0);
        ObjectNode out = Json.object().put("model_name", model.name()).put("model_version", model.version());
        if (id != null) {
            out.put("id", id);
        }
        ArrayNode tensors = out.putArray("outputs");
        for (String output : outputs) {
            if (tasks.contains(output)) {
                tensors.add(TaskTensors.tensor(model, output, predictions));
                continue;
            }
            boolean items = output.equals(ITEMS);
            Datatype datatype = items ? Datatype.of(model.reader().item()) : Datatype.FP32;
            ObjectNode tensor = tensor(output, datatype, rows.size(), width);
            ArrayNode data = tensor.putArray("data");
            for (List<ScoredItem> row : rows) {
                for (int i = 0; i < width; i++) {
                    ScoredItem item = i < row.size() ? row.get(i) : null;
                    if (!items) {
                        data.add((float) (item == null ? 0 : item.score()));
                    } else if (datatype == Datatype.BYTES) {
                        data.add(item == null ? "" : item.item().toString());
                    } else {
                        data.add(item == null ? 0L : (Long) item.item());
                    }
                }
            }
            tensors.add(tensor);
        }
        return out;
    }
}
