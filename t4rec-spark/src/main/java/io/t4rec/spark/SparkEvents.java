package io.t4rec.spark;

import io.t4rec.data.DataFile;
import io.t4rec.data.DataFiles;
import io.t4rec.data.DataSource;
import io.t4rec.data.HiveColumns;
import io.t4rec.etl.EventCheck;
import io.t4rec.etl.SqlDialect;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Events as a relation of the schema's columns, in its types, with the place of each row. Refuses what would change on the way. Places
 * of Parquet are the file, by name, and the row in it, however Spark splits the files; those of a DataFrame follow its partitions.
 */
final class SparkEvents {
    /** Rows that a file may have for places to stay in order over several files. */
    private static final long ROWS_OF_A_FILE = 1L << 40;

    private static final String SOURCE = "events_source";

    private static final List<DataType> INTEGERS = List.of(
            DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType, DataTypes.BooleanType);

    private final SparkSession session;
    private final WorkflowConfig config;
    private final SparkDialect dialect;
    private final String name;

    /** @param name of the events, for messages */
    SparkEvents(SparkSession session, WorkflowConfig config, SparkDialect dialect, String name) {
        this.session = session;
        this.config = config;
        this.dialect = dialect;
        this.name = name;
    }

    /**
     * Files.
     *
     * @throws DataException when one lacks a column or a value can't be used
     */
    Dataset<Row> files(DataSource source, Schema schema) {
        DataFiles files = Places.find(source, session.sparkContext().hadoopConfiguration());
        List<ColumnSchema> keys = HiveColumns.of(files, schema);
        SparkFiles reader = reader(session, source, files, keys, schema);
        Dataset<Row> placed = placed(session, reader.read(), files, keys);
        placed.createOrReplaceTempView(SOURCE);
        List<EventCheck> checks = new ArrayList<>();
        if (files.format().isText()) {
            checks.add(new EventCheck(SparkFiles.BROKEN, SparkFiles.BROKEN + " is not null", reader.expectedRow()));
            checks.add(new EventCheck(
                    SparkFiles.UNFIT,
                    SparkFiles.UNFIT + " is not null",
                    "text, truth or an integer of 64 bits in a column of text"));
            schema.columns().stream()
                    .filter(column -> column.dtype() == DType.STRING)
                    .forEach(column -> checks.add(decodable(column)));
        }
        return typed(placed.schema(), schema, files.files(), checks);
    }

    /** Columns of files as they are there, in no certain order and not checked. */
    static Dataset<Row> asTheyAre(SparkSession session, DataSource source, Schema schema) {
        DataFiles files = Places.find(source, session.sparkContext().hadoopConfiguration());
        List<ColumnSchema> keys = HiveColumns.of(files, schema);
        Dataset<Row> read = reader(session, source, files, keys, schema).read();
        return placed(session, read, files, keys)
                .select(SparkFiles.columns(schema.names()).toArray(Column[]::new));
    }

    private static SparkFiles reader(
            SparkSession session, DataSource source, DataFiles files, List<ColumnSchema> keys, Schema schema) {
        return new SparkFiles(
                session,
                files,
                source.text(),
                schema.excluding(keys.stream().map(ColumnSchema::name).toList()));
    }

    private static Dataset<Row> placed(
            SparkSession session, Dataset<Row> read, DataFiles files, List<ColumnSchema> keys) {
        Column number = functions.col(SparkFiles.NUMBER);
        return files.files().size() == 1 && keys.isEmpty()
                ? read.withColumn(SqlDialect.ROW, number).drop(NumberedFiles.FILE)
                : NumberedFiles.of(session, files, keys, ROWS_OF_A_FILE).join(read, number, SqlDialect.ROW);
    }

    /** Spark puts this character in place of bytes that are no text. */
    private EventCheck decodable(ColumnSchema column) {
        String name = dialect.identifier(column.name());
        String broken = "instr(" + (column.isList() ? "v" : name) + ", '\uFFFD') > 0";
        return new EventCheck(
                column.name(),
                column.isList() ? dialect.anyElement(name, "v", broken) : broken,
                "text in the encoding that is given");
    }

