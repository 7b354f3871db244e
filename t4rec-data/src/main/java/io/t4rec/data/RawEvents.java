package io.t4rec.data;

import io.t4rec.schema.DataException;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A file of events as it was found: table {@code raw}, its rows numbered from 1 in {@link #ROW}. Finds what is wrong in it. */
final class RawEvents implements AutoCloseable {
    static final String ROW = "__row";

    private static final int MOST_SHOWN = 100;

    private final Database database = Database.openInOrder();
    private final Path file;
    private final boolean lines;
    private final Set<String> texts = new HashSet<>();
    private final Map<String, String> present;

    /** @throws DataException for a file that is absent, empty, truncated or of another layout, with the line where it is known */
    RawEvents(Path file, EventFormat format) throws IOException {
        this.file = file;
        this.lines = format.isLines();
        boolean loaded = false;
        try {
            check();
            load(format);
            present = database.describe("raw");
            present.remove(ROW);
            if (format == EventFormat.PARQUET) {
                present.forEach((column, type) -> {
                    if (type.equals("VARCHAR")) {
                        texts.add(column);
                    }
                });
            }
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
        String relation = format.hasHeader()
                ? headed(quoted, format)
                : format == EventFormat.JSONL ? readable(format, () -> jsonAsText(quoted)) : format.relation(quoted);
        readable(format, () -> {
            database.execute("create temp table raw as select *, row_number() over () as " + ROW + " from " + relation);
            return relation;
        });
        if (database.number("select count(*) from raw") == 0) {
            throw new DataException(file + ": no event (expected: at least one"
                    + (format == EventFormat.SEQUENCES ? ", in lines 'user item item ...' parted by blanks" : "")
                    + ")");
        }
    }

    private String readable(EventFormat format, Supplier<String> work) {
        try {
            return work.get();
        } catch (DataException e) {
            String message = String.valueOf(e.getMessage());
            String expected = message.contains("reached an invalid state")
                    ? "; expected: lines that all end alike, with quotes that are closed"
                    : "";
            throw new DataException(file + ": not readable as " + format.label() + " (" + message + expected + ")", e);
        }
    }

    /** Names are read first, so that every line must have as many values. */
    private String headed(String quoted, EventFormat format) {
        String header = readable(format, () -> firstLine(quoted));
        Character known = format.delimiter();
        char separator = known == null ? TextHeader.delimiter(header) : known;
        List<String> names = format.hasTypedHeader() ? typed(header, separator, format) : quoted(header, separator);
        int nameless = names.indexOf("");
        if (nameless >= 0) {
            throw new DataException(file + ": header: column " + (nameless + 1)
                    + " has no name (expected: a name for each; a delimiter too many at the ends of all lines makes one"
                    + " more)");
        }
        return EventFormat.text(quoted, separator, format.quote(), 1, names);
    }

    private String firstLine(String quoted) {
        String[] line = {""};
        database.forEach(
                "select line from " + EventFormat.lines(quoted) + " limit 1",
                row -> line[0] = row.getString(1).replaceFirst("^\uFEFF", ""));
        return line[0];
    }

    private static List<String> quoted(String header, char separator) {
        String outsideQuotes = Pattern.quote(String.valueOf(separator)) + "(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)";
        List<String> names = new ArrayList<>();
        for (String name : header.split(outsideQuotes, -1)) {
            String bare = name.strip();
            boolean quotes = bare.length() > 1 && bare.startsWith("\"") && bare.endsWith("\"");
            names.add(quotes ? bare.substring(1, bare.length() - 1).replace("\"\"", "\"") : bare);
        }
        return names;
    }

    /** Names before their types; lists are noted as text. */
    private List<String> typed(String header, char separator, EventFormat format) {
        List<String> names = new ArrayList<>();
        for (String column : header.split(Pattern.quote(String.valueOf(separator)), -1)) {
            String[] parts = column.strip().split(":", 2);
            names.add(parts[0]);
            if (parts.length == 2 && parts[1].endsWith("_seq")) {
                texts.add(parts[0]);
            }
        }
        EventFormat.EventColumns roles = Objects.requireNonNull(format.columns(), "a layout with roles");
        List<String> required = List.of(roles.session(), roles.item(), roles.time());
        if (!names.containsAll(required)) {
            throw new DataException(file + ": the first line is '" + shortened(header)
                    + "' (expected: the names of the columns, " + String.join(", ", required)
                    + " among them, parted by tabs, each with its type, such as item_id:token)");
        }
        return names;
    }

    private static String shortened(String line) {
        return line.length() <= MOST_SHOWN ? line : line.substring(0, MOST_SHOWN) + "...";
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

    /** Whether the file says that a column is text, whatever its values look like. */
    boolean isText(String column) {
        return texts.contains(column);
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
     * @param condition with {@code %s} for the column as text, of texts without blanks around it; null where nothing is left
     * @throws DataException with file, row, column and the value
     */
    void refuse(String column, String condition, String expected) {
        database.forEach(
                "select " + ROW + ", cast(" + Database.identifier(column) + " as varchar) from raw where "
                        + condition.replace("%s", number(column)) + " order by " + ROW + " limit 1",
                row -> {
                    String value = row.getString(2);
                    throw new DataException(file + ", row " + row.getLong(1) + ", column " + column + ": "
                            + (value == null ? "null" : "'" + value + "'") + " (expected: " + expected + ")");
                });
    }

    /** SQL of a column as text, as it is written; in lines of text, nothing at all is null. */
    String text(String column) {
        String text = asText(column);
        return lines ? "nullif(" + text + ", '')" : text;
    }

    /** SQL of a column as the text of a number or an id, null where nothing is left; in lines of text, numbers may have blanks around them. */
    String number(String column) {
        String text = asText(column);
        return "nullif(" + (lines ? "trim(" + text + ")" : text) + ", '')";
    }

    private static String asText(String column) {
        return "cast(" + Database.identifier(column) + " as varchar)";
    }

    @Override
    public void close() {
        database.close();
    }
}
