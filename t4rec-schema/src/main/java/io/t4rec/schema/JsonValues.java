package io.t4rec.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Brings property values to one form, so that they compare equal after a round trip: whole numbers are longs, others doubles. */
final class JsonValues {
    private JsonValues() {}

    static Map<String, Object> normalise(Map<String, Object> values) {
        Map<String, Object> out = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            Object normal = value(value);
            if (normal != null) {
                out.put(key, normal);
            }
        });
        return Collections.unmodifiableMap(out);
    }

    private static @Nullable Object value(@Nullable Object value) {
        if (value instanceof Number number) {
            double real = number.doubleValue();
            return real == Math.rint(real) && Math.abs(real) <= 1L << 53 ? (Object) number.longValue() : (Object) real;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> out = new ArrayList<>();
            list.forEach(element -> out.add(value(element)));
            return Collections.unmodifiableList(out);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> out = new LinkedHashMap<>();
            map.forEach((key, element) -> out.put(String.valueOf(key), value(element)));
            return Collections.unmodifiableMap(out);
        }
        if (value == null || value instanceof String || value instanceof Boolean) {
            return value;
        }
        throw new SchemaException(
                "property: " + value.getClass().getName() + " (expected: text, number, boolean, list or map)");
    }
}
