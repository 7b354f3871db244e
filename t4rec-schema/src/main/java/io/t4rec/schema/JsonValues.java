package io.t4rec.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings property values to one form, so that they compare equal after a round trip: whole numbers are longs, others doubles.
 * What a double doesn't hold exactly is refused, since files keep numbers so.
 */
final class JsonValues {
    /** Levels of lists and maps in a property; more don't fit into protobuf's own limit for messages. */
    static final int MAX_DEPTH = 24;

    private JsonValues() {}

    /**
     * An unmodifiable copy; null values are kept.
     *
     * @param where for errors
     * @throws SchemaException for a value that isn't JSON, is no finite number, is an integer that a double doesn't hold, or is
     *     nested too deep
     */
    static Map<String, @Nullable Object> normalise(String where, Map<String, ? extends @Nullable Object> values) {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        values.forEach((key, value) -> out.put(key, value(where + ": property " + key, value, MAX_DEPTH)));
        return Collections.unmodifiableMap(out);
    }

    private static @Nullable Object value(String where, @Nullable Object value, int depth) {
        if (value == null || value instanceof String || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Number number) {
            return number(where, number);
        }
        if (depth == 0) {
            throw new SchemaException(where + ": nested deeper than " + MAX_DEPTH + " levels (expected: fewer)");
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> out = new ArrayList<>();
            list.forEach(element -> out.add(value(where, element, depth - 1)));
            return Collections.unmodifiableList(out);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> out = new LinkedHashMap<>();
            map.forEach((key, element) -> out.put(String.valueOf(key), value(where, element, depth - 1)));
            return Collections.unmodifiableMap(out);
        }
        throw new SchemaException(
                where + ": of type " + value.getClass().getName() + " (expected: text, number, boolean, list or map)");
    }

    private static Number number(String where, Number number) {
        double real = number.doubleValue();
        if (!Double.isFinite(real)) {
            throw new SchemaException(where + ": " + number + " (expected: a finite number)");
        }
        boolean whole = number instanceof Long || number instanceof BigInteger;
        if (whole && new BigDecimal(real).compareTo(new BigDecimal(number.toString())) != 0) {
            throw new SchemaException(where + ": " + number
                    + " (expected: an integer that a double holds, as up to 2^53; write it as text)");
        }
        boolean small = real == Math.rint(real) && Math.abs(real) <= 1L << 53;
        return small ? (Number) number.longValue() : (Number) real;
    }
}
