package io.t4rec.serve;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.model.Recommender;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sessions of several requests as the table of events that a recommender takes. */
final class SessionTable {
    private SessionTable() {}

    /** All sessions in one table, in order, each under its place (from 0) as session id. */
    static Table of(Recommender recommender, List<SessionRequest> sessions) {
        String session = recommender.bundle().workflow().config().session();
        Map<String, Column> columns = new LinkedHashMap<>();
        for (ColumnSchema column : recommender.inputSchema().columns()) {
            List<@Nullable Object> values = new ArrayList<>();
            for (int i = 0; i < sessions.size(); i++) {
                for (Map<String, @Nullable Object> event : sessions.get(i).events()) {
                    values.add(column.name().equals(session) ? (Object) (long) i : event.get(column.name()));
                }
            }
            columns.put(column.name(), column(column, values));
        }
        return Table.of(columns);
    }

    private static Column column(ColumnSchema schema, List<@Nullable Object> values) {
        if (schema.dtype() == DType.STRING) {
            return new Column.Strings(
                    values.stream().map(v -> v == null ? null : v.toString()).toArray(String[]::new));
        }
        BitSet nulls = new BitSet();
        for (int i = 0; i < values.size(); i++) {
            nulls.set(i, values.get(i) == null);
        }
        return schema.dtype().isFloating()
                ? new Column.Doubles(
                        values.stream()
                                .mapToDouble(v -> v == null ? 0 : ((Number) v).doubleValue())
                                .toArray(),
                        nulls)
                : new Column.Longs(
                        values.stream()
                                .mapToLong(v -> v == null ? 0 : ((Number) v).longValue())
                                .toArray(),
                        nulls);
    }
}
