package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.model.Recommender;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns JSON values into events of a model's input schema, or says which value doesn't fit. */
final class EventReader {
    private final List<ColumnSchema> columns;
    private final ColumnSchema item;
    private final String time;
    private final List<String> contextColumns;

    EventReader(Recommender recommender) {
        WorkflowConfig workflow = recommender.bundle().workflow().config();
        this.columns =
                recommender.inputSchema().excluding(List.of(workflow.session())).columns();
        this.item = recommender.inputSchema().get(workflow.item());
        this.time = workflow.time();
        this.contextColumns = recommender.contextColumns();
    }

    /** Columns that a request may send: all but the session. */
    List<ColumnSchema> columns() {
        return columns;
    }

    ColumnSchema item() {
        return item;
    }

    /** Columns of which a session has one value. */
    List<String> contextColumns() {
        return contextColumns;
    }

    /**
     * Gives all events of a session its own values.
     *
     * @param context values by column
     * @param where the context is in the request, for messages
     * @throws RequestException for an unknown column, a value of another type, and one that an event has too
     */
    void addContext(List<Map<String, @Nullable Object>> events, JsonNode context, String where) {
        Json.checkKeys(context, contextColumns, where);
        for (ColumnSchema column : columns) {
            JsonNode value = context.get(column.name());
            if (value == null || value.isNull()) {
                continue;
            }
            Object read = value(column, value, where + "." + column.name());
            for (Map<String, @Nullable Object> event : events) {
                if (event.get(column.name()) != null) {
                    throw RequestException.bad(
                            where + "." + column.name() + ": beside that of an event (expected: one of the two)");
                }
                event.put(column.name(), read);
            }
        }
    }

    /**
     * One event.
     *
     * @param values by column; null for what was not sent
     * @param where the event is in the request, for messages
     * @throws RequestException for a value of another type and for an absent item
     */
    Map<String, @Nullable Object> event(Function<String, @Nullable JsonNode> values, String where) {
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        for (ColumnSchema column : columns) {
            JsonNode value = values.apply(column.name());
            String path = where + "." + column.name();
            if (value != null && !value.isNull()) {
                event.put(column.name(), value(column, value, path));
            } else if (column.name().equals(item.name())) {
                throw RequestException.bad(path + ": absent (expected: an item id)");
            } else {
                event.put(column.name(), null);
            }
        }
        return event;
    }

    /**
     * Completes the events of a session: without times their order counts.
     *
     * @param where the session is in the request, for messages
     * @throws RequestException when there is no event, or only some have a time: where would the others belong?
     */
    List<Map<String, @Nullable Object>> session(List<Map<String, @Nullable Object>> events, String where) {
        if (events.isEmpty()) {
            throw RequestException.bad(where + ": no event (expected: at least one)");
        }
        ColumnSchema column =
                columns.stream().filter(c -> c.name().equals(time)).findFirst().orElse(null);
        if (column == null) {
            return events;
        }
        long timed = events.stream().filter(event -> event.get(time) != null).count();
        if (timed == 0) {
            for (int place = 0; place < events.size(); place++) {
                events.get(place).put(time, place(column, place));
            }
        } else if (timed < events.size()) {
            throw RequestException.bad(
                    where + ": " + time + " on " + timed + " of " + events.size() + " events (expected: all or none)");
        }
        return events;
    }

    /** A place as a time that sorts like it. */
    private static Object place(ColumnSchema column, int place) {
        return column.dtype() == DType.STRING ? String.format(Locale.ROOT, "%09d", place) : (Object) (long) place;
    }

    /** A JSON value in the column's type: Long, Double or String. */
    static Object value(ColumnSchema column, JsonNode value, String where) {
        DType type = column.dtype();
        if (type == DType.STRING) {
            if (value.isTextual() || value.isIntegralNumber()) {
                return value.asText();
            }
            throw RequestException.bad(where + ": " + value + " (expected: text)");
        }
        if (type.isFloating()) {
            double number = value.isNumber() ? value.doubleValue() : Double.NaN;
            if (type == DType.FLOAT32 ? Float.isFinite((float) number) : Double.isFinite(number)) {
                return number;
            }
            throw RequestException.bad(where + ": " + value + " (expected: a number of " + type.bits() + " bits)");
        }
        if (type == DType.BOOL && value.isBoolean()) {
            return value.booleanValue() ? 1L : 0L;
        }
        Long number = integer(value);
        if (number != null && number >= min(type) && number <= max(type)) {
            return number;
        }
        throw RequestException.bad(where + ": " + value + " (expected: "
                + (type == DType.BOOL ? "true or false" : "an integer of " + type.bits() + " bits") + ")");
    }

    /** Of a number or of text; null when it is none of 64 bits. */
    private static @Nullable Long integer(JsonNode value) {
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return value.longValue();
        }
        if (value.isTextual()) {
            try {
                return Long.valueOf(value.textValue());
            } catch (NumberFormatException e) {
                return null;
            }
        }
        return null;
    }

    private static long min(DType type) {
        return type == DType.BOOL ? 0 : -1L << (type.bits() - 1);
    }

    private static long max(DType type) {
        return type == DType.BOOL ? 1 : ~min(type);
    }
}
