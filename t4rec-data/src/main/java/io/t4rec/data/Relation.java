package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a data set within a database.
 *
 * @param sql what follows {@code from}
 * @param types DuckDB's type of each column, by name, in order
 */
record Relation(Database database, String sql, Map<String, String> types) {
    private Relation(Database database, String sql) {
        this(database, sql, database.describe("select * from " + sql));
    }

    /**
     * A data set.
     *
     * @param schema of the columns, whose types texts get; null for all columns that the files have, texts then in the types that all their
     *     values have
     * @throws DataException when there is nothing that can be read, a file lacks a column, or a text is none of its column's type
     */
    static Relation of(Database database, DataSource source, @Nullable Schema schema) {
        DataFiles files = DuckDbFiles.find(database, source);
        Schema columns = schema == null ? DataTable.columns(database, source) : schema;
        DataTable table = DataTable.open(database, source, columns, schema != null);
        Relation texts = new Relation(database, table.relation(), table.types());
        List<String> values = new ArrayList<>();
        for (ColumnSchema column : columns.columns()) {
            TextType type = TextType.VARCHAR;
            if (String.valueOf(table.types().get(column.name())).startsWith("VARCHAR")) {
                if (schema != null) {
                    type = TextType.of(column.dtype());
                    texts.refuse(table, column, type);
                } else if (files.format().isText()) {
                    type = TextType.of(Objects.requireNonNull(texts.values(column.name()), "a column of the files"));
                }
            }
            String name = Database.identifier(column.name());
            String read = column.isList() ? type + "[]" : type.toString();
            values.add((type == TextType.VARCHAR ? name : "cast(" + name + " as " + read + ")") + " as " + name);
        }
        return new Relation(database, "(select " + String.join(", ", values) + " from " + table.relation() + ")");
    }

    /** Refuses the first text that is none of a type. */
    private void refuse(DataTable table, ColumnSchema column, TextType type) {
        String name = Database.identifier(column.name());
        String misfit = column.isList()
                ? "len(list_filter(" + name + ", lambda v: v is not null and " + type.misfit("v") + ")) > 0"
                : name + " is not null and " + type.misfit(name);
        database.forEach(
                "select " + DataTable.PLACE + ", cast(" + name + " as varchar) from " + sql + " where " + misfit
                        + " order by 1 limit 1",
                row -> {
                    throw new DataException(table.place(row.getLong(1)) + ", column " + column.name() + ": "
                            + row.getString(2) + " (expected: " + column.dtype() + ")");
                });
    }

    long rows() {
        return database.number("select count(*) from " + sql);
    }

    /**
     * These rows, or where they are more than wanted about as many: of all groups with the same value of a column some, with all
     * their rows. Which ones depends on the values alone.
     *
     * @param table name for the copy
     */
    Relation thinned(String column, long most, String table) {
        long rows = rows();
        if (rows <= most || !types.containsKey(column)) {
            return this;
        }
        database.execute("create temp table " + table + " as select * from " + sql + " where hash("
                + Database.identifier(column) + ") % " + (rows + most - 1) / most + " = 0");
        return new Relation(database, table);
    }

    /** The values of a column; null when there is no such column. */
    @Nullable
    ColumnValues values(String column) {
        String type = types.get(column);
        if (type == null) {
            return null;
        }
        String name = Database.identifier(column);
        String value = type.endsWith("[]") ? "unnest(" + name + ")" : name;
        return new ColumnValues(
                database, "(select " + value + " as value from " + sql + ")", type, ColumnValues.Numbers.THEMSELVES);
    }
}