    private static String reason(Exception e) {
        return e instanceof AnalysisException analysis
                ? analysis.getSimpleMessage()
                : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * A DataFrame.
     *
     * @throws DataException when it lacks a column or a value can't be used
     */
    Dataset<Row> frame(Dataset<Row> events, Schema schema) {
        events.withColumn(SqlDialect.ROW, functions.monotonically_increasing_id())
                .createOrReplaceTempView(SOURCE);
        return typed(events.schema(), schema, List.of(), new ArrayList<>());
    }

    private Dataset<Row> typed(StructType present, Schema schema, List<DataFile> files, List<EventCheck> checks) {
        Map<String, DataType> types = new LinkedHashMap<>();
        for (StructField field : present.fields()) {
            types.put(field.name(), field.dataType());
        }
        List<String> columns = new ArrayList<>();
        for (ColumnSchema column : schema.columns()) {
            DataType type = types.get(column.name());
            if (type == null) {
                throw new DataException(name + ": no column " + column.name() + " (expected: "
                        + Names.expectation(column.name(), types.keySet()) + ")");
            }
            checks.addAll(checks(column, type));
            columns.add(cast(column) + " as " + dialect.identifier(column.name()));
        }
        columns.add(SqlDialect.ROW);
        refuse(checks, files);
        return session.sql("select " + String.join(", ", columns) + " from " + SOURCE);
    }

    private String cast(ColumnSchema column) {
        DType dtype = column.dtype();
        String element = dtype == DType.STRING ? "string" : dtype.isFloating() ? "double" : "bigint";
        String of = dialect.identifier(column.name());
        return column.isList()
                ? "coalesce(cast(" + of + " as array<" + element + ">), cast(array() as array<" + element + ">))"
                : "cast(" + of + " as " + element + ")";
    }

    private List<EventCheck> checks(ColumnSchema column, DataType type) {
        DataType element = type instanceof ArrayType list ? list.elementType() : type;
        boolean integer = INTEGERS.contains(element);
        boolean text = element.equals(DataTypes.StringType);
        boolean number = element.equals(DataTypes.FloatType)
                || element.equals(DataTypes.DoubleType)
                || element instanceof DecimalType;
        boolean fits = column.dtype() == DType.STRING ? integer || text : integer || text || number;
        if (column.isList() != type instanceof ArrayType || !fits) {
            throw new DataException(name + ", column " + column.name() + ": " + type.sql() + " (expected: "
                    + (column.isList() ? "lists of " : "") + column.dtype() + ")");
        }
        return EventCheck.of(config, dialect, column, element.sql(), integer);
    }

    /** One pass over the events; only events that fail are read again. */
    private void refuse(List<EventCheck> checks, List<DataFile> files) {
        if (checks.isEmpty()) {
            return;
        }
        String first = checks.stream()
                .map(check -> "min(case when " + check.condition() + " then " + SqlDialect.ROW + " end)")
                .collect(Collectors.joining(", "));
        Row rows;
        try {
            rows = session.sql("select " + first + " from " + SOURCE).first();
        } catch (Exception e) { // Spark hides that it throws checked ones
            throw new DataException(name + ": not readable (" + reason(e) + ")", e);
        }
        for (int i = 0; i < checks.size(); i++) {
            if (!rows.isNullAt(i)) {
                throw refusal(checks.get(i), rows.getLong(i), files);
            }
        }
    }

    private DataException refusal(EventCheck check, long row, List<DataFile> files) {
        String value = session.sql("select cast(" + dialect.identifier(check.column()) + " as string), * from " + SOURCE
                        + " where " + SqlDialect.ROW + " = " + row)
                .first()
                .getString(0);
        String where = files.isEmpty()
                ? name
                : files.get((int) (row / ROWS_OF_A_FILE)).location() + ", row " + (row % ROWS_OF_A_FILE + 1);
        String column = switch (check.column()) {
            case SparkFiles.BROKEN -> ": ";
            case SparkFiles.UNFIT -> ", column ";
            default -> ", column " + check.column() + ": ";
        };
        return new DataException(
                where + column + (value == null ? "null" : value) + " (expected: " + check.expected() + ")");
    }
}
