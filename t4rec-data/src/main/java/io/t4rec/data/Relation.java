package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
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
     * Files of a data set.
     *
     * @param location a Parquet, CSV (with a header) or JSON lines file, a folder of Parquet files, or a pattern
     * @throws DataException when there is nothing that can be read
     */
    static Relation of(Database database, String location) {
        try {
            return new Relation(database, files(location));
        } catch (DataException e) {
            throw new DataException(location + ": " + e.getMessage(), e);
        }
    }

    /**
     * Events in the types of a schema.
     *
     * @throws DataException when there is nothing that can be read, or a column is missing
     */
    static Relation of(Database database, DataSource source, Schema schema) {
        DataTable table = DataTable.open(database, source, schema);
        String columns = schema.columns().stream()
                .map(column -> {
                    String name = Database.identifier(column.name());
                    boolean text =
                            String.valueOf(table.types().get(column.name())).startsWith("VARCHAR");
                    return (text ? "cast(" + name + " as " + type(column) + ")" : name) + " as " + name;
                })
                .collect(Collectors.joining(", "));
        return new Relation(database, "(select " + columns + " from " + table.relation() + ")");
    }

    private static String type(ColumnSchema column) {
        DType dtype = column.dtype();
        String element = dtype == DType.STRING
                ? "varchar"
                : dtype.isFloating() ? "double" : dtype == DType.BOOL ? "boolean" : "bigint";
        return column.isList() ? element + "[]" : element;
    }

    private static String files(String location) {
        String lower = location.toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        if (lower.endsWith(".csv") || lower.endsWith(".tsv") || lower.endsWith(".txt")) {
            return "read_csv(" + Database.literal(location) + ")";
        }
        if (lower.endsWith(".json") || lower.endsWith(".jsonl")) {
            return "read_json(" + Database.literal(location) + ")";
        }
        boolean folder = Files.isDirectory(Path.of(location));
        return "read_parquet(" + Database.literal(folder ? location + "/**/*.parquet" : location) + ")";
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
