package io.t4rec.spark;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.etl.KeyedNumbers;
import io.t4rec.etl.KeyedTable;
import io.t4rec.etl.StoredTable;
import io.t4rec.etl.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Fitted state as tables to join. Those that the driver may hold go to all executors; larger ones are shuffled, out of files if they lie there. */
final class SparkTables {
    private final SparkSession session;
    private final int driverRows;

    SparkTables(SparkSession session, SparkSettings settings) {
        this.session = session;
        this.driverRows = settings.driverRows();
    }

    /** {@code value, id}. */
    Dataset<Row> table(Vocabulary vocabulary) {
        StoredTable stored = vocabulary.stored();
        if (stored != null && vocabulary.size() > driverRows) {
            return shuffled(read(stored).selectExpr("value", "id + " + vocabulary.shift() + "L as id"));
        }
        List<Row> rows = new ArrayList<>(vocabulary.values().size());
        long id = vocabulary.layout().first();
        for (Object value : vocabulary.values()) {
            rows.add(RowFactory.create(value, id++));
        }
        return sent(pairs(rows, vocabulary.isText(), "id"), rows.size());
    }

    /** {@code value, number}. */
    Dataset<Row> table(KeyedNumbers numbers) {
        StoredTable stored = numbers.stored();
        if (stored != null && stored.rows() > driverRows) {
            return shuffled(read(stored));
        }
        List<Row> rows = new ArrayList<>(numbers.keys().size());
        long[] all = numbers.numbers();
        for (int i = 0; i < all.length; i++) {
            rows.add(RowFactory.create(numbers.keys().get(i), all[i]));
        }
        return sent(pairs(rows, numbers.isText(), "number"), rows.size());
    }

    private Dataset<Row> pairs(List<Row> rows, boolean text, String number) {
        DataType type = text ? DataTypes.StringType : DataTypes.LongType;
        return session.createDataFrame(rows, new StructType().add("value", type).add(number, DataTypes.LongType));
    }

    private Dataset<Row> read(StoredTable stored) {
        String location = stored instanceof StoredTable.LocalFile file
                ? Places.toRead(file.unchanged())
                : Places.escaped(((SparkTable) stored).folder().toString());
        return session.read().parquet(location);
    }

    private Dataset<Row> sent(Dataset<Row> table, int rows) {
        return rows > driverRows ? shuffled(table) : functions.broadcast(table);
    }

    /** Never sent as a whole, which would go through the driver. */
    private static Dataset<Row> shuffled(Dataset<Row> table) {
        return table.hint("merge");
    }

    /** {@code __key} and the table's columns. */
    Dataset<Row> table(KeyedTable table) {
        StoredTable stored = table.stored();
        if (stored != null && stored.rows() > driverRows) {
            return shuffled(read(stored));
        }
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
}
