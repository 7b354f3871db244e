package io.t4rec.etl;

import io.t4rec.data.DataSource;
import io.t4rec.data.DataTable;
import io.t4rec.data.Database;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Files of events as a relation of the schema's columns, in its types, with the place of each row. Refuses what would change
 * on the way: numbers that are not finite, integers that don't fit, missing ids and times.
 */
final class EventRelation {
    /**
     * Times lie within this many microseconds of 1970, some 146,000 years, so that their differences are 64-bit integers.
     */
    static final long LATEST = 1L << 62;

    private static final Set<String> INTEGERS =
            Set.of("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "BOOLEAN");

    private static final Set<String> NUMBERS = Set.of("UBIGINT", "HUGEINT", "UHUGEINT", "FLOAT", "DOUBLE", "VARCHAR");

    private final Database database;
    private final WorkflowConfig config;
    private final DuckDbDialect dialect;
    private final DataTable events;

    private EventRelation(Database database, DataTable events, WorkflowConfig config) {
        this.database = database;
        this.events = events;
        this.config = config;
        this.dialect = new DuckDbDialect(config);
    }

    /**
     * A select of the events.
     *
     * @throws DataException when a file lacks a column or a value can't be used; with file, row and column
     */
    static String select(Database database, DataSource source, WorkflowConfig config, Schema schema) {
        EventRelation events = new EventRelation(database, DataTable.open(database, source, schema), config);
        List<EventCheck> checks = new ArrayList<>();
        StringBuilder select = new StringBuilder("select ");
        for (ColumnSchema column : schema.columns()) {
            events.checks(column, String.valueOf(events.events.types().get(column.name())), checks);
            String name = Database.identifier(column.name());
            String cast = "cast(" + name + " as " + type(column) + ")";
            select.append(column.isList() ? "coalesce(" + cast + ", [])" : cast)
                    .append(" as ")
                    .append(name)
                    .append(", ");
        }
        events.refuse(checks);
        return select.append(SqlDialect.ROW)
                .append(" from ")
                .append(events.events.relation())
                .toString();
    }

    /**
     * That the roles are columns and no two columns have one name for SQL.
     *
     * @throws ConfigException otherwise
     */
    static void requireColumns(WorkflowConfig config, Schema schema) {
        for (String role : List.of(config.session(), config.item(), config.time())) {
            if (!schema.contains(role)) {
                throw new ConfigException(
                        "column " + role + ": absent (expected: " + Names.expectation(role, schema.names()) + ")");
            }
        }
        if (schema.get(config.session()).isList() || schema.get(config.time()).isList()) {
            throw new ConfigException("columns " + config.session() + ", " + config.time()
                    + ": lists (expected: one value a row for session and time)");
        }
        if (!schema.get(config.time()).dtype().isInteger()) {
            throw new ConfigException("column " + config.time() + ": "
                    + schema.get(config.time()).dtype() + " (expected: integers, microseconds since 1970)");
        }
        ColumnNames.require(schema, "");
    }

    /** Whether rows are events, rather than what a groupby made of them: each has one session and one time. */
    static boolean isOfEvents(WorkflowConfig config, Schema schema) {
        return Stream.of(config.session(), config.time())
                .allMatch(role -> schema.contains(role) && !schema.get(role).isList());
    }

    private static String type(ColumnSchema column) {
        DType dtype = column.dtype();
        String element = dtype == DType.STRING ? "varchar" : dtype.isFloating() ? "double" : "bigint";
        return column.isList() ? element + "[]" : element;
    }

    private void checks(ColumnSchema column, String type, List<EventCheck> checks) {
        String element = column.isList() && type.endsWith("[]") ? type.substring(0, type.length() - 2) : type;
        boolean known = INTEGERS.contains(element) || NUMBERS.contains(element) || element.startsWith("DECIMAL");
        boolean text = column.dtype() == DType.STRING && !element.endsWith("]") && !element.endsWith(")");
        if (column.isList() != type.endsWith("[]") || !(known || text)) {
            throw new DataException(events.firstFile() + ", column " + column.name() + ": " + type + " (expected: "
                    + (column.isList() ? "lists of " : "") + column.dtype() + ")");
        }
        checks.addAll(EventCheck.of(config, dialect, column, element, INTEGERS.contains(element)));
    }

    /**
     * A column at a time, since Parquet's statistics then tell of nulls and ranges without reading a value; only events that fail are read
     * again, to find the row.
     */
    private void refuse(List<EventCheck> checks) {
        Map<String, String> anyByColumn = new LinkedHashMap<>();
        checks.forEach(
                check -> anyByColumn.merge(check.column(), "(" + check.condition() + ")", (a, b) -> a + " or " + b));
        if (anyByColumn.values().stream().allMatch(any -> countWhere(any) == 0)) {
            return;
        }
        StringBuilder select = new StringBuilder("select 0");
        checks.forEach(check -> select.append(", min(case when ")
                .append(check.condition())
                .append(" then " + SqlDialect.ROW + " end)"));
        long[] rows = new long[checks.size()];
        database.forEach(select + " from " + events.relation(), result -> {
            for (int i = 0; i < rows.length; i++) {
                rows[i] = result.getLong(i + 2);
                rows[i] = result.wasNull() ? -1 : rows[i];
            }
        });
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] >= 0) {
                throw refusal(checks.get(i), rows[i]);
            }
        }
    }

    private long countWhere(String condition) {
        return database.number("select count(*) from " + events.relation() + " where " + condition);
    }

    private DataException refusal(EventCheck check, long row) {
        String[] value = new String[1];
        database.forEach(
                "select cast(" + Database.identifier(check.column()) + " as varchar) from " + events.relation()
                        + " where " + SqlDialect.ROW + " = " + row,
                result -> value[0] = String.valueOf(result.getString(1)));
        return new DataException(events.place(row) + ", column " + check.column() + ": " + value[0] + " (expected: "
                + check.expected() + ")");
    }
}
