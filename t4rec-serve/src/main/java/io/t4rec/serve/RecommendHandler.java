package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.model.RecommendOptions;
import io.t4rec.model.Recommendation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The plain call: JSON events in, items and scores out. */
final class RecommendHandler {
    private static final int DEFAULT_K = 20;
    private static final int MAX_K = 10_000;
    private static final Set<String> KEYS = Set.of("events", "sessions", "k", "exclude_seen", "allow", "deny");

    private final ObjectMapper json;
    private final EventReader reader;
    private final MicroBatcher batcher;
    private final ServerConfig config;
    private final String version;

    RecommendHandler(ObjectMapper json, EventReader reader, MicroBatcher batcher, ServerConfig config, String version) {
        this.json = json;
        this.reader = reader;
        this.batcher = batcher;
        this.config = config;
        this.version = version;
    }

    CompletableFuture<JsonNode> handle(JsonNode body) {
        if (!body.isObject()) {
            throw new BadRequestException("body: not an object (expected: {\"events\": [...], \"k\": 20})");
        }
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            if (!KEYS.contains(field.getKey())) {
                throw new BadRequestException(field.getKey() + ": unknown (expected: one of "
                        + KEYS.stream().sorted().toList() + ")");
            }
        }
        int k = k(body.get("k"), "k");
        RecommendOptions options = new RecommendOptions(
                body.path("exclude_seen").asBoolean(false),
                body.has("allow") ? ids(body.get("allow")) : null,
                denied(body));
        boolean several = body.has("sessions");
        List<List<Map<String, @Nullable Object>>> sessions = new ArrayList<>();
        if (several) {
            if (!body.get("sessions").isArray() || body.get("sessions").isEmpty()) {
                throw new BadRequestException("sessions: " + body.get("sessions")
                        + " (expected: an array of at least one {\"events\": [...]})");
            }
            body.get("sessions").forEach(session -> sessions.add(events(session.path("events"))));
        } else {
            sessions.add(events(body.path("events")));
        }
        checkSize(sessions.stream().mapToInt(List::size).sum());
        List<CompletableFuture<List<Recommendation.ScoredItem>>> answers = sessions.stream()
                .map(events -> batcher.submit(new SessionRequest(events, k, options)))
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    ObjectNode out = json.createObjectNode();
                    if (several) {
                        ArrayNode all = out.putArray("sessions");
                        answers.forEach(answer -> items(all.addObject(), answer.join()));
                    } else {
                        items(out, answers.get(0).join());
                    }
                    return out.put("model", config.modelName()).put("version", version);
                });
    }

    private void checkSize(int events) {
        if (events > config.maxEvents()) {
            throw new BadRequestException("events: " + events + " (expected: at most " + config.maxEvents() + ")");
        }
    }

    /** Number of items asked for. */
    static int k(@Nullable JsonNode node, String name) {
        if (node == null || node.isNull()) {
            return DEFAULT_K;
        }
        if (!node.isIntegralNumber() || node.asLong() < 1 || node.asLong() > MAX_K) {
            throw new BadRequestException(name + ": " + node + " (expected: 1 to " + MAX_K + ")");
        }
        return node.asInt();
    }

    private Set<Object> denied(JsonNode body) {
        return body.has("deny") ? ids(body.get("deny")) : Set.of();
    }

    private Set<Object> ids(JsonNode array) {
        if (!array.isArray()) {
            throw new BadRequestException("allow or deny: " + array + " (expected: an array of item ids)");
        }
        Set<Object> ids = new HashSet<>();
        array.forEach(id -> ids.add(EventReader.value(reader.itemColumn(), id, "allow or deny")));
        return ids;
    }

    private List<Map<String, @Nullable Object>> events(JsonNode events) {
        if (!events.isArray() || events.isEmpty()) {
            throw new BadRequestException("events: " + (events.isMissingNode() ? "absent" : "empty or no array")
                    + " (expected: an array of at least one event)");
        }
        List<Map<String, @Nullable Object>> out = new ArrayList<>();
        for (JsonNode event : events) {
            out.add(reader.event(event, out.size()));
        }
        return out;
    }

    private static void items(ObjectNode out, List<Recommendation.ScoredItem> items) {
        ArrayNode array = out.putArray("items");
        for (Recommendation.ScoredItem item : items) {
            ObjectNode node = array.addObject();
            if (item.item() instanceof Long id) {
                node.put("item_id", id);
            } else {
                node.put("item_id", item.item().toString());
            }
            node.put("score", item.score());
        }
    }
}
