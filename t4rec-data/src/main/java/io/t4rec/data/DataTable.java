package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A data set as a relation of a schema's columns in DuckDB, with the place of each row. Parquet is streamed from its files, row group by
 * row group, each time it is asked for; texts are parsed once, into a table of the database that spills to disk. Texts' values stay text, so that
 * nothing changes before it is looked at.
 */
public final class DataTable {
    /** Column with the place of a row, which sorts: the number of its file in the upper bits. */
    public static final String PLACE = "__row";

    /** Rows that a file may have. */
    static final long ROWS_OF_A_FILE = 1L << 40;

    private static final AtomicLong TABLES = new AtomicLong();

    private final List<DataFile> files;
    private final Map<String, String> types;
    private final String relation;

    private DataTable(List<DataFile> files, Map<String, String> types, String relation) {
        this.files = files;
        this.types = types;
        this.relation = relation;
    }

    /**
     * Opens a data set.
     *
     * @param schema of the columns to read; those of lists are lists in JSON lines, and there are none in CSV
     * @throws DataException when there is no file, one can't be read, lacks a column or holds another type in it than the first one; with its
     *     name. In JSON lines also when a column of text holds what engines write as text in their own ways
     */
    public static DataTable open(Database database, DataSource source, Schema schema) {
        return open(database, source, schema, true);
    }

    /** @param typed whether the schema says the types of the columns; else texts are just not read yet */
    static DataTable open(Database database, DataSource source, Schema schema, boolean typed) {
        DataFiles found = DuckDbFiles.find(database, source);
        List<DataFile> files = found.files();
        List<ColumnSchema> keys = HiveColumns.of(found, schema);
        long number = TABLES.incrementAndGet(); // one database may hold several data sets
        Schema inFiles = schema.excluding(keys.stream().map(ColumnSchema::name).toList());
        Map<String, String> types = new LinkedHashMap<>();
        String relation = found.format().isText()
                ? new TextTable(database, "event_text_" + number, found, source.text(), inFiles, typed).load(types)
                : parquet(database, files, inFiles, types);
        if (!keys.isEmpty()) {
            String folders = "event_folders_" + number;
            database.register(folders, folders(files, keys));
            keys.forEach(key -> types.put(key.name(), type(key)));
            relation = "(select t.*, "
                    + keys.stream().map(key -> "f." + identifier(key)).collect(Collectors.joining(", "))
                    + " from " + relation + " t join " + folders + " f on f." + HiveColumns.FILE + " = t." + PLACE
                    + " // " + ROWS_OF_A_FILE
                    + ")";
        }
        return new DataTable(files, types, relation);
    }

    /**
     * All columns that the files of a data set have, of its folders too, without their types: those are seen when they are read.
     *
     * @throws DataException when there is no file, or one can't be read
     */
    public static Schema columns(Database database, DataSource source) {
        return FoundColumns.of(database, DuckDbFiles.find(database, source), source.text());
    }

    /**
     * What the texts of a column can all be read as without a change: integers, numbers, truth; else text.
     *
     * @param relation with the column, as text
     */
    public static DType typeOfTexts(Database database, String relation, String column) {
        String values = "(select " + Database.identifier(column) + " as value from " + relation + ")";
        return switch (TextType.of(new ColumnValues(database, values, "VARCHAR", ColumnValues.Numbers.THEMSELVES))) {
            case BIGINT -> DType.INT64;
            case DOUBLE -> DType.FLOAT64;
            case BOOLEAN -> DType.BOOL;
            case TIMESTAMP, VARCHAR -> DType.STRING;
        };
    }

