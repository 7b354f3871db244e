package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.model.RecommendOptions;
import io.t4rec.model.Recommendation;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The KServe v2 inference call with JSON tensors. A column comes as {@code name__values} and {@code name__offsets} (one more than
 * there are sessions, from 0) or as a dense tensor {@code name} of shape {@code [sessions, events]}; item ids as BYTES or integers. The
 * answer holds {@code item_ids} and {@code item_id_scores}, both {@code [sessions, k]}; short rows are filled up with an empty id (0
 * for integers) and score 0.
 */
final class InferHandler {
    private static final String VALUES = "__values";
    private static final String OFFSETS = "__offsets";

    private final ObjectMapper json;
    private final EventReader reader;
    private final MicroBatcher batcher;
    private final ServerConfig config;
    private final String version;

    InferHandler(ObjectMapper json, EventReader reader, MicroBatcher batcher, ServerConfig config, String version) {
        this.json = json;
        this.reader = reader;
        this.batcher = batcher;
        this.config = config;
        this.version = version;
    }

    /** A column of a request: flat values and where each session begins. */
    private record Ragged(List<JsonNode> values, int[] offsets) {}

    private record Input(List<JsonNode> data, long[] shape, String datatype) {}

    /** Metadata of the model in the protocol's form. */
    JsonNode metadata() {
        ObjectNode out = json.createObjectNode().put("name", config.modelName()).put("platform", "t4rec");
        out.putArray("versions").add(version);
        ArrayNode inputs = out.putArray("inputs");
        for (ColumnSchema column : reader.columns()) {
            tensor(inputs, column.name() + VALUES, datatype(column), -1);
            tensor(inputs, column.name() + OFFSETS, "INT32", -1);
        }
        ArrayNode outputs = out.putArray("outputs");
        tensor(outputs, "item_ids", datatype(reader.itemColumn()), -1, -1);
        tensor(outputs, "item_id_scores", "FP32", -1, -1);
        return out;
    }

    private static void tensor(ArrayNode list, String name, String datatype, long... shape) {
        ArrayNode sizes =
                list.addObject().put("name", name).put("datatype", datatype).putArray("shape");
        for (long size : shape) {
            sizes.add(size);
        }
    }

    private static String datatype(ColumnSchema column) {
        return column.dtype() == DType.STRING ? "BYTES" : column.dtype().isFloating() ? "FP64" : "INT64";
    }

