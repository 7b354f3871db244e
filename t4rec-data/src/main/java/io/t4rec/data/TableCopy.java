package io.t4rec.data;

import io.t4rec.schema.DataException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Copies tables from memory into DuckDB. */
final class TableCopy {
    private static final String PLACE = "__place";

    private final Database database;
    private final DuckDBConnection connection;

    TableCopy(Database database, DuckDBConnection connection) {
        this.database = database;
        this.connection = connection;
    }

    /** Copies a table under a name, replacing what was there. */
    void copy(String name, Table table) {
        List<String> lists = table.columnNames().stream()
                .filter(column -> table.column(column) instanceof Column.Lists)
                .toList();
        if (lists.isEmpty()) {
            append(name, table);
        } else {
            copyWithLists(name, table, lists);
        }
    }

    /** The appender takes no lists: their elements go into tables of their own first. */
    private void copyWithLists(String name, Table table, List<String> lists) {
        String flat = name + " flat";
        append(
                flat,
                table.without(lists)
                        .with(
                                PLACE,
                                Column.of(LongStream.range(0, table.rowCount()).toArray())));
        Map<String, String> columns = new LinkedHashMap<>();
        StringBuilder joins = new StringBuilder();
        for (String column : table.columnNames()) {
            if (table.column(column) instanceof Column.Lists list) {
                String elements = name + " elements " + columns.size();
                append(elements, elements(list));
                String alias = "l" + columns.size();
                columns.put(column, "coalesce(" + alias + ".list, [])");
                joins.append(" left join (select place, list(element order by nth) as list from ")
                        .append(Database.identifier(elements))
                        .append(" group by place) ")
                        .append(alias)
                        .append(" on ")
                        .append(alias)
                        .append(".place = f." + PLACE);
            } else {
                columns.put(column, "f." + Database.identifier(column));
            }
        }
        String select = columns.entrySet().stream()
                .map(column -> column.getValue() + " as " + Database.identifier(column.getKey()))
                .collect(Collectors.joining(", "));
        database.execute("create or replace table " + Database.identifier(name) + " as select " + select + " from "
                + Database.identifier(flat) + " f" + joins + " order by f." + PLACE);
        database.execute("drop table " + Database.identifier(flat));
        for (int i = 0; i < table.columnNames().size(); i++) {
            database.execute("drop table if exists " + Database.identifier(name + " elements " + i));
        }
    }

    private static Table elements(Column.Lists lists) {
        int[] offsets = lists.offsets();
        long[] places = new long[lists.elements().size()];
        for (int row = 0; row < lists.size(); row++) {
            Arrays.fill(places, offsets[row], offsets[row + 1], row);
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("place", Column.of(places));
        columns.put("nth", Column.of(LongStream.range(0, places.length).toArray()));
        columns.put("element", lists.elements());
        return Table.of(columns);
    }

    private void append(String name, Table table) {
        StringBuilder sql = new StringBuilder("create or replace table ")
                .append(Database.identifier(name))
                .append(" (");
        String separator = "";
        for (String column : table.columnNames()) {
            sql.append(separator)
                    .append(Database.identifier(column))
                    .append(' ')
                    .append(type(table.column(column)));
            separator = ", ";
        }
        database.execute(sql.append(")").toString());
        try (DuckDBAppender appender = connection.createAppender(DuckDBConnection.DEFAULT_SCHEMA, name)) {
            for (int row = 0; row < table.rowCount(); row++) {
                appender.beginRow();
                for (String column : table.columnNames()) {
                    append(appender, table.column(column), row);
                }
                appender.endRow();
            }
        } catch (SQLException e) {
            throw Database.failure(e);
        }
    }

    private static String type(Column column) {
        if (column instanceof Column.Longs) {
            return "bigint";
        }
        if (column instanceof Column.Doubles) {
            return "double";
        }
        if (column instanceof Column.Strings) {
            return "varchar";
        }
        throw new DataException("table: lists of lists (expected: plain columns and lists of plain values)");
    }

    private static void append(DuckDBAppender appender, Column column, int row) throws SQLException {
        if (column.isNull(row)) {
            appender.appendNull();
        } else if (column instanceof Column.Longs longs) {
            appender.append(longs.values()[row]);
        } else if (column instanceof Column.Doubles doubles) {
            appender.append(doubles.values()[row]);
        } else {
            appender.append(String.valueOf(column.value(row)));
        }
    }
}