    private static String parquet(Database database, List<DataFile> files, Schema schema, Map<String, String> types) {
        for (DataFile file : files) {
            Map<String, String> present = describe(database, file);
            refuse(file, present, "file_row_number");
            if (files.size() > 1) {
                refuse(file, present, "file_index");
            }
            for (ColumnSchema column : schema.columns()) {
                String type = present.get(column.name());
                if (type == null) {
                    throw missing(file, column.name(), present.keySet());
                }
                String before = types.putIfAbsent(column.name(), type);
                if (before != null && !before.equals(type)) {
                    throw new DataException(file.location() + ", column " + column.name() + ": " + type + " (expected: "
                            + before + ", as in " + files.get(0).location() + ")");
                }
            }
        }
        String names = schema.columns().stream()
                .map(column -> identifier(column) + ", ")
                .collect(Collectors.joining());
        String place = files.size() == 1
                ? "file_row_number"
                : "cast(file_index as bigint) * " + ROWS_OF_A_FILE + " + file_row_number";
        return "(select " + names + place + " as " + PLACE + " from " + DuckDbFiles.parquet(files) + ")";
    }

    /** Columns of a Parquet file with their DuckDB types. */
    static Map<String, String> describe(Database database, DataFile file) {
        try {
            return database.describe(
                    "select * from read_parquet(" + DuckDbFiles.literal(file) + ", hive_partitioning = false)");
        } catch (DataException e) {
            throw new DataException(
                    file.location() + ": not readable as Parquet (" + e.getMessage()
                            + "; expected: a Parquet file, for instance one that t4rec import wrote)",
                    e);
        }
    }

    /** A column that would hide the place of a row, which DuckDB tells by this name. */
    private static void refuse(DataFile file, Map<String, String> present, String taken) {
        if (present.keySet().stream().anyMatch(taken::equalsIgnoreCase)) {
            throw new DataException(file.location() + ", column " + taken + ": its name is taken (expected: another)");
        }
    }

    static DataException missing(DataFile file, String column, Iterable<String> present) {
        List<String> names = new ArrayList<>();
        present.forEach(names::add);
        return new DataException(
                file.location() + ": no column " + column + " (expected: " + Names.expectation(column, names) + ")");
    }

    /** A table of what folders tell, by number of the file. */
    private static Table folders(List<DataFile> files, List<ColumnSchema> keys) {
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put(
                HiveColumns.FILE, Column.of(LongStream.range(0, files.size()).toArray()));
        for (ColumnSchema key : keys) {
            List<@Nullable Object> values = new ArrayList<>();
            files.forEach(file -> values.add(HiveColumns.value(file, key)));
            columns.put(key.name(), column(key, values));
        }
        return Table.of(columns);
    }

    private static Column column(ColumnSchema key, List<@Nullable Object> values) {
        BitSet nulls = new BitSet();
        for (int i = 0; i < values.size(); i++) {
            nulls.set(i, values.get(i) == null);
        }
        if (key.dtype() == DType.STRING) {
            return new Column.Strings(values.stream()
                    .map(value -> value == null ? null : value.toString())
                    .toArray(String[]::new));
        }
        return key.dtype().isFloating()
                ? new Column.Doubles(
                        values.stream()
                                .mapToDouble(value -> number(value).doubleValue())
                                .toArray(),
                        nulls)
                : new Column.Longs(
                        values.stream()
                                .mapToLong(value -> number(value).longValue())
                                .toArray(),
                        nulls);
    }

    private static Number number(@Nullable Object value) {
        return value instanceof Number number ? number : 0;
    }

    private static String type(ColumnSchema key) {
        return key.dtype() == DType.STRING ? "VARCHAR" : key.dtype().isFloating() ? "DOUBLE" : "BIGINT";
    }

    private static String identifier(ColumnSchema column) {
        return Database.identifier(column.name());
    }

    /** DuckDB's types of the columns. */
    public Map<String, String> types() {
        return types;
    }

    /** SQL of the relation: the schema's columns and {@link #PLACE}. */
    public String relation() {
        return relation;
    }

    /** The first file, for messages on what all have. */
    public String firstFile() {
        return files.get(0).location();
    }

    /** Which file a row is in and its number there, from 1: {@code a.csv, row 7}. Header lines don't count. */
    public String place(long row) {
        return files.get((int) (row / ROWS_OF_A_FILE)).location() + ", row " + (row % ROWS_OF_A_FILE + 1);
    }
}
