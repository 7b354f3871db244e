package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import io.t4rec.model.RecommendOptions;
import io.t4rec.model.Recommendation.ScoredItem;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The plain call: JSON events in, items and scores out. */
final class RecommendCall implements Call {
    private static final List<String> KEYS =
            List.of("events", "context", "sessions", "k", "exclude_seen", "allow", "deny", "candidates");

    private final ServerConfig config;

    RecommendCall(ServerConfig config) {
        this.config = config;
    }

    @Override
    public Question read(ServedModel model, ObjectNode body) {
        Json.checkKeys(body, KEYS, "");
        Set<Object> candidates = candidates(model, body);
        int k = candidates == null ? Json.integer(body.get("k"), DEFAULT_K, 1, MAX_K, "k") : candidates.size();
        Set<Object> deny = ids(model, body, "deny");
        RecommendOptions options = new RecommendOptions(
                Json.flag(body.get("exclude_seen"), "exclude_seen"),
                candidates == null ? ids(model, body, "allow") : candidates,
                deny == null ? Set.of() : deny);
        List<SessionRequest> sessions = SessionBodies.read(model.reader(), body, config.maxEvents()).stream()
                .map(events -> new SessionRequest(events, k, options))
                .toList();
        boolean several = body.has("sessions");
        return new Question(sessions, null, true, answers -> {
            ObjectNode out = Json.object();
            if (several) {
                ArrayNode all = out.putArray("sessions");
                answers.forEach(items -> write(all.addObject(), items));
            } else {
                write(out, answers.get(0));
            }
            if (candidates != null) {
                ArrayNode unknown = out.putArray("unknown");
                model.recommender().unknown(candidates).forEach(id -> unknown.add(json(id)));
            }
            return out.put("model", model.name()).put("version", model.version());
        });
    }

    /** The only items to score, all of them; null when the best of the catalogue are asked for. */
    private static @Nullable Set<Object> candidates(ServedModel model, ObjectNode body) {
        Set<Object> candidates = ids(model, body, "candidates");
        if (candidates == null) {
            return null;
        }
        for (String other : List.of("k", "allow", "deny", "exclude_seen")) {
            if (body.has(other)) {
                throw RequestException.bad(
                        other + ": beside candidates (expected: one of the two; all candidates are scored)");
            }
        }
        if (candidates.isEmpty() || candidates.size() > MAX_K) {
            throw RequestException.bad(
                    "candidates: " + candidates.size() + " (expected: 1 to " + MAX_K + " different item ids)");
        }
        return candidates;
    }

    /** Null when absent: an empty array allows nothing. */
    static @Nullable Set<Object> ids(ServedModel model, ObjectNode body, String key) {
        JsonNode array = body.get(key);
        if (array == null || array.isNull()) {
            return null;
        }
        if (!array.isArray()) {
            throw RequestException.bad(key + ": " + array + " (expected: an array of item ids)");
        }
        Set<Object> ids = new LinkedHashSet<>();
        array.forEach(id -> ids.add(EventReader.value(model.reader().item(), id, key + "[" + ids.size() + "]")));
        return ids;
    }

    /** Puts items with their scores under {@code items}. */
    static void write(ObjectNode out, List<ScoredItem> items) {
        ArrayNode array = out.putArray("items");
        for (ScoredItem item : items) {
            array.addObject().<ObjectNode>set("item_id", json(item.item())).put("score", item.score());
        }
    }

    private static ValueNode json(Object item) {
        return item instanceof Long id ? LongNode.valueOf(id) : TextNode.valueOf(item.toString());
    }
}
