package io.t4rec.data;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.duckdb.DuckDBPreparedStatement;
import org.duckdb.QueryProgress;
import org.jspecify.annotations.Nullable;

/**
 * An embedded DuckDB in memory, spilling to disk. Names and values enter SQL only through {@link #identifier} and {@link
 * #literal}. Not thread-safe.
 */
public final class Database implements AutoCloseable {
    private static final Pattern SIZE = Pattern.compile("[0-9]+(\\.[0-9]+)? ?[KMGT]i?B", Pattern.CASE_INSENSITIVE);

    private static final String PLACE = "__place";

    private final DuckDBConnection connection;

    private Database(DuckDBConnection connection) {
        this.connection = connection;
    }

    /** Opens a database with DuckDB's own limits: 80 % of memory, all cores. */
    public static Database open() {
        return open("", 0);
    }

    /**
     * Opens a database.
     *
     * @param memoryLimit for instance {@code 4GB}; empty for DuckDB's own
     * @param threads 0 for all cores; with 1, rows keep the order of the files they are read from
     * @throws ConfigException for a limit that is no size
     */
    public static Database open(String memoryLimit, int threads) {
        if (!memoryLimit.isEmpty() && !SIZE.matcher(memoryLimit).matches()) {
            throw new ConfigException(
                    "memory limit: " + memoryLimit + " (expected: a size, for instance 512MB or 4GB)");
        }
        try {
            Properties properties = new Properties();
            properties.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
            if (!memoryLimit.isEmpty()) {
                properties.setProperty("memory_limit", memoryLimit);
            }
            if (threads > 0) {
                properties.setProperty("threads", String.valueOf(threads));
            }
            Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
            Database database = new Database(connection.unwrap(DuckDBConnection.class));
            database.prepare();
            return database;
        } catch (SQLException e) {
            throw new DataException("database: cannot open (" + e.getMessage() + ")", e);
        }
    }

    private void prepare() {
        // times without a zone mean the same on every machine
        execute("set TimeZone = 'UTC'");
        // DuckDB finds out how far a statement has come, and leaves it to others to show it
        execute("set enable_progress_bar = true");
        execute("set enable_progress_bar_print = false");
        // a checkpoint would go through all tables, and there is no file to bring up to date
        execute("set checkpoint_threshold = '1000TB'");
    }

    /**
     * Opens another connection to the same database, for another thread: it sees the tables that aren't temporary, and shares limits. The
     * database ends with the last of its connections.
     *
     * @throws DataException where DuckDB can't open it
     */
    public Database another() {
        try {
            Database database = new Database(connection.duplicate().unwrap(DuckDBConnection.class));
            database.prepare();
            return database;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Quotes a column or table name. */
    public static String identifier(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Quotes a text value. */
    public static String literal(String value) {
        return '\'' + value.replace("'", "''") + '\'';
    }

    /**
     * Runs a statement.
     *
     * @throws DataException with DuckDB's first lines
     */
    public void execute(String sql) {
        try (Statement statement = connection.createStatement();
                OngoingWork.Shown shown = shown(statement)) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private static OngoingWork.Shown shown(Statement statement) throws SQLException {
        DuckDBPreparedStatement running = statement.unwrap(DuckDBPreparedStatement.class);
        long part = OngoingWork.newPart();
        return OngoingWork.show(() -> position(running, part));
    }

    private static OngoingWork.@Nullable Position position(DuckDBPreparedStatement running, long part) {
        try {
            QueryProgress progress = running.getQueryProgress();
            double percentage = progress.getPercentage();
            return new OngoingWork.Position(
                    part, percentage < 0 ? Double.NaN : percentage / 100, Math.max(0, progress.getRowsProcessed()));
        } catch (SQLException e) { // it has just ended
            return null;
        }
    }

    static DataException failure(SQLException e) {
        String message = String.valueOf(e.getMessage());
        // the statement and settings of DuckDB help nobody who didn't write them
        for (String marker : List.of("\n\nLINE ", "\nPossible fixes:", "\nPossible Solution:")) {
            int end = message.indexOf(marker);
            message = end < 0 ? message : message.substring(0, end);
        }
        return new DataException(message, e);
    }

    /** What to do with each row of a result. */
    @FunctionalInterface
    public interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    /** Streams the rows of a query. */
    public void forEach(String sql, RowReader reader) {
        try (Statement statement = connection.createStatement();
                OngoingWork.Shown shown = shown(statement);
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                reader.read(rows);
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /**
     * Streams the rows of a query to a caller that takes them when it wants to. Another statement ends the stream.
     *
     * @throws DataException with DuckDB's first lines
     */
    ResultSet stream(String sql) {
        try {
            Statement statement = connection.createStatement();
            statement.closeOnCompletion();
            return statement.executeQuery(sql);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** The only number of a query such as {@code select count(*)}. */
    public long number(String sql) {
        long[] value = new long[1];
        forEach(sql, row -> value[0] = row.getLong(1));
        return value[0];
    }

    /** Column names and DuckDB type names of a query, in order. */
    public Map<String, String> describe(String relation) {
        Map<String, String> columns = new LinkedHashMap<>();
        forEach("describe " + relation, row -> columns.put(row.getString(1), row.getString(2)));
        return columns;
    }

    /** A whole result in memory. Times are microseconds since 1970, booleans 0 and 1. */
    public Table query(String sql) {
        try (Statement statement = connection.createStatement();
                OngoingWork.Shown shown = shown(statement);
                ResultSet rows = statement.executeQuery(sql)) {
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
        } catch (SQLException e) {
            throw failure(e);
        }
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

    /** Copies a table into the database under a name, replacing what was there. */
    public void register(String name, Table table) {
        List<String> lists = table.columnNames().stream()
                .filter(column -> table.column(column) instanceof Column.Lists)
                .toList();
        if (lists.isEmpty()) {
            append(name, table);
        } else {
            registerLists(name, table, lists);
        }
    }

    /** The appender takes no lists: their elements go into tables of their own first. */
    private void registerLists(String name, Table table, List<String> lists) {
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
                        .append(identifier(elements))
                        .append(" group by place) ")
                        .append(alias)
                        .append(" on ")
                        .append(alias)
                        .append(".place = f." + PLACE);
            } else {
                columns.put(column, "f." + identifier(column));
            }
        }
        String select = columns.entrySet().stream()
                .map(column -> column.getValue() + " as " + identifier(column.getKey()))
                .collect(Collectors.joining(", "));
        execute("create or replace table " + identifier(name) + " as select " + select + " from " + identifier(flat)
                + " f" + joins + " order by f." + PLACE);
        execute("drop table " + identifier(flat));
        for (int i = 0; i < table.columnNames().size(); i++) {
            execute("drop table if exists " + identifier(name + " elements " + i));
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
                .append(identifier(name))
                .append(" (");
        String separator = "";
        for (String column : table.columnNames()) {
            sql.append(separator).append(identifier(column)).append(' ').append(type(table.column(column)));
            separator = ", ";
        }
        execute(sql.append(")").toString());
        try (DuckDBAppender appender = connection.createAppender(DuckDBConnection.DEFAULT_SCHEMA, name)) {
            for (int row = 0; row < table.rowCount(); row++) {
                appender.beginRow();
                for (String column : table.columnNames()) {
                    append(appender, table.column(column), row);
                }
                appender.endRow();
            }
        } catch (SQLException e) {
            throw failure(e);
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

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure(e);
        }
    }
}
