package io.t4rec.spark;

import io.t4rec.data.DataFile;
import io.t4rec.data.DataFiles;
import io.t4rec.data.HiveColumns;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/** What is known of each file, beside its rows. */
final class NumberedFiles {
    /** Column with the file of a row, as Spark names it. */
    static final String FILE = HiveColumns.FILE;

    /** Column with what is added to the number of a row in its file. */
    static final String FIRST = HiveColumns.FIRST;

    private final SparkSession session;
    private final StructType type;
    private final List<Row> rows = new ArrayList<>();

    private NumberedFiles(SparkSession session, StructType type) {
        this.session = session;
        this.type = type;
    }

    /**
     * Files of a data set, with the columns that their folders tell.
     *
     * @param rowsOfAFile difference between the first places of files
     */
    static NumberedFiles of(SparkSession session, DataFiles files, List<ColumnSchema> keys, long rowsOfAFile) {
        StructType type = new StructType().add(FILE, DataTypes.StringType).add(FIRST, DataTypes.LongType);
        for (ColumnSchema key : keys) {
            type = type.add(key.name(), type(key));
        }
        NumberedFiles numbered = new NumberedFiles(session, type);
        for (int number = 0; number < files.files().size(); number++) {
            DataFile file = files.files().get(number);
            for (String name : namesInRows(Places.hadoop(file.location()))) {
                List<@Nullable Object> values = new ArrayList<>();
                values.add(name);
                values.add(number * rowsOfAFile);
                keys.forEach(key -> values.add(HiveColumns.value(file, key)));
                numbered.rows.add(RowFactory.create(values.toArray()));
            }
        }
        return numbered;
    }

    /** Files, one after another, with the number of the first row of each. */
    static NumberedFiles of(SparkSession session, List<org.apache.hadoop.fs.Path> files, List<Long> firstRows) {
        NumberedFiles numbered = new NumberedFiles(
                session, new StructType().add(FILE, DataTypes.StringType).add(FIRST, DataTypes.LongType));
        for (int i = 0; i < files.size(); i++) {
            for (String name : namesInRows(files.get(i))) {
                numbered.rows.add(RowFactory.create(name, firstRows.get(i)));
            }
        }
        return numbered;
    }

    private static DataType type(ColumnSchema key) {
        return key.dtype() == DType.STRING
                ? DataTypes.StringType
                : key.dtype().isFloating() ? DataTypes.DoubleType : DataTypes.LongType;
    }

    /** A file as rows may name it: with one slash or three, as file systems like. */
    static Set<String> namesInRows(org.apache.hadoop.fs.Path file) {
        String name = file.toUri().toString();
        return new LinkedHashSet<>(
                List.of(name.replaceFirst("^file:/+", "file:/"), name.replaceFirst("^file:/+", "file:///")));
    }

    /**
     * Adds the place of each row, and columns that folders tell in place of those of the same name.
     *
     * @param read with {@link #FILE}
     * @param row number of a row in its file, from 0
     * @param place name of the new column
     */
    Dataset<Row> join(Dataset<Row> read, Column row, String place) {
        Dataset<Row> numbers = functions.broadcast(session.createDataFrame(rows, type));
        Column first = functions.coalesce(
                functions.col(FIRST),
                functions.raise_error(functions.concat(
                        functions.col(FILE), functions.lit(": not there when the files were listed"))));
        List<String> told = new ArrayList<>(List.of(type.fieldNames()));
        told.remove(FILE);
        return read.withColumn(place, row)
                .drop(told.toArray(String[]::new))
                .join(numbers, CollectionConverters.asScala(List.of(FILE)).toSeq(), "left_outer")
                .withColumn(place, first.plus(functions.col(place)))
                .drop(FILE, FIRST);
    }
}
