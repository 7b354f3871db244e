package io.t4rec.schema;

import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many elements a row of a feature holds. Said by {@code value_count}, {@code value_counts} or {@code shape} of the feature,
 * or by {@code is_list}, {@code is_ragged}, {@code _dims} and {@code value_count} of its extra metadata, in this order.
 *
 * @param extra what {@code extra_metadata} holds
 * @param rest of the feature; what the shape says is taken out
 */
record ShapeReader(Message feature, Map<String, @Nullable Object> extra, Message.Builder rest) {
    private static final String MORE = "(expected: at most one dimension beside the rows; flatten the lists)";

    /** @throws SchemaException for more than one dimension, or lengths that contradict themselves */
    ColumnShape shape() {
        boolean list = flag("is_list");
        boolean ragged = flag("is_ragged");
        Message count = valueCount();
        long min = count == null ? 0 : Protos.integer(count, "min");
        long max = count == null ? 0 : Protos.integer(count, "max");
        if (count != null && (max != 0 || min != 0)) {
            return of(min, max, ragged);
        }
        ColumnShape fixed = fixed(list);
        if (count == null && fixed != null) {
            return fixed;
        }
        if (ragged && !list && count == null) {
            throw new SchemaException("is_ragged: true, is_list: false (expected: both or not ragged)");
        }
        ColumnShape noted = dims(ragged);
        if (noted != null && (count == null || noted != ColumnShape.SCALAR)) {
            return noted;
        }
        if (extra.get("value_count") instanceof Map<?, ?> map) {
            return of(length(map.get("min")), length(map.get("max")), ragged);
        }
        return list || count != null ? ColumnShape.ragged() : ColumnShape.SCALAR;
    }

    private static ColumnShape of(long min, long max, boolean ragged) {
        return ragged || min != max || max == 0 ? ColumnShape.ragged(min, max) : ColumnShape.fixed(max);
    }

    private @Nullable Message valueCount() {
        Message count = Protos.message(feature, "value_count");
        Message nested = Protos.message(feature, "value_counts");
        if (count == null && nested != null) {
            List<Message> levels = Protos.messages(nested, "value_count");
            if (levels.size() > 1) {
                throw new SchemaException("value_counts: " + levels.size() + " levels " + MORE);
            }
            count = levels.isEmpty() ? null : levels.get(0);
        }
        Protos.clear(rest, "value_count", "value_counts");
        return count;
    }

    /** From {@code shape}, which stays in the rest unless it leaves the length open; null when there is none. */
    private @Nullable ColumnShape fixed(boolean list) {
        Message shape = Protos.message(feature, "shape");
        if (shape == null) {
            return null;
        }
        List<Long> sizes = Protos.messages(shape, "dim").stream()
                .map(dim -> Protos.integer(dim, "size"))
                .toList();
        if (sizes.size() > 1) {
            throw new SchemaException("shape: " + sizes + " " + MORE);
        }
        if (sizes.isEmpty()) {
            return list ? null : ColumnShape.SCALAR;
        }
        if (sizes.get(0) < 1) {
            Protos.clear(rest, "shape");
            return ColumnShape.ragged();
        }
        return sizes.get(0) == 1 && !list ? ColumnShape.SCALAR : ColumnShape.fixed(sizes.get(0));
    }

    /** From {@code _dims}: one entry a dimension, rows first; a number, null, or a pair of bounds. Null when absent. */
    private @Nullable ColumnShape dims(boolean ragged) {
        if (!(extra.get("_dims") instanceof List<?> dims) || dims.isEmpty()) {
            return null;
        }
        if (dims.size() > 2) {
            throw new SchemaException("_dims: " + dims + " " + MORE);
        }
        if (dims.size() == 1) {
            return ColumnShape.SCALAR;
        }
        if (dims.get(1) instanceof List<?> bounds) {
            if (bounds.size() != 2) {
                throw new SchemaException("_dims: " + dims + " (expected: pairs of bounds)");
            }
            return of(length(bounds.get(0)), length(bounds.get(1)), ragged);
        }
        long length = length(dims.get(1));
        return of(length, length, ragged);
    }

    private static long length(@Nullable Object value) {
        if (value == null) {
            return 0;
        }
        if (value instanceof Long length) {
            return length;
        }
        throw new SchemaException("list length: " + value + " (expected: an integer)");
    }

    private boolean flag(String key) {
        Object value = extra.get(key);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw new SchemaException(key + ": " + value + " (expected: true or false)");
    }
}
