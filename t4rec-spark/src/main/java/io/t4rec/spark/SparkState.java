package io.t4rec.spark;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.etl.KeyedNumbers;
import io.t4rec.etl.KeyedTable;
import io.t4rec.etl.Vocabulary;
import io.t4rec.schema.ConfigException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Fitted state: from Spark, and as tables for Spark. */
final class SparkState {
    private final SparkSession session;
    private final SparkSettings settings;

    SparkState(SparkSession session, SparkSettings settings) {
        this.session = session;
        this.settings = settings;
    }

    /**
     * The vocabulary of counted values.
     *
     * @param counted query for {@code value, count}
     * @param atMost number of values kept; 0 for all
     */
    Vocabulary vocabulary(String counted, long atMost) {
        Found found = collect(counted + " order by count desc, value", atMost);
        return new Vocabulary(found.values, found.numbers, found.text);
    }

    /** @param found query for {@code value, number} */
    KeyedNumbers numbers(String found) {
        Found all = collect(found + " order by value", 0);
        return new KeyedNumbers(all.values, all.numbers, all.text);
    }

    private record Found(List<Object> values, long[] numbers, boolean text) {}

    private Found collect(String sql, long atMost) {
        long tooMany = settings.driverRows() + 1L;
        long limit = atMost > 0 ? Math.min(atMost, tooMany) : tooMany;
        Dataset<Row> query = session.sql(sql + " limit " + limit);
        boolean text = query.schema().apply(0).dataType().equals(DataTypes.StringType);
        List<Row> rows = query.collectAsList();
        if (rows.size() > settings.driverRows()) {
            throw new ConfigException("driverRows: " + settings.driverRows()
                    + " (expected: more; so many different values, or more, were found by: " + sql
                    + "; a frequency threshold keeps fewer)");
        }
        List<Object> values = new ArrayList<>(rows.size());
        long[] numbers = new long[rows.size()];
        for (int i = 0; i < numbers.length; i++) {
            values.add(rows.get(i).get(0));
            numbers[i] = rows.get(i).getLong(1);
        }
        return new Found(values, numbers, text);
    }

    /** {@code value, id}. */
    Dataset<Row> table(Vocabulary vocabulary) {
        List<Row> rows = new ArrayList<>(vocabulary.values().size());
        long id = vocabulary.layout().first();
        for (Object value : vocabulary.values()) {
            rows.add(RowFactory.create(value, id++));
        }
        return table(rows, vocabulary.isText(), "id");
    }

    /** {@code value, number}. */
    Dataset<Row> table(KeyedNumbers numbers) {
        List<Row> rows = new ArrayList<>(numbers.keys().size());
        long[] all = numbers.numbers();
        for (int i = 0; i < all.length; i++) {
            rows.add(RowFactory.create(numbers.keys().get(i), all[i]));
        }
        return table(rows, numbers.isText(), "number");
    }

    /** {@code __key} and the table's columns. */
    Dataset<Row> table(KeyedTable table) {
        Table all = table.table();
        List<Column> columns = all.columnNames().stream().map(all::column).toList();
        List<Row> rows = new ArrayList<>(all.rowCount());
        for (int row = 0; row < all.rowCount(); row++) {
            Object[] values = new Object[columns.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(columns.get(i), row);
            }
            rows.add(RowFactory.create(values));
        }
        StructType type = new StructType();
        for (String name : all.columnNames()) {
            type = type.add(name, type(all.column(name)));
        }
        return session.createDataFrame(rows, type);
    }

    private static @Nullable Object value(Column column, int row) {
        if (!(column instanceof Column.Lists lists)) {
            return column.value(row);
        }
        Column elements = lists.value(row);
        @Nullable Object[] values = new Object[elements.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = elements.value(i);
        }
        return values;
    }

    private static DataType type(Column column) {
        if (column instanceof Column.Lists lists) {
            return DataTypes.createArrayType(type(lists.elements()));
        }
        return column instanceof Column.Strings
                ? DataTypes.StringType
                : column instanceof Column.Doubles ? DataTypes.DoubleType : DataTypes.LongType;
    }

    /** @param found query whose first column is the key, then integers and doubles */
    KeyedTable keyed(String found) {
        Dataset<Row> query = session.sql(found + " limit " + (settings.driverRows() + 1));
        List<Row> rows = query.collectAsList();
        if (rows.size() > settings.driverRows()) {
            throw new ConfigException("driverRows: " + settings.driverRows() + " (expected: more, for " + found + ")");
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        String[] names = query.columns();
        for (int i = 0; i < names.length; i++) {
            columns.put(names[i], column(rows, i, query.schema().apply(i).dataType()));
        }
        return new KeyedTable(Table.of(columns));
    }

    private static Column column(List<Row> rows, int at, DataType type) {
        if (type.equals(DataTypes.StringType)) {
            return Column.of(rows.stream().map(row -> row.getString(at)).toArray(String[]::new));
        }
        BitSet nulls = new BitSet();
        double[] numbers = new double[rows.size()];
        long[] integers = new long[rows.size()];
        for (int row = 0; row < numbers.length; row++) {
            nulls.set(row, rows.get(row).isNullAt(at));
            Number value = nulls.get(row) ? 0L : (Number) rows.get(row).get(at);
            numbers[row] = value.doubleValue();
            integers[row] = value.longValue();
        }
        return type.equals(DataTypes.DoubleType)
                ? new Column.Doubles(numbers, nulls)
                : new Column.Longs(integers, nulls);
    }

    private Dataset<Row> table(List<Row> rows, boolean text, String number) {
        DataType type = text ? DataTypes.StringType : DataTypes.LongType;
        return session.createDataFrame(rows, new StructType().add("value", type).add(number, DataTypes.LongType));
    }
}
