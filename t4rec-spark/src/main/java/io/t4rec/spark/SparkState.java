package io.t4rec.spark;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.etl.IdLayout;
import io.t4rec.etl.KeyedNumbers;
import io.t4rec.etl.KeyedTable;
import io.t4rec.etl.SqlDialect;
import io.t4rec.etl.StoredTable;
import io.t4rec.etl.Vocabulary;
import io.t4rec.schema.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** Fitted state from Spark: collected where the driver may hold it, else in files that executors write. */
final class SparkState {
    private static final String FILE = "__file";
    private static final String FIRST = "__first";

    private final SparkSession session;
    private final SparkSettings settings;
    private final BiFunction<String, Long, Path> places;

    /** @param places for tables that are too large for the driver, by name and number of rows */
    private SparkState(SparkSession session, SparkSettings settings, BiFunction<String, Long, Path> places) {
        this.session = session;
        this.settings = settings;
        this.places = places;
    }

    /** With large state in a folder. */
    static SparkState in(StateFolder folder, SparkSession session, SparkSettings settings) {
        return new SparkState(session, settings, folder::next);
    }

    /** For what the driver puts together with other state, so that nothing may be larger than it may hold. */
    static SparkState onDriver(SparkSession session, SparkSettings settings) {
        return new SparkState(session, settings, (name, rows) -> {
            throw tooLarge(name, rows + " rows found in new events", settings);
        });
    }

    private static ConfigException tooLarge(String name, String what, SparkSettings settings) {
        return new ConfigException(
                "extend: " + name + ": " + what + " (expected: at most "
                        + SparkProvider.DRIVER_ROWS + ", " + settings.driverRows()
                        + ", since the driver puts old and new together; set a larger one, with memory for it, or extend with DuckDB)");
    }

    /** Refuses what the driver can't hold to put it together with other state. */
    void requireOnDriver(String name, StoredTable fitted) {
        if (fitted.rows() > settings.driverRows()) {
            throw tooLarge(name, fitted.rows() + " rows fitted before", settings);
        }
    }

    /** Tables of what was fitted. */
    SparkTables tables() {
        return new SparkTables(session, settings);
    }

    /**
     * The vocabulary of counted values.
     *
     * @param name for messages
     * @param counted query for {@code value, count}
     * @param atMost number of values kept; 0 for all
     */
    Vocabulary vocabulary(String name, String counted, long atMost) {
        return found(counted, (rows, all) -> {
            long size = atMost > 0 ? Math.min(atMost, all) : all;
            boolean text = isText(rows);
            if (size > settings.driverRows()) {
                return new Vocabulary(ranked(name, rows, size), text, IdLayout.USUAL);
            }
            Pairs pairs = new Pairs(rows.orderBy(functions.desc("count"), functions.asc("value"))
                    .limit((int) size)
                    .collectAsList());
            return new Vocabulary(pairs.keys, pairs.numbers, text);
        });
    }

    /**
     * Integers by value.
     *
     * @param name for messages
     * @param found query for {@code value, number}
     */
    KeyedNumbers numbers(String name, String found) {
        return found(found, (rows, size) -> {
            if (size > settings.driverRows()) {
                return new KeyedNumbers(stored(name, rows, size), isText(rows));
            }
            Pairs pairs = new Pairs(rows.orderBy("value").collectAsList());
            return new KeyedNumbers(pairs.keys, pairs.numbers, isText(rows));
        });
    }

    /**
     * Rows by key.
     *
     * @param name for messages
     * @param found query whose first column, {@code __key}, is the key; then integers and doubles
     */
    KeyedTable keyed(String name, String found) {
        return found(found, (rows, size) -> {
            if (size > settings.driverRows()) {
                return new KeyedTable(stored(name, rows, size), isText(rows));
            }
            List<Row> collected = rows.orderBy(KeyedTable.KEY).collectAsList();
            Map<String, Column> columns = new LinkedHashMap<>();
            String[] names = rows.columns();
            for (int i = 0; i < names.length; i++) {
                columns.put(
                        names[i], column(collected, i, rows.schema().apply(i).dataType()));
            }
            return new KeyedTable(Table.of(columns));
        });
    }

    /** What to make of rows, given their number. */
    @FunctionalInterface
    private interface Use<T> {
        T of(Dataset<Row> rows, long size);
    }

    /** Counts the rows, which are computed once, before anybody collects them. */
    private <T> T found(String sql, Use<T> use) {
        Dataset<Row> rows = session.sql(sql).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            return use.of(rows, rows.count());
        } finally {
            rows.unpersist(false);
        }
    }

    private static boolean isText(Dataset<Row> rows) {
        return rows.schema().apply(0).dataType().equals(DataTypes.StringType);
    }

    private static final class Pairs {
        private final List<Object> keys = new ArrayList<>();
        private final long[] numbers;

        Pairs(List<Row> rows) {
            numbers = new long[rows.size()];
            for (int i = 0; i < numbers.length; i++) {
                keys.add(rows.get(i).get(0));
                numbers[i] = rows.get(i).getLong(1);
            }
        }
    }

    /**
     * Files of {@code id, value, count}. The values are sorted into files; the ids follow from how many rows the files before hold, and from
     * the row in the file.
     */
    private StoredTable ranked(String name, Dataset<Row> rows, long size) {
        Path sorted = places.apply(name, size);
        try {
            new SparkOutput(session, sorted.toString())
                    .writeParts(rows.withColumn(SqlDialect.ROW, functions.expr("struct(-count, value)")));
            Dataset<Row> read = session.read()
                    .parquet(Places.escaped(sorted.toString()))
                    .selectExpr("*", "_metadata.file_path as " + FILE, "_metadata.row_index as " + SqlDialect.ROW);
            Dataset<Row> numbered = read.join(functions.broadcast(firsts(read)), FILE)
                    .selectExpr(FIRST + " + " + SqlDialect.ROW + " as id", "value", "count")
                    .where("id < " + (Vocabulary.FIRST + size));
            StoredTable table = stored(name, numbered, size);
            sorted.getFileSystem(session.sparkContext().hadoopConfiguration()).delete(sorted, true);
            return table;
        } catch (IOException e) {
            throw new UncheckedIOException(sorted + ": not written", e);
        }
    }

    /** The id of the first row of each file. */
    private Dataset<Row> firsts(Dataset<Row> read) {
        List<Row> rows = new ArrayList<>();
        long first = Vocabulary.FIRST;
        for (Row file : read.groupBy(FILE).count().orderBy(FILE).collectAsList()) {
            rows.add(RowFactory.create(file.getString(0), first));
            first += file.getLong(1);
        }
        return session.createDataFrame(
                rows, new StructType().add(FILE, DataTypes.StringType).add(FIRST, DataTypes.LongType));
    }

    private StoredTable stored(String name, Dataset<Row> rows, long size) {
        Path target = places.apply(name, size);
        rows.write().option("compression", "zstd").parquet(target.toString());
        return new SparkTable(session.sparkContext().hadoopConfiguration(), target, size);
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
}
