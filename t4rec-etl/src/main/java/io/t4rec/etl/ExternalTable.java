package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.DataFormat;
import io.t4rec.data.DataSource;
import io.t4rec.data.DataTable;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A table beside the events, such as items or users, read whole: Parquet, CSV with a header, or JSON lines, told by its name as of events. */
final class ExternalTable {
    private static final String VALUE = SqlDialect.VALUE;

    /** Place of a row in the file. */
    static final String PLACE = "__place";

    /** Place of a row among those of its key. */
    static final String NTH = "__nth";

    private static final Pattern NUMBER = Pattern.compile("DOUBLE|FLOAT|DECIMAL.*|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?");

    private final String file;

    ExternalTable(String file) {
        this.file = file;
    }

    /** What follows {@code from}; texts are in the types that all values of a column have as they are written. */
    private String source(Database database) {
        DataFormat format = DataFormat.ofFile(file);
        if (format == null || !format.isText()) {
            return "read_parquet(" + Database.literal(file) + ")";
        }
        return format.isDelimited() ? delimited(database) : lines(database);
    }

    private String delimited(Database database) {
        DataSource texts = DataSource.of(file);
        Schema columns = DataTable.columns(database, texts);
        String relation = DataTable.open(database, texts, columns).relation();
        return columns.columns().stream()
                .map(column -> {
                    String name = Database.identifier(column.name());
                    DType type = column.dtype() == DType.STRING
                            ? DataTable.typeOfTexts(database, relation, column.name())
                            : column.dtype();
                    String read = type == DType.BOOL ? "boolean" : type.isFloating() ? "double" : "bigint";
                    return (type == DType.STRING ? name : "cast(" + name + " as " + read + ")") + " as " + name;
                })
                .collect(Collectors.joining(", ", "(select ", " from " + relation + ")"));
    }

    /** Without DuckDB's guesses of what a text may be, such as a day, which it writes in its own way. */
    private String lines(Database database) {
        String reader = "read_json(" + Database.literal(file);
        String columns = database.describe("select * from " + reader + ")").entrySet().stream()
                .map(column ->
                        Database.literal(column.getKey()) + ": " + Database.literal(asWritten(column.getValue())))
                .collect(Collectors.joining(", "));
        return reader + ", columns = {" + columns + "})";
    }

    private static String asWritten(String type) {
        String element = type.endsWith("[]") ? type.substring(0, type.length() - 2) : type;
        boolean kept = element.equals("BOOLEAN")
                || element.endsWith("]")
                || element.endsWith(")")
                || NUMBER.matcher(element).matches();
        return kept ? type : "VARCHAR" + type.substring(element.length());
    }

    /**
     * Its rows by key. Rows without key are left out.
     *
     * @param on columns of the key: one's value, or the {@link TupleText} of several
     * @param columns taken; empty for all but the key
     * @param dropDuplicates whether of rows with one key the first is taken; else they are refused
     * @throws DataException for a file that can't be read, lacks a column, or holds a key twice or a number that is not finite
     */
    KeyedTable read(List<String> on, List<String> columns, boolean dropDuplicates) {
        KeyedTable table = asItIs(on, columns, dropDuplicates);
        table.columns().forEach((name, column) -> requireFinite(table, name, column));
        return table;
    }

    private void requireFinite(KeyedTable table, String name, Column column) {
        for (int row = 0; row < column.size(); row++) {
            Object value = column.value(row);
            double[] numbers = value instanceof Column.Doubles list
                    ? list.values()
                    : new double[] {value instanceof Double number ? number : 0};
            if (!Arrays.stream(numbers).allMatch(Double::isFinite)) {
                throw new DataException(
                        "table " + file + ", key " + table.keys().get(row) + ", column " + name + ": "
                                + Arrays.toString(numbers) + " (expected: finite numbers or null)");
            }
        }
    }