    CompletableFuture<JsonNode> handle(JsonNode body) {
        if (!body.path("inputs").isArray()) {
            throw new BadRequestException("inputs: absent (expected: an array of tensors)");
        }
        int k = RecommendHandler.k(body.path("parameters").get("k"), "parameters.k");
        boolean unseen = body.path("parameters").path("exclude_seen").asBoolean(false);
        List<List<Map<String, @Nullable Object>>> sessions = sessions(inputs(body.get("inputs")));
        RecommendOptions options = unseen ? RecommendOptions.unseen() : RecommendOptions.defaults();
        List<CompletableFuture<List<Recommendation.ScoredItem>>> answers = sessions.stream()
                .map(events -> batcher.submit(new SessionRequest(events, k, options)))
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answer(
                        body.path("id").asText(""),
                        answers.stream().map(CompletableFuture::join).toList()));
    }

    private Map<String, Input> inputs(JsonNode array) {
        Map<String, Input> inputs = new LinkedHashMap<>();
        for (JsonNode node : array) {
            String name = node.path("name").asText();
            long[] shape = new long[node.path("shape").size()];
            long elements = 1;
            for (int i = 0; i < shape.length; i++) {
                shape[i] = node.path("shape").get(i).asLong(-1);
                if (shape[i] < 0 || shape[i] > config.maxEvents()) {
                    throw new BadRequestException("input " + name + ": shape " + node.path("shape")
                            + " (expected: sizes of 0 to " + config.maxEvents() + ")");
                }
                elements *= Math.max(1, shape[i]);
            }
            List<JsonNode> data = new ArrayList<>();
            flatten(node.path("data"), data);
            boolean empty = Arrays.stream(shape).anyMatch(size -> size == 0);
            if (shape.length == 0 || data.size() != (empty ? 0 : elements)) {
                throw new BadRequestException("input " + name + ": " + data.size() + " elements for shape "
                        + node.path("shape") + " (expected: as many as the shape says)");
            }
            if (inputs.put(name, new Input(data, shape, node.path("datatype").asText())) != null) {
                throw new BadRequestException("input " + name + ": twice (expected: once)");
            }
        }
        return inputs;
    }

    private void flatten(JsonNode node, List<JsonNode> out) {
        if (node.isArray()) {
            node.forEach(element -> flatten(element, out));
        } else if (!node.isMissingNode()) {
            out.add(node);
        }
        if (out.size() > config.maxEvents()) {
            throw new BadRequestException("data: more than " + config.maxEvents() + " elements (expected: fewer)");
        }
    }

    private List<List<Map<String, @Nullable Object>>> sessions(Map<String, Input> inputs) {
        Map<String, Ragged> columns = new LinkedHashMap<>();
        for (ColumnSchema column : reader.columns()) {
            Ragged ragged = ragged(column, inputs);
            if (ragged != null) {
                columns.put(column.name(), ragged);
            }
        }
        if (!inputs.isEmpty()) {
            throw new BadRequestException("inputs: unknown " + inputs.keySet() + " (expected: "
                    + reader.columns().stream()
                            .map(c -> c.name() + VALUES + " and " + c.name() + OFFSETS)
                            .toList() + ")");
        }
        Ragged items = columns.get(reader.itemColumn().name());
        if (items == null) {
            throw new BadRequestException(
                    "inputs: no " + reader.itemColumn().name() + " (expected: its values and offsets)");
        }
        columns.forEach((name, ragged) -> {
            if (!Arrays.equals(ragged.offsets, items.offsets)) {
                throw new BadRequestException(
                        "input " + name + OFFSETS + ": differ from those of the items (expected: equal)");
            }
        });
        List<List<Map<String, @Nullable Object>>> sessions = new ArrayList<>();
        for (int i = 0; i + 1 < items.offsets.length; i++) {
            List<Map<String, @Nullable Object>> events = new ArrayList<>();
            for (int at = items.offsets[i]; at < items.offsets[i + 1]; at++) {
                events.add(event(columns, at, events.size()));
            }
            if (events.isEmpty()) {
                throw new BadRequestException("session " + i + ": no event (expected: at least one)");
            }
            sessions.add(events);
        }
        return sessions;
    }

    private Map<String, @Nullable Object> event(Map<String, Ragged> columns, int at, int place) {
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        for (ColumnSchema column : reader.columns()) {
            Ragged ragged = columns.get(column.name());
            JsonNode value = ragged == null ? null : ragged.values.get(at);
            event.put(
                    column.name(),
                    value == null || value.isNull()
                            ? reader.missing(column, place)
                            : EventReader.value(column, value, "input " + column.name() + "[" + at + "]"));
        }
        return event;
    }

    private @Nullable Ragged ragged(ColumnSchema column, Map<String, Input> inputs) {
        Input dense = inputs.remove(column.name());
        if (dense != null) {
            checkType(column, dense);
            if (dense.shape.length != 2) {
                throw new BadRequestException("input " + column.name() + ": " + dense.shape.length
                        + " dimensions (expected: [sessions, events])");
            }
            int[] offsets = new int[(int) dense.shape[0] + 1];
            for (int i = 0; i < offsets.length; i++) {
                offsets[i] = (int) (i * dense.shape[1]);
            }
            return new Ragged(dense.data, offsets);
        }
        Input values = inputs.remove(column.name() + VALUES);
        Input offsets = inputs.remove(column.name() + OFFSETS);
        if (values == null && offsets == null) {
            return null;
        }
        if (values == null || offsets == null) {
            throw new BadRequestException("input " + column.name() + ": values or offsets absent (expected: both)");
        }
        checkType(column, values);
        return new Ragged(values.data, offsets(column.name(), offsets, values.data.size()));
    }

    private static void checkType(ColumnSchema column, Input input) {
        boolean text = input.datatype.equals("BYTES");
        boolean integer = input.datatype.startsWith("INT") || input.datatype.startsWith("UINT");
        boolean real = input.datatype.startsWith("FP");
        boolean fits = column.dtype() == DType.STRING
                ? text || integer
                : column.dtype().isFloating() ? real || integer : integer || text;
        if (!fits) {
            throw new BadRequestException("input " + column.name() + ": datatype " + input.datatype + " (expected: "
                    + datatype(column) + ")");
        }
    }

    private static int[] offsets(String name, Input input, int values) {
        if (!input.datatype.equals("INT32") && !input.datatype.equals("INT64")) {
            throw new BadRequestException(
                    "input " + name + OFFSETS + ": datatype " + input.datatype + " (expected: INT32 or INT64)");
        }
        int[] offsets = new int[input.data.size()];
        for (int i = 0; i < offsets.length; i++) {
            JsonNode node = input.data.get(i);
            long previous = i == 0 ? 0 : offsets[i - 1];
            if (!node.isIntegralNumber() || node.asLong() < previous || node.asLong() > values) {
                throw new BadRequestException("input " + name + OFFSETS + "[" + i + "]: " + node
                        + " (expected: rising numbers from 0 to " + values + ")");
            }
            offsets[i] = node.asInt();
        }
        if (offsets.length < 2 || offsets[0] != 0 || offsets[offsets.length - 1] != values) {
            throw new BadRequestException("input " + name + OFFSETS + ": (expected: 0 first, " + values
                    + " last, one more number than sessions)");
        }
        return offsets;
    }

    private JsonNode answer(String id, List<List<Recommendation.ScoredItem>> rows) {
        int width = rows.stream().mapToInt(List::size).max().orElse(0);
        ObjectNode out =
                json.createObjectNode().put("model_name", config.modelName()).put("model_version", version);
        if (!id.isEmpty()) {
            out.put("id", id);
        }
        ArrayNode outputs = out.putArray("outputs");
        boolean text = reader.itemColumn().dtype() == DType.STRING;
        tensor(outputs, "item_ids", datatype(reader.itemColumn()), rows.size(), width);
        tensor(outputs, "item_id_scores", "FP32", rows.size(), width);
        ArrayNode ids = ((ObjectNode) outputs.get(0)).putArray("data");
        ArrayNode scores = ((ObjectNode) outputs.get(1)).putArray("data");
        for (List<Recommendation.ScoredItem> row : rows) {
            for (int i = 0; i < width; i++) {
                Object item = i < row.size() ? row.get(i).item() : text ? "" : (Object) 0L;
                if (item instanceof Long number) {
                    ids.add(number);
                } else {
                    ids.add(item.toString());
                }
                scores.add((float) (i < row.size() ? row.get(i).score() : 0));
            }
        }
        return out;
    }
}
