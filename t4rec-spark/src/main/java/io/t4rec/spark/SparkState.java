package io.t4rec.spark;

import io.t4rec.etl.KeyedNumbers;
import io.t4rec.etl.Vocabulary;
import io.t4rec.schema.ConfigException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

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
        long limit = atMost > 0 ? Math.min(atMost, settings.driverRows() + 1) : settings.driverRows() + 1;
        Dataset<Row> query = session.sql(sql + " limit " + limit);
        boolean text = query.schema().apply(0).dataType().equals(DataTypes.StringType);
        List<Row> rows = query.collectAsList();
        if (rows.size() > settings.driverRows()) {
            throw new ConfigException("driverRows: " + settings.driverRows() + " (expected: more, for " + sql + ")");
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
        long id = Vocabulary.FIRST;
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

    private Dataset<Row> table(List<Row> rows, boolean text, String number) {
        DataType type = text ? DataTypes.StringType : DataTypes.LongType;
        return session.createDataFrame(rows, new StructType().add("value", type).add(number, DataTypes.LongType));
    }
}
