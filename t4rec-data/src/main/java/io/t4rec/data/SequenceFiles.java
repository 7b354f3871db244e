package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.SchemaException;
import io.t4rec.schema.io.Names;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Parquet files whose rows are sequences, one after another. Their footers are read once and checked against a schema; the rows are
 * read by {@linkplain #stream passes} that are independent of each other.
 */
final class SequenceFiles {
    private static final Pattern INTEGER = Pattern.compile("(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|BOOLEAN)");
    private static final Pattern NUMBER = Pattern.compile("(FLOAT|DOUBLE|DECIMAL.*|" + INTEGER.pattern() + ")");

    private final List<Path> files;
    private final Schema schema;
    private final long[] firstRows;

    /**
     * @param schema list columns, and integer or number columns with one value a row; text is not read
     * @throws SchemaException when a file lacks a column or holds another type in it
     * @throws DataException when a file is absent or no Parquet file
     */
    SequenceFiles(List<Path> files, Schema schema) {
        this.files = List.copyOf(files);
        this.schema = schema.filter(column -> column.dtype() != DType.STRING);
        if (this.schema.filter(ColumnSchema::isList).size() == 0) {
            throw new SchemaException("schema: no list column of numbers (expected: at least the item id as a list)");
        }
        firstRows = new long[files.size() + 1];
        try (Database database = Database.openInOrder()) {
            for (int i = 0; i < files.size(); i++) {
                firstRows[i + 1] = firstRows[i] + rows(database, files.get(i));
            }
        }
    }

    private long rows(Database database, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException("file: " + file + " (expected: an existing Parquet file)");
        }
        try {
            Map<String, String> present = database.describe("select * from " + parquet(List.of(file)));
            schema.columns().forEach(column -> check(file, column, present));
            return database.number("select num_rows from parquet_file_metadata(" + literal(file) + ")");
        } catch (DataException e) {
            throw unreadable(file.toString(), e);
        }
    }

    private static void check(Path file, ColumnSchema column, Map<String, String> present) {
        String type = present.get(column.name());
        if (type == null) {
            throw new SchemaException("column " + column.name() + ": not in " + file + " (expected: "
                    + Names.expectation(column.name(), present.keySet()) + ")");
        }
        boolean list = type.endsWith("[]");
        String element = list ? type.substring(0, type.length() - 2) : type;
        boolean fits = (column.dtype().isFloating() ? NUMBER : INTEGER)
                .matcher(element)
                .matches();
        if (list != column.isList() || !fits) {
            throw new SchemaException(file + ", column " + column.name() + ": " + type + " (expected: "
                    + (column.isList() ? "a list of " : "")
                    + (column.dtype().isFloating() ? "numbers" : "integers")
                    + (column.isList() ? "" : ", one a row") + ", as its schema says)");
        }
    }

    static DataException unreadable(String file, DataException e) {
        return new DataException(
                file + ": not readable as Parquet (" + e.getMessage() + "; expected: a complete Parquet file)", e);
    }

    private static String parquet(List<Path> files) {
        return "read_parquet([" + files.stream().map(SequenceFiles::literal).collect(Collectors.joining(", "))
                + "], union_by_name = true)"; // where files hold integers of several widths, the widest counts
    }

    private static String literal(Path file) {
        return Database.literal(file.toString());
    }

    long rowCount() {
        return firstRows[files.size()];
    }

    /** Which file a row is in, and its number there, from 1: {@code a.parquet, row 7}. */
    String place(long row) {
        int file = 0;
        while (file < files.size() - 1 && row >= firstRows[file + 1]) {
            file++;
        }
        return files.get(file) + ", row " + (row - firstRows[file] + 1);
    }

    /**
     * Begins to read.
     *
     * @param from first row, from 0; files before it are not opened
     * @param maxLength newest events kept of a row
     */
    SequenceStream stream(long from, int maxLength) {
        int first = 0;
        while (first < files.size() - 1 && from >= firstRows[first + 1]) {
            first++;
        }
        // every event is a row of the result; a row's own values and list lengths stand beside each of its events, and
        // a row without
        // events still has one row. What doesn't fit into 64 bits becomes null, and is refused with its place
        List<String> lists = new ArrayList<>();
        List<String> rest = new ArrayList<>();
        String newest = "[" + -(long) maxLength + ":]";
        for (ColumnSchema column : schema.columns()) {
            String name = Database.identifier(column.name());
            String type = column.dtype().isFloating() ? "double" : "bigint";
            if (column.isList()) {
                String values = "unnest(case when len(" + name + ") > 0 then " + name + newest + " else [null] end)";
                lists.add("try_cast(" + values + " as " + type + ")");
                rest.add("coalesce(len(" + name + "), -1)");
            } else {
                rest.add("try_cast(" + name + " as " + type + ")");
            }
        }
        lists.addAll(rest);
        long skipped = from - firstRows[first];
        String relation = parquet(files.subList(first, files.size()));
        String sql = "select " + String.join(", ", lists) + " from "
                + (skipped == 0 ? relation : "(select * from " + relation + " offset " + skipped + ")");
        return new SequenceStream(this, schema, sql, from, maxLength);
    }
}
