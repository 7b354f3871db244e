package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.model.RecommendOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The KServe v2 inference call with JSON tensors. */
final class InferCall implements Call {
    private static final List<String> KEYS = List.of("id", "parameters", "inputs", "outputs");
    private static final List<String> PARAMETERS = List.of("k", "exclude_seen", "timeout", "binary_data_output");
    private static final List<String> OUTPUT_KEYS = List.of("name", "parameters");

    private final ServerConfig config;

    InferCall(ServerConfig config) {
        this.config = config;
    }

    @Override
    public Question read(ServedModel model, ObjectNode body) {
        Json.checkKeys(body, KEYS, "");
        JsonNode parameters = body.hasNonNull("parameters") ? body.get("parameters") : Json.object();
        Json.checkKeys(parameters, PARAMETERS, "parameters");
        int k = Json.integer(parameters.get("k"), DEFAULT_K, 1, MAX_K, "parameters.k");
        RecommendOptions options = Json.flag(parameters.get("exclude_seen"), "parameters.exclude_seen")
                ? RecommendOptions.unseen()
                : RecommendOptions.defaults();
        // asked for by clients that can read both; the answer is JSON all the same, which the protocol allows
        Json.flag(parameters.get("binary_data_output"), "parameters.binary_data_output");
        int micros = Json.integer(parameters.get("timeout"), 0, 0, Integer.MAX_VALUE, "parameters.timeout");
        InferAnswer answer = new InferAnswer(model, outputs(InferAnswer.outputs(model), body.get("outputs")), id(body));
        List<SessionRequest> sessions = TensorSessions.read(model.reader(), inputs(body.path("inputs"))).stream()
                .map(events -> new SessionRequest(events, k, options))
                .toList();
        return new Question(
                sessions,
                micros == 0 ? null : Duration.ofNanos(micros * 1_000L),
                answer.ranks(),
                items -> answer.write(items, sessions));
    }

    private static @Nullable String id(ObjectNode body) {
        JsonNode id = body.get("id");
        if (id == null || id.isNull() || id.isTextual()) {
            return id == null ? null : id.textValue();
        }
        throw RequestException.bad("id: " + id + " (expected: text)");
    }

    /** Names of the outputs wanted; all when the request names none. */
    private static List<String> outputs(List<String> all, @Nullable JsonNode array) {
        if (array == null || array.isNull()) {
            return all;
        }
        if (!array.isArray()) {
            throw RequestException.bad("outputs: " + array + " (expected: an array)");
        }
        List<String> names = new ArrayList<>();
        for (JsonNode output : array) {
            String where = "outputs[" + names.size() + "]";
            Json.checkKeys(output, OUTPUT_KEYS, where);
            JsonNode name = output.path("name");
            if (!name.isTextual() || !all.contains(name.textValue())) {
                throw RequestException.bad(where + ": " + name + " (expected: one of " + all + ")");
            }
            if (names.contains(name.textValue())) {
                throw RequestException.bad(where + ": " + name + " again (expected: each output once)");
            }
            if (output.has("parameters")) {
                Json.checkKeys(output.get("parameters"), List.of("binary_data"), where + ".parameters");
            }
            names.add(name.textValue());
        }
        return names.isEmpty() ? all : names;
    }

    private Map<String, InputTensor> inputs(JsonNode array) {
        if (!array.isArray()) {
            throw RequestException.bad(
                    "inputs: " + (array.isMissingNode() ? "absent" : array) + " (expected: an array of tensors)");
        }
        Map<String, InputTensor> tensors = new LinkedHashMap<>();
        for (JsonNode node : array) {
            // offsets have one number more than sessions
            InputTensor tensor = InputTensor.read(node, tensors.size(), config.maxEvents() + 1);
            if (tensors.put(tensor.name(), tensor) != null) {
                throw RequestException.bad("input " + tensor.name() + ": twice (expected: once)");
            }
        }
        return tensors;
    }
}
