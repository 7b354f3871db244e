package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sessions out of tensors: a column comes as values and offsets, or dense as {@code [sessions, events]}. */
final class TensorSessions {
    static final String VALUES = "__values";
    static final String OFFSETS = "__offsets";

    /** A column of a request: the values of all sessions and where each session begins, with the end as last. */
    private record Ragged(List<JsonNode> values, int[] offsets) {}

    private TensorSessions() {}

    /**
     * The events of each session.
     *
     * @param tensors by name
     */
    static List<List<Map<String, @Nullable Object>>> read(EventReader reader, Map<String, InputTensor> tensors) {
        Map<String, InputTensor> left = new LinkedHashMap<>(tensors);
        Map<String, Ragged> columns = new LinkedHashMap<>();
        Map<ColumnSchema, InputTensor> context = context(reader, left);
        for (ColumnSchema column : reader.columns()) {
            Ragged ragged = column(column, left);
            if (ragged != null) {
                columns.put(column.name(), ragged);
            }
        }
        if (!left.isEmpty()) {
            throw RequestException.bad("inputs: unknown " + left.keySet() + " (expected: "
                    + reader.columns().stream()
                            .map(c -> c.name() + VALUES + " and " + c.name() + OFFSETS)
                            .toList() + ")");
        }
        String item = reader.item().name();
        Ragged items = columns.get(item);
        if (items == null) {
            throw RequestException.bad("inputs: no " + item + " (expected: its values and offsets)");
        }
        context.forEach((column, tensor) -> columns.put(column.name(), repeated(column, tensor, items.offsets)));
        columns.forEach((name, ragged) -> {
            if (!Arrays.equals(ragged.offsets, items.offsets)) {
                throw RequestException.bad("input " + name + ": other sessions than those of " + item
                        + " (expected: equal offsets or shapes)");
            }
        });
        List<List<Map<String, @Nullable Object>>> sessions = new ArrayList<>();
        for (int i = 0; i + 1 < items.offsets.length; i++) {
            String where = "session " + i;
            List<Map<String, @Nullable Object>> events = new ArrayList<>();
            for (int at = items.offsets[i]; at < items.offsets[i + 1]; at++) {
                int row = at;
                events.add(reader.event(
                        name -> {
                            Ragged ragged = columns.get(name);
                            return ragged == null ? null : ragged.values.get(row);
                        },
                        where + ", event " + events.size()));
            }
            sessions.add(reader.session(events, where));
        }
        return sessions;
    }

    /** Takes the tensors with one value a session out of the map. */
    private static Map<ColumnSchema, InputTensor> context(EventReader reader, Map<String, InputTensor> tensors) {
        Map<ColumnSchema, InputTensor> context = new LinkedHashMap<>();
        for (ColumnSchema column : reader.columns()) {
            InputTensor tensor = tensors.get(column.name());
            boolean raggedToo = tensors.containsKey(column.name() + VALUES);
            if (tensor != null
                    && !raggedToo
                    && tensor.shape().size() == 1
                    && reader.contextColumns().contains(column.name())) {
                context.put(column, tensor);
                tensors.remove(column.name());
            }
        }
        return context;
    }

    /** The value of each session on all of its events. */
    private static Ragged repeated(ColumnSchema column, InputTensor tensor, int[] offsets) {
        checkDatatype(column, tensor);
        int sessions = offsets.length - 1;
        if (tensor.elements().size() != sessions) {
            throw RequestException.bad("input " + column.name() + ": shape " + tensor.shape() + " (expected: ["
                    + sessions + "], one value a session)");
        }
        List<JsonNode> values = new ArrayList<>();
        for (int session = 0; session < sessions; session++) {
            values.addAll(Collections.nCopies(
                    offsets[session + 1] - offsets[session], tensor.elements().get(session)));
        }
        return new Ragged(values, offsets);
    }

    /** Takes a column's tensors out of the map; null when it has none. */
    private static @Nullable Ragged column(ColumnSchema column, Map<String, InputTensor> tensors) {
        String name = column.name();
        InputTensor dense = tensors.remove(name);
        InputTensor values = tensors.remove(name + VALUES);
        InputTensor offsets = tensors.remove(name + OFFSETS);
        if (dense != null) {
            if (values != null || offsets != null) {
                throw RequestException.bad("input " + name + ": dense and ragged (expected: one of the two)");
            }
            return dense(column, dense);
        }
        if (values == null && offsets == null) {
            return null;
        }
        if (values == null || offsets == null) {
            throw RequestException.bad("input " + name + ": no " + (values == null ? VALUES : OFFSETS)
                    + " (expected: values and offsets)");
        }
        checkDatatype(column, values);
        if (values.shape().size() != 1) {
            throw RequestException.bad(
                    "input " + values.name() + ": shape " + values.shape() + " (expected: one size)");
        }
        return new Ragged(values.elements(), offsets.offsets(values.elements().size()));
    }

    private static Ragged dense(ColumnSchema column, InputTensor tensor) {
        checkDatatype(column, tensor);
        if (tensor.shape().size() != 2 || tensor.elements().isEmpty()) {
            throw RequestException.bad(
                    "input " + tensor.name() + ": shape " + tensor.shape() + " (expected: [sessions, events])");
        }
        int events = tensor.shape().get(1);
        int[] offsets = new int[tensor.shape().get(0) + 1];
        Arrays.setAll(offsets, session -> session * events);
        return new Ragged(tensor.elements(), offsets);
    }

    private static void checkDatatype(ColumnSchema column, InputTensor tensor) {
        if (!tensor.datatype().fits(column)) {
            throw RequestException.bad("input " + tensor.name() + ": datatype " + tensor.datatype() + " (expected: "
                    + Datatype.of(column) + ")");
        }
    }
}
