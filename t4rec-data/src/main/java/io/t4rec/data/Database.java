package io.t4rec.data;

import io.t4rec.schema.DataException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;
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
    /** What begins those parts of DuckDB's messages that tell of its statements and settings: they help nobody who didn't write them. */
    private static final Pattern NOT_FOR_USERS = Pattern.compile(
            "\n\nLINE |\n *Possible (fixes|solutions?):|\n *Try | Try auto-detecting", Pattern.CASE_INSENSITIVE);

    private final DuckDBConnection connection;

    private Database(DuckDBConnection connection) {
        this.connection = connection;
    }

    /** Opens a database with the default settings and all cores. */
    public static Database open() {
        return open(DatabaseSettings.defaults(), 0);
    }

    /** Opens a database with the default settings and one thread, in which rows keep the order of the files they are read from. */
    public static Database openInOrder() {
        return open(DatabaseSettings.defaults(), 1);
    }

    /**
     * Opens a database.
     *
     * @param threads 0 for all cores; with 1, rows keep the order of the files they are read from
     */
    public static Database open(DatabaseSettings settings, int threads) {
        try {
            Properties properties = new Properties();
            properties.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
            if (!settings.memoryLimit().isEmpty()) {
                properties.setProperty("memory_limit", settings.memoryLimit());
            }
            // made when something spills; DuckDB empties a folder that several share when one of them is closed
            Path spilled = settings.temporaryDirectory().resolve("t4rec-" + UUID.randomUUID());
            properties.setProperty("temp_directory", spilled.toAbsolutePath().toString());
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
        requireText(name);
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static void requireText(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new DataException(
                    "text: " + text.replace("\0", "\\0") + " (expected: no character 0, which no statement can hold)");
        }
    }

    /** Quotes a text value. */
    public static String literal(String value) {
        requireText(value);
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

    /**
     * Writes the rows of a query as a Parquet file with zstd, as weakly as it can: a percent larger than DuckDB's usual level, a sixth faster.
     *
     * @throws DataException with DuckDB's first lines
     */
    public void writeParquet(String query, Path file) {
        execute("copy (" + query + ") to " + literal(file.toString())
                + " (format parquet, compression zstd, compression_level 1)");
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
        String message = NOT_FOR_USERS.split(String.valueOf(e.getMessage()), 2)[0].strip();
        return new DataException(
                message.startsWith("Out of Memory")
                        ? message + " (expected: more memory, raise --memory-limit)"
                        : message,
                e);
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
            return ResultTable.of(rows);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Copies a table into the database under a name, replacing what was there. */
    public void register(String name, Table table) {
        new TableCopy(this, connection).copy(name, table);
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
