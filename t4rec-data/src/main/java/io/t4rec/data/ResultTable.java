package io.t4rec.data;

import io.t4rec.schema.DataException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Brings a result of DuckDB into memory, column by column. */
final class ResultTable {
    private ResultTable() {}

    /** All rows that are left. Times become microseconds since 1970, booleans 0 and 1. */
    static Table of(ResultSet rows) throws SQLException {
        ResultSetMetaData meta = rows.getMetaData();
        List<ColumnReader> readers = new ArrayList<>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            readers.add(new ColumnReader(meta.getColumnName(i), meta.getColumnType(i), meta.getColumnTypeName(i)));
        }
        while (rows.next()) {
            for (int i = 0; i < readers.size(); i++) {
                Object value = rows.getObject(i + 1);
                readers.get(i).add(value instanceof Array array ? array.getArray() : value);
            }
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        readers.forEach(reader -> columns.put(reader.name, reader.column()));
        return Table.of(columns);
    }

    private static final class ColumnReader {
        private final String name;
        private final boolean list;
        private final boolean text;
        private final boolean real;
        private final List<@Nullable Object> values = new ArrayList<>();

        ColumnReader(String name, int type, String typeName) {
            this.name = name;
            this.list = type == Types.ARRAY || typeName.endsWith("[]");
            String element = typeName.replace("[]", "");
            this.text = element.equals("VARCHAR");
            this.real = element.equals("DOUBLE") || element.equals("FLOAT") || element.startsWith("DECIMAL");
        }

        void add(@Nullable Object value) {
            values.add(value);
        }

        Column column() {
            if (!list) {
                return elements(values);
            }
            List<@Nullable Object> flat = new ArrayList<>();
            int[] offsets = new int[values.size() + 1];
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) instanceof Object[] array) {
                    flat.addAll(Arrays.asList(array));
                }
                offsets[i + 1] = flat.size();
            }
            return new Column.Lists(elements(flat), offsets);
        }

        private Column elements(List<@Nullable Object> list) {
            BitSet nulls = new BitSet();
            for (int i = 0; i < list.size(); i++) {
                nulls.set(i, list.get(i) == null);
            }
            if (text) {
                return new Column.Strings(
                        list.stream().map(v -> v == null ? null : v.toString()).toArray(String[]::new));
            }
            if (real) {
                double[] out = new double[list.size()];
                for (int i = 0; i < out.length; i++) {
                    out[i] = list.get(i) instanceof Number number ? number.doubleValue() : 0;
                }
                return new Column.Doubles(out, nulls);
            }
            long[] out = new long[list.size()];
            for (int i = 0; i < out.length; i++) {
                out[i] = toLong(list.get(i));
            }
            return new Column.Longs(out, nulls);
        }

        private static long toLong(@Nullable Object value) {
            if (value instanceof Number number) {
                return number.longValue();
            }
            if (value instanceof Boolean flag) {
                return flag ? 1 : 0;
            }
            if (value instanceof Timestamp time) {
                return Math.addExact(
                        Math.multiplyExact(Math.floorDiv(time.getTime(), 1000L), 1_000_000L), time.getNanos() / 1000);
            }
            if (value == null) {
                return 0;
            }
            throw new DataException("value: " + value + " (expected: a number, text, boolean or time)");
        }
    }
}
