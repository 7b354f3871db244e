package io.t4rec.data;

import io.t4rec.schema.DataException;
import io.t4rec.schema.io.Names;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Named columns of equal size in memory: a request's events, a test's input, a small result. Immutable. */
public final class Table {
    private final Map<String, Column> columns;
    private final int rowCount;

    private Table(Map<String, Column> columns, int rowCount) {
        this.columns = Collections.unmodifiableMap(columns);
        this.rowCount = rowCount;
    }

    /** @throws DataException when the columns differ in size */
    public static Table of(Map<String, ? extends Column> columns) {
        int rows = columns.isEmpty() ? 0 : columns.values().iterator().next().size();
        columns.forEach((name, column) -> {
            if (column.size() != rows) {
                throw new DataException("column " + name + ": " + column.size() + " rows (expected: " + rows + ")");
            }
        });
        return new Table(new LinkedHashMap<>(columns), rows);
    }

    public int rowCount() {
        return rowCount;
    }

    public Set<String> columnNames() {
        return columns.keySet();
    }

    public boolean contains(String name) {
        return columns.containsKey(name);
    }

    /** @throws DataException when there is no such column */
    public Column column(String name) {
        Column column = columns.get(name);
        if (column == null) {
            throw new DataException(
                    "column: " + name + " (expected: " + Names.expectation(name, columns.keySet()) + ")");
        }
        return column;
    }

    public Column.Longs longs(String name) {
        return typed(name, Column.Longs.class);
    }

    public Column.Doubles doubles(String name) {
        return typed(name, Column.Doubles.class);
    }

    public Column.Lists lists(String name) {
        return typed(name, Column.Lists.class);
    }

    private <C extends Column> C typed(String name, Class<C> type) {
        Column column = column(name);
        if (!type.isInstance(column)) {
            throw new DataException("column " + name + ": " + column.getClass().getSimpleName() + " (expected: "
                    + type.getSimpleName() + ")");
        }
        return type.cast(column);
    }

    /** With a column added or replaced. */
    public Table with(String name, Column column) {
        Map<String, Column> all = new LinkedHashMap<>(columns);
        all.put(name, column);
        return of(all);
    }

    public Table select(Collection<String> names) {
        Map<String, Column> some = new LinkedHashMap<>();
        names.forEach(name -> some.put(name, column(name)));
        return new Table(some, rowCount);
    }

    public Table without(Collection<String> names) {
        return select(
                columns.keySet().stream().filter(name -> !names.contains(name)).toList());
    }

    /** The chosen rows in the given order. */
    public Table rows(int[] rows) {
        Map<String, Column> some = new LinkedHashMap<>();
        columns.forEach((name, column) -> some.put(name, column.rows(rows)));
        return new Table(some, rows.length);
    }

    /** Values of one row by column name. */
    public Map<String, @Nullable Object> row(int row) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        columns.forEach((name, column) -> values.put(name, column.value(row)));
        return values;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Table table
                && columns.equals(table.columns)
                && List.copyOf(columns.keySet()).equals(List.copyOf(table.columns.keySet()));
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Table[" + rowCount + " rows]");
        for (int row = 0; row < Math.min(rowCount, 20); row++) {
            text.append('\n').append(row(row));
        }
        return text.toString();
    }
}
