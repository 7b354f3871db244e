package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sessions out of plain JSON: one with {@code events}, or several under {@code sessions}. */
final class SessionBodies {
    private static final List<String> SESSION_KEYS = List.of("events", "context");

    private SessionBodies() {}

    /**
     * Each session's events.
     *
     * @param body with {@code events}, or with {@code sessions}
     * @param maxEvents most of them in all
     * @throws RequestException when they don't fit the model
     */
    static List<List<Map<String, @Nullable Object>>> read(EventReader reader, ObjectNode body, int maxEvents) {
        JsonNode several = body.get("sessions");
        if (several == null) {
            return List.of(session(reader, body, "", maxEvents, maxEvents));
        }
        for (String key : SESSION_KEYS) {
            if (body.has(key)) {
                throw RequestException.bad(key + ": beside sessions (expected: one of the two)");
            }
        }
        if (!several.isArray() || several.isEmpty()) {
            throw RequestException.bad(
                    "sessions: " + several + " (expected: an array of at least one {\"events\": [...]})");
        }
        List<List<Map<String, @Nullable Object>>> sessions = new ArrayList<>();
        int left = maxEvents;
        for (JsonNode session : several) {
            String where = "sessions[" + sessions.size() + "]";
            Json.checkKeys(session, SESSION_KEYS, where);
            sessions.add(session(reader, session, where + ".", left, maxEvents));
            left -= session.get("events").size();
        }
        return sessions;
    }

    private static List<Map<String, @Nullable Object>> session(
            EventReader reader, JsonNode session, String path, int most, int maxEvents) {
        JsonNode array = session.get("events");
        String where = path + "events";
        if (array == null || !array.isArray()) {
            throw RequestException.bad(
                    where + ": " + (array == null ? "absent" : array) + " (expected: an array of events)");
        }
        if (array.size() > most) {
            throw RequestException.bad(where + ": too many (expected: at most " + maxEvents + " events a request)");
        }
        List<String> columns = reader.columns().stream().map(ColumnSchema::name).toList();
        List<Map<String, @Nullable Object>> events = new ArrayList<>(array.size());
        for (JsonNode event : array) {
            String place = where + "[" + events.size() + "]";
            Json.checkKeys(event, columns, place);
            events.add(reader.event(event::get, place));
        }
        JsonNode context = session.get("context");
        if (context != null && !context.isNull()) {
            reader.addContext(events, context, path + "context");
        }
        return reader.session(events, where);
    }
}
