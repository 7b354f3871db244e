package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns JSON values into the types of the input schema, or says which one doesn't fit. */
final class EventReader {
    private final Schema schema;
    private final String session;
    private final String time;
    private final String item;

    /**
     * @param session name of the session column, which requests don't send
     *
     * @param time filled with the order when absent
     */
    EventReader(Schema schema, String session, String item, String time) {
        this.schema = schema;
        this.session = session;
        this.item = item;
        this.time = time;
    }

    /** Columns that a request may send. */
    List<ColumnSchema> columns() {
        return schema.excluding(List.of(session)).columns();
    }

    ColumnSchema itemColumn() {
        return schema.get(item);
    }

    /**
     * One event of a plain request.
     *
     * @param place of the event in its session, from 0
     */
    Map<String, @Nullable Object> event(JsonNode event, int place) {
        if (!event.isObject()) {
            throw new BadRequestException("events[" + place + "]: " + event + " (expected: an object)");
        }
        for (Map.Entry<String, JsonNode> field : event.properties()) {
            if (!schema.contains(field.getKey()) || field.getKey().equals(session)) {
                throw new BadRequestException("events[" + place + "]." + field.getKey() + ": unknown (expected: "
                        + Names.expectation(
                                field.getKey(),
                                columns().stream().map(ColumnSchema::name).toList()) + ")");
            }
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (ColumnSchema column : columns()) {
            JsonNode value = event.get(column.name());
            values.put(
                    column.name(),
                    value == null || value.isNull()
                            ? missing(column, place)
                            : value(column, value, "events[" + place + "]." + column.name()));
        }
        return values;
    }

    /** What stands for a value that was not sent. */
    @Nullable
    Object missing(ColumnSchema column, int place) {
        if (column.name().equals(item)) {
            throw new BadRequestException("events[" + place + "]." + item + ": absent (expected: an item id)");
        }
        return column.name().equals(time) ? (Object) (long) place : null;
    }

    /** A JSON value in the column's type. */
    static Object value(ColumnSchema column, JsonNode value, String where) {
        if (column.dtype() == DType.STRING) {
            if (value.isTextual() || value.isIntegralNumber()) {
                return value.asText();
            }
            throw new BadRequestException(where + ": " + value + " (expected: text)");
        }
        if (column.dtype().isFloating()) {
            if (value.isNumber() && Double.isFinite(value.asDouble())) {
                return value.asDouble();
            }
            throw new BadRequestException(where + ": " + value + " (expected: a number)");
        }
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return value.asLong();
        }
        if (value.isTextual()) {
            try {
                return Long.parseLong(value.asText());
            } catch (NumberFormatException e) {
                // falls through to the message below
            }
        }
        throw new BadRequestException(where + ": " + value + " (expected: an integer of 64 bits)");
    }
}
