package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.schema.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Fitted state as tables, and back: {@code id, value, count} and {@code value, number}. */
final class StateTables {
    private StateTables() {}

    /** A Parquet file, or the files of a folder, as a relation of DuckDB. */
    static String relation(Path path) {
        String files = Files.isDirectory(path) ? path.resolve("*.parquet").toString() : path.toString();
        return "read_parquet(" + Database.literal(files) + ")";
    }

    static Table of(Vocabulary vocabulary) {
        int size = vocabulary.values().size();
        long[] ids = new long[size];
        long[] counts = new long[size];
        for (int i = 0; i < size; i++) {
            ids[i] = vocabulary.layout().first() + i;
            counts[i] = vocabulary.count(ids[i]);
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("id", Column.of(ids));
        columns.put("value", column(vocabulary.values(), vocabulary.isText()));
        columns.put("count", Column.of(counts));
        return Table.of(columns);
    }

    static Table of(KeyedNumbers numbers) {
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("value", column(numbers.keys(), numbers.isText()));
        columns.put("number", Column.of(numbers.numbers()));
        return Table.of(columns);
    }

    private static Column column(List<Object> values, boolean text) {
        return text
                ? Column.of(values.stream().map(Object::toString).toArray(String[]::new))
                : Column.of(values.stream().mapToLong(value -> (Long) value).toArray());
    }

    /**
     * The vocabulary of a table whose rows are in order of their ids.
     *
     * @throws DataException for a row that can't be
     */
    static Vocabulary vocabulary(Table table, boolean text, IdLayout layout) {
        long[] ids = table.longs("id").values();
        Column.Longs counts = table.longs("count");
        List<Object> values = values(table, text);
        for (int row = 0; row < ids.length; row++) {
            if (ids[row] != layout.first() + row) {
                throw new DataException("row " + (row + 1) + ", column id: " + ids[row] + " (expected: "
                        + (layout.first() + row) + ")");
            }
            Object count = counts.value(row);
            if (!(count instanceof Long number) || number < 0) {
                throw new DataException(
                        "row " + (row + 1) + ", column count: " + count + " (expected: how often, at least 0)");
            }
        }
        return new Vocabulary(values, counts.values(), text, layout);
    }

    /** @throws DataException for a row that can't be */
    static KeyedNumbers numbers(Table table, boolean text) {
        return new KeyedNumbers(values(table, text), table.longs("number").values(), text);
    }

    private static List<Object> values(Table table, boolean text) {
        Column column = table.column("value");
        if (text != column instanceof Column.Strings || !(text || column instanceof Column.Longs)) {
            throw new DataException("column value: " + column.getClass().getSimpleName() + " (expected: "
                    + (text ? "text" : "integers") + ")");
        }
        List<Object> values = new ArrayList<>(table.rowCount());
        Set<Object> seen = new HashSet<>();
        for (int row = 0; row < table.rowCount(); row++) {
            Object value = column.value(row);
            if (value == null || !seen.add(value)) {
                throw new DataException(
                        "row " + (row + 1) + ", column value: " + value + " (expected: a value, each once)");
            }
            values.add(value);
        }
        return values;
    }
}
