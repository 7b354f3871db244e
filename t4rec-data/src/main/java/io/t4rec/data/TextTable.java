package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Text files parsed into a temporary table: every value as it is written, lists of JSON as lists of such. */
final class TextTable {
    /** What begins the message of a value of JSON that is no text. */
    private static final String UNFIT = "t4rec unfit, ";

    private final Database database;
    private final String name;
    private final DataFiles files;
    private final TextOptions options;
    private final Schema schema;
    private final boolean typed;

    /**
     * For files.
     *
     * @param name of the table
     * @param schema of the columns to read
     * @param typed whether the schema says the types of the columns, so that what is no text in JSON is refused in columns of text
     */
    TextTable(Database database, String name, DataFiles files, TextOptions options, Schema schema, boolean typed) {
        this.database = database;
        this.name = name;
        this.files = files;
        this.options = options;
        this.schema = schema;
        this.typed = typed;
    }

    /**
     * Parses all files.
     *
     * @param types gets the types of the columns
     * @return name of the table
     */
    String load(Map<String, String> types) {
        for (ColumnSchema column : schema.columns()) {
            if (column.isList() && files.format().isDelimited()) {
                throw new DataException(files.files().get(0).location() + ", column " + column.name()
                        + ": lists of " + column.dtype() + " (expected: one value a row in "
                        + files.format().label() + "; lists are read from jsonl and parquet)");
            }
            types.put(column.name(), column.isList() ? "VARCHAR[]" : "VARCHAR");
        }
        String columns = types.entrySet().stream()
                .map(column -> Database.identifier(column.getKey()) + " " + column.getValue() + ", ")
                .collect(Collectors.joining());
        try {
            database.execute("create table " + name + " (" + columns + DataTable.PLACE + " bigint)");
        } catch (DataException e) { // names that SQL can't tell from each other
            throw new DataException(files.files().get(0).location() + ": " + e.getMessage(), e);
        }
        database.execute("set threads = 1"); // rows are numbered in the order of the file
        try {
            for (int number = 0; number < files.files().size(); number++) {
                load(number, files.files().get(number));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            database.execute("reset threads");
        }
        return name;
    }

    private void load(int number, DataFile file) throws IOException {
        Path path = Path.of(file.location());
        GzipFiles.check(path);
        long first = number * DataTable.ROWS_OF_A_FILE;
        if (files.format().isDelimited()) {
            delimited(file, path, first);
            return;
        }
        try {
            database.execute("insert into " + name + " select *, " + first + " + row_number() over () - 1 from ("
                    + json(file) + ")");
        } catch (DataException e) {
            String message = String.valueOf(e.getMessage());
            int unfit = message.indexOf(UNFIT);
            throw unfit < 0
                    ? unreadable(file, files.format(), e)
                    : new DataException(
                            file.location() + ", " + message.substring(unfit + UNFIT.length())
                                    + " (expected: text, truth or an integer of 64 bits in a column of text)",
                            e);
        }
        refuseAbsentKeys(file, first);
    }

    /** Columns by their place in the file, so that names need not suit SQL. */
    private void delimited(DataFile file, Path path, long first) throws IOException {
        TextHeader header = options.header()
                ? TextHeader.read(file.location(), Files.newInputStream(path), files.format(), options)
                : TextHeader.without(files.format(), options, schema);
        List<String> names = header.names();
        String chosen = schema.columns().stream()
                .map(column -> {
                    if (!names.contains(column.name())) {
                        throw DataTable.missing(file, column.name(), names);
                    }
                    return value(nothingAsNull("c" + names.indexOf(column.name())), column) + ", ";
                })
                .collect(Collectors.joining());
        DelimitedRows rows = new DelimitedRows(database, file, header, options);
        try {
            database.execute("insert into " + name + " select " + chosen + first + " + row_number() over () - 1 + "
                    + rows.failure() + " from " + rows.sql());
        } catch (DataException e) {
            rows.refuse();
            throw unreadable(file, files.format(), rows.counted(e));
        }
    }

    private String nothingAsNull(String text) {
        String some = "nullif(" + text + ", '')";
        return options.nullText().isEmpty()
                ? some
                : "nullif(" + some + ", " + Database.literal(options.nullText()) + ")";
    }

    /** Truth is written in words, and read as a number. */
    private static String value(String text, ColumnSchema column) {
        if (column.dtype() != DType.BOOL) {
            return text;
        }
        return column.isList() ? "list_transform(" + text + ", lambda v: " + truth("v") + ")" : truth(text);
    }

    private static String truth(String text) {
        return "case lower(" + text + ") when 'true' then '1' when 'false' then '0' else " + text + " end";
    }

    private String json(DataFile file) {
        String columns = schema.columns().stream()
                .map(column -> Database.literal(column.name()) + ": '" + (isText(column) ? "json" : "varchar")
                        + (column.isList() ? "[]'" : "'"))
                .collect(Collectors.joining(", "));
        String values = schema.columns().stream()
                .map(column -> isText(column) ? textOfJson(column) : value(Database.identifier(column.name()), column))
                .collect(Collectors.joining(", "));
        return "select " + values + " from (select *, row_number() over () as " + DataTable.PLACE + " from read_json("
                + DuckDbFiles.literal(file) + ", format = 'newline_delimited', records = true, columns = {" + columns
                + "}))";
    }

    private boolean isText(ColumnSchema column) {
        return typed && column.dtype() == DType.STRING;
    }

    /** Text, truth and integers as they are written; engines write other numbers, objects and lists in their own ways. */
    private static String textOfJson(ColumnSchema column) {
        String name = Database.identifier(column.name());
        String value = column.isList() ? "e" : name;
        String unfit = "json_type(" + value + ") in ('OBJECT', 'ARRAY', 'DOUBLE') or json_type(" + value
                + ") = 'UBIGINT' and cast(" + value + " ->> '$' as hugeint) > " + Long.MAX_VALUE;
        String text = "case when " + unfit + " then error(" + Database.literal(UNFIT + "row ") + " || "
                + DataTable.PLACE + " || " + Database.literal(", column " + column.name() + ": ") + " || " + value
                + ") else " + value + " ->> '$' end";
        return column.isList() ? "list_transform(" + name + ", lambda e: " + text + ")" : text;
    }

    /** A row without a key has null there; a file in which no row has the key lacks the column. */
    private void refuseAbsentKeys(DataFile file, long first) {
        Map<String, Long> counts = new LinkedHashMap<>();
        String select = schema.names().stream()
                .map(column -> ", count(" + Database.identifier(column) + ")")
                .collect(Collectors.joining());
        long[] rows = new long[1];
        database.forEach(
                "select count(*)" + select + " from " + name + " where " + DataTable.PLACE + " >= " + first, row -> {
                    rows[0] = row.getLong(1);
                    for (int i = 0; i < schema.size(); i++) {
                        counts.put(schema.names().get(i), row.getLong(i + 2));
                    }
                });
        counts.forEach((column, count) -> {
            String pointer = "/" + column.replace("~", "~0").replace("/", "~1");
            if (rows[0] > 0
                    && count == 0
                    && database.number("select count(*) from read_json_objects(" + DuckDbFiles.literal(file)
                                    + ", format = 'newline_delimited') where json_exists(json, "
                                    + Database.literal(pointer) + ")")
                            == 0) {
                throw DataTable.missing(file, column, keys(database, file).keySet());
            }
        });
    }

    /** Keys of a file of JSON lines with the DuckDB types that their values could have. */
    static Map<String, String> keys(Database database, DataFile file) {
        try {
            return database.describe("select * from read_json(" + DuckDbFiles.literal(file)
                    + ", format = 'newline_delimited', records = true, sample_size = -1)");
        } catch (DataException e) {
            throw unreadable(file, DataFormat.JSONL, e);
        }
    }

    private static DataException unreadable(DataFile file, DataFormat format, DataException why) {
        return new DataException(
                file.location() + ": not readable as " + format.label() + " ("
                        + String.valueOf(why.getMessage()).strip()
                        + (format == DataFormat.JSONL ? "; expected: one JSON object a line)" : ")"),
                why);
    }
}
