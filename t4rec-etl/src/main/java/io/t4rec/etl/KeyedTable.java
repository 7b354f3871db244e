package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.schema.DataException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows that are found by a value: statistics of groups, or a table joined to the events. Safe for many threads. */
public final class KeyedTable {
    /** Column of the keys. */
    public static final String KEY = "__key";

    private final Content<Rows> content;
    private final boolean text;

    /**
     * A table with its keys in a column {@value #KEY}.
     *
     * @throws DataException for keys that are missing, twice, or neither integers nor text
     */
    public KeyedTable(Table table) {
        this.content = new Content.InMemory<>(new Rows(table));
        this.text = table.column(KEY) instanceof Column.Strings;
    }

    /**
     * In files, with the keys in a column {@value #KEY}.
     *
     * @param text whether keys are text
     */
    public KeyedTable(StoredTable table, boolean text) {
        this.content = new Content.Stored<>(table, KEY, Rows::new);
        this.text = text;
    }

    private static final class Rows {
        private final Table table;
        private final Map<Object, Integer> byKey;

        Rows(Table table) {
            this.table = table;
            this.byKey = new HashMap<>(table.rowCount() * 2);
            Column keys = table.column(KEY);
            if (!(keys instanceof Column.Longs || keys instanceof Column.Strings)) {
                throw new DataException(
                        "column " + KEY + ": " + keys.getClass().getSimpleName() + " (expected: integers or text)");
            }
            for (int row = 0; row < table.rowCount(); row++) {
                Object key = keys.value(row);
                if (key == null || byKey.put(key, row) != null) {
                    throw new DataException("row " + (row + 1) + ", key: " + key + " (expected: a value, each once)");
                }
            }
        }
    }

    /** The files that the rows lie in; null for memory alone. */
    public @Nullable StoredTable stored() {
        return content.stored();
    }

    /** The table, keys included. */
    public Table table() {
        return content.get().table;
    }

    /** Whether keys are text; else they are integers. */
    public boolean isText() {
        return text;
    }

    /** Columns but the key. */
    Map<String, Column> columns() {
        Map<String, Column> columns = new LinkedHashMap<>();
        table().columnNames().stream()
                .filter(name -> !name.equals(KEY))
                .forEach(name -> columns.put(name, table().column(name)));
        return columns;
    }

    /** Row of a key, Long or String; -1 for one that isn't there. */
    int row(@Nullable Object key) {
        Integer row = key == null ? null : content.get().byKey.get(key);
        return row == null ? -1 : row;
    }

    /** Keys in the order of the rows. */
    List<Object> keys() {
        Object[] keys = new Object[table().rowCount()];
        content.get().byKey.forEach((key, row) -> keys[row] = key);
        return List.of(keys);
    }
}
