package io.t4rec.data;

import io.t4rec.schema.DataException;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A file of events as it was found: table {@code raw}, its rows numbered from 1 in {@link #ROW}. Finds what is wrong in it. */
final class RawEvents implements AutoCloseable {
    static final String ROW = "__row";

    private final Database database = Database.open("", 1);
    private final Path file;
    private final Map<String, String> present;

    /** @throws DataException for a file that is absent, empty, truncated or of another layout, with the line where it is known */
    RawEvents(Path file, EventFormat format) throws IOException {
        this.file = file;
        boolean loaded = false;
        try {
            check();
            load(format);
            present = database.describe("raw");
            present.remove(ROW);
            loaded = true;
        } finally {
            if (!loaded) {
                database.close();
            }
        }
    }

    private void check() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new DataException("file: " + file + " (expected: an existing file)");
        }
        if (Files.size(file) == 0) {
            throw new DataException(file + ": empty (expected: events)");
        }
        GzipFiles.check(file);
    }

    private void load(EventFormat format) {
        String quoted = Database.literal(file.toString());
        try {
            String relation = format.relation(quoted);
            if (format.hasHeader()) {
                relation = headed(quoted, format.delimiter());
            } else if (format == EventFormat.JSONL) {
                relation = jsonAsText(quoted);
            }
            database.execute("create temp table raw as select *, row_number() over () as " + ROW + " from " + relation);
        } catch (DataException e) {
            throw new DataException(file + ": not readable as " + format.label() + " (" + e.getMessage() + ")", e);
        }
        if (database.number("select count(*) from raw") == 0) {
            throw new DataException(file + ": no event (expected: at least one)");
        }
    }

    /** Names are read first, so that every line must have as many values. */
    private String headed(String quoted, @Nullable Character delimiter) {
        String[] header = {""};
        database.forEach(
                "select line from " + EventFormat.lines(quoted) + " limit 1",
                row -> header[0] = row.getString(1).replaceFirst("^\uFEFF", ""));
        char separator = delimiter == null ? TextHeader.delimiter(header[0]) : delimiter;
        String outsideQuotes = Pattern.quote(String.valueOf(separator)) + "(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)";
        List<String> names = new ArrayList<>();
        for (String name : header[0].split(outsideQuotes, -1)) {
            String bare = name.strip();
            boolean quotes = bare.length() > 1 && bare.startsWith("\"") && bare.endsWith("\"");
            names.add(quotes ? bare.substring(1, bare.length() - 1).replace("\"\"", "\"") : bare);
        }
        return EventFormat.text(quoted, separator, '"', 1, names);
    }

    /** Every value as it is written: guessing types would lower the case of some ids and round long ones. */
    private String jsonAsText(String quoted) {
        String source = "read_json(" + quoted + ", format = 'newline_delimited'";
        String columns = database.describe("select * from " + source + ", sample_size = -1)").keySet().stream()
                .map(name -> Database.literal(name) + ": 'varchar'")
                .collect(Collectors.joining(", "));
        return source + ", columns = {" + columns + "})";
    }

    Database database() {
        return database;
    }

    Path file() {
        return file;
    }

    /** Columns of the file with their DuckDB types. */
    Map<String, String> columns() {
        return present;
    }

    /** @throws DataException when there is no such column */
    void require(String name) {
        if (!present.containsKey(name)) {
            throw new DataException(file + ": no column " + name + " (expected: "
                    + Names.expectation(name, List.copyOf(present.keySet())) + ")");
        }
    }

    /**
     * Refuses the first row that meets a condition.
     *
     * @param condition with {@code %s} for the column as text without blanks around it, null where nothing is left
     * @throws DataException with file, row, column and the value
     */
    void refuse(String column, String condition, String expected) {
        database.forEach(
                "select " + ROW + ", cast(" + Database.identifier(column) + " as varchar) from raw where "
                        + condition.replace("%s", text(column)) + " order by " + ROW + " limit 1",
                row -> {
                    String value = row.getString(2);
                    throw new DataException(file + ", row " + row.getLong(1) + ", column " + column + ": "
                            + (value == null ? "null" : "'" + value + "'") + " (expected: " + expected + ")");
                });
    }

    /** SQL of a column as text without blanks around it, null where nothing is left. */
    static String text(String column) {
        return "nullif(trim(cast(" + Database.identifier(column) + " as varchar)), '')";
    }

    @Override
    public void close() {
        database.close();
    }
}