    private KeyedTable asItIs(List<String> on, List<String> columns, boolean dropDuplicates) {
        try (Database database = Database.openInOrder()) {
            String source = source(database);
            Map<String, String> types = database.describe("select * from " + source);
            List<String> taken = new ArrayList<>(columns.isEmpty() ? types.keySet() : columns);
            taken.removeAll(columns.isEmpty() ? on : List.of());
            requirePresent(on, types);
            requirePresent(taken, types);
            taken.stream().filter(ColumnNames::isReserved).findFirst().ifPresent(name -> {
                throw new DataException("column " + name + ": its name is taken");
            });
            DuckDbDialect dialect = new DuckDbDialect(new WorkflowConfig("session", "item", SqlDialect.ROW, List.of()));
            String typed = Stream.concat(on.stream(), taken.stream())
                    .distinct()
                    .map(name -> "cast(" + Database.identifier(name) + " as "
                            + type(name, Objects.requireNonNull(types.get(name))) + ") as " + Database.identifier(name))
                    .collect(Collectors.joining(", "));
            String rows = "(select " + typed + " from " + source + ")";
            String keyed = dialect.valueAndColumns(GroupKey.of(on), taken, rows);
            String unique = dropDuplicates
                    ? "select * from (select *, row_number() over (partition by " + VALUE + " order by " + PLACE
                            + ") as " + NTH + " from (select *, row_number() over () as " + PLACE + " from (" + keyed
                            + "))) where " + NTH + " = 1"
                    : keyed;
            Table table = database.query("select " + VALUE + " as " + KeyedTable.KEY
                    + taken.stream()
                            .map(name -> ", " + Database.identifier(name))
                            .collect(Collectors.joining())
                    + " from (" + unique + ") where " + VALUE + " is not null order by 1");
            return new KeyedTable(table);
        } catch (DataException e) {
            throw new DataException(
                    "table " + file + ": " + e.getMessage() + " (expected: a readable file with " + on + " and "
                            + columns + ", each key once)",
                    e);
        }
    }

    private static void requirePresent(List<String> columns, Map<String, String> types) {
        for (String column : columns) {
            if (!types.containsKey(column)) {
                throw new DataException("no column " + column + " among " + types.keySet());
            }
        }
    }

    /** The type that a column is computed in. */
    private static String type(String name, String type) {
        boolean list = type.endsWith("[]");
        String element = list ? type.substring(0, type.length() - 2) : type;
        if (element.contains("(") && !element.startsWith("DECIMAL")
                || element.endsWith("]")
                || element.startsWith("INTERVAL")) {
            throw new DataException("column " + name + ": " + type + ", which is no value, nor a list of values");
        }
        String computed = element.contains("INT") || element.equals("BOOLEAN")
                ? "bigint"
                : element.equals("FLOAT") || element.equals("DOUBLE") || element.startsWith("DECIMAL")
                        ? "double"
                        : "varchar";
        return list ? computed + "[]" : computed;
    }

    /** Columns of a table as a schema. */
    static Schema schema(KeyedTable table) {
        Map<String, ColumnSchema> schema = new LinkedHashMap<>();
        table.columns().forEach((name, column) -> {
            Column elements = column instanceof Column.Lists lists ? lists.elements() : column;
            DType type = elements instanceof Column.Strings
                    ? DType.STRING
                    : elements instanceof Column.Doubles ? DType.FLOAT64 : DType.INT64;
            schema.put(
                    name,
                    column instanceof Column.Lists ? ColumnSchema.ragged(name, type) : ColumnSchema.scalar(name, type));
        });
        return Schema.of(schema.values());
    }

    /** That keys and the columns they are found by have one type. */
    static void requireKeys(Operator.Input input, String operator, List<String> columns, KeyedTable table) {
        boolean text =
                columns.size() > 1 || input.require(operator, columns.get(0)).dtype() == DType.STRING;
        if (text != table.isText()) {
            throw new ConfigException("operator " + input.number() + " (" + operator + "), column " + columns.get(0)
                    + ": " + (text ? "text" : "integers") + " (expected: the type of the table's key, "
                    + (table.isText() ? "text" : "integers") + ")");
        }
    }
}
