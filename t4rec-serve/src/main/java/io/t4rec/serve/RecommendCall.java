package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.model.RecommendOptions;
import io.t4rec.model.Recommendation.ScoredItem;
import io.t4rec.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The plain call: JSON events in, items and scores out. */
final class RecommendCall implements Call {
    private static final List<String> KEYS = List.of("events", "sessions", "k", "exclude_seen", "allow", "deny");

    private final ServerConfig config;

    RecommendCall(ServerConfig config) {
        this.config = config;
    }

    @Override
    public Question read(ServedModel model, ObjectNode body) {
        Json.checkKeys(body, KEYS, "");
        int k = Json.integer(body.get("k"), DEFAULT_K, 1, MAX_K, "k");
        Set<Object> deny = ids(model, body, "deny");
        RecommendOptions options = new RecommendOptions(
                Json.flag(body.get("exclude_seen"), "exclude_seen"),
                ids(model, body, "allow"),
                deny == null ? Set.of() : deny);
        List<SessionRequest> sessions = sessions(model.reader(), body).stream()
                .map(events -> new SessionRequest(events, k, options))
                .toList();
        boolean several = body.has("sessions");
        return new Question(sessions, null, answers -> {
            ObjectNode out = Json.object();
            if (several) {
                ArrayNode all = out.putArray("sessions");
                answers.forEach(items -> write(all.addObject(), items));
            } else {
                write(out, answers.get(0));
            }
            return out.put("model", model.name()).put("version", model.version());
        });
    }

    private List<List<Map<String, @Nullable Object>>> sessions(EventReader reader, ObjectNode body) {
        JsonNode several = body.get("sessions");
        if (several == null) {
            return List.of(session(reader, body.get("events"), "events", config.maxEvents()));
        }
        if (body.has("events")) {
            throw RequestException.bad("events: beside sessions (expected: one of the two)");
        }
        if (!several.isArray() || several.isEmpty()) {
            throw RequestException.bad(
                    "sessions: " + several + " (expected: an array of at least one {\"events\": [...]})");
        }
        List<List<Map<String, @Nullable Object>>> sessions = new ArrayList<>();
        int left = config.maxEvents();
        for (JsonNode session : several) {
            String where = "sessions[" + sessions.size() + "]";
            Json.checkKeys(session, List.of("events"), where);
            sessions.add(session(reader, session.get("events"), where + ".events", left));
            left -= session.get("events").size();
        }
        return sessions;
    }

    private List<Map<String, @Nullable Object>> session(
            EventReader reader, @Nullable JsonNode array, String where, int most) {
        if (array == null || !array.isArray()) {
            throw RequestException.bad(
                    where + ": " + (array == null ? "absent" : array) + " (expected: an array of events)");
        }
        if (array.size() > most) {
            throw RequestException.bad(
                    where + ": too many (expected: at most " + config.maxEvents() + " events a request)");
        }
        List<String> columns = reader.columns().stream().map(ColumnSchema::name).toList();
        List<Map<String, @Nullable Object>> events = new ArrayList<>(array.size());
        for (JsonNode event : array) {
            String place = where + "[" + events.size() + "]";
            Json.checkKeys(event, columns, place);
            events.add(reader.event(event::get, place));
        }
        return reader.session(events, where);
    }

    /** Null when absent: an empty array allows nothing. */
    private static @Nullable Set<Object> ids(ServedModel model, ObjectNode body, String key) {
        JsonNode array = body.get(key);
        if (array == null || array.isNull()) {
            return null;
        }
        if (!array.isArray()) {
            throw RequestException.bad(key + ": " + array + " (expected: an array of item ids)");
        }
        Set<Object> ids = new HashSet<>();
        array.forEach(id -> ids.add(EventReader.value(model.reader().item(), id, key + "[" + ids.size() + "]")));
        return ids;
    }

    private static void write(ObjectNode out, List<ScoredItem> items) {
        ArrayNode array = out.putArray("items");
        for (ScoredItem item : items) {
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
