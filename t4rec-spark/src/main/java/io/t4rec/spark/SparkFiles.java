package io.t4rec.spark;

import io.t4rec.data.DataFile;
import io.t4rec.data.DataFiles;
import io.t4rec.data.DataFormat;
import io.t4rec.data.TextHeader;
import io.t4rec.data.TextOptions;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Columns of files, as they are there, with the file of each row and its number in it. Values of texts stay text. Spark reads texts
 * without numbers, so rows are numbered by a sort within each file.
 */
final class SparkFiles {
    /** Number of a row in its file, from 0. */
    static final String NUMBER = "__number_in_file";

    /** What a text holds in place of a row; null for rows. */
    static final String BROKEN = "__broken";

    /** Name and value of a column of text that holds in JSON what is none; null for rows without. */
    static final String UNFIT = "__unfit";

    private static final String AT = "__at";
    private static final String LINE = "value";
    private static final String PARSED = "__parsed";

    /** What JSON's values are called that are taken for text. */
    private static final Object[] TEXTS = {"STRING", "BIGINT", "BOOLEAN", "VOID"};

    private final SparkSession session;
    private final Configuration configuration;
    private final DataFiles files;
    private final TextOptions options;
    private final Schema schema;

    /** @param schema of the columns to read */
    SparkFiles(SparkSession session, DataFiles files, TextOptions options, Schema schema) {
        this.session = session;
        this.configuration = session.sparkContext().hadoopConfiguration();
        this.files = files;
        this.options = options;
        this.schema = schema;
    }

    /** @throws DataException when a file lacks a column or holds another type in it than the first one; with its name */
    Dataset<Row> read() {
        try {
            return switch (files.format()) {
                case PARQUET -> parquet();
                case CSV, TSV -> delimited();
                case JSONL -> json();
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Dataset<Row> parquet() throws IOException {
        Map<String, String> types = new LinkedHashMap<>();
        for (DataFile file : files.files()) {
            MessageType present = footer(file);
            for (String name : schema.names()) {
                if (!present.containsField(name)) {
                    throw missing(
                            file,
                            name,
                            present.getFields().stream().map(Type::getName).toList());
                }
                String type = describe(present.getType(name));
                String before = types.putIfAbsent(name, type);
                if (before != null && !before.equals(type)) {
                    throw new DataException(file.location() + ", column " + name + ": " + type + " (expected: " + before
                            + ", as in " + files.files().get(0).location() + ")");
                }
            }
        }
        Dataset<Row> read = session.read().parquet(places(files.files()));
        List<Column> columns = columns(schema.names());
        columns.add(functions.col("_metadata.row_index").as(NUMBER));
        columns.add(functions.col("_metadata.file_path").as(NumberedFiles.FILE));
        return read.select(columns.toArray(Column[]::new));
    }

    private MessageType footer(DataFile file) {
        try (ParquetFileReader reader =
                ParquetFileReader.open(HadoopInputFile.fromPath(Places.hadoop(file.location()), configuration))) {
            return reader.getFileMetaData().getSchema();
        } catch (IOException | RuntimeException e) { // what is no Parquet raises either
            throw new DataException(
                    file.location() + ": not readable as Parquet ("
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + ")",
                    e);
        }
    }

    /** Its values' type, whether they may be missing or not. */
    private static String describe(Type type) {
        if (type.isPrimitive()) {
            return type.asPrimitiveType().getPrimitiveTypeName()
                    + (type.getLogicalTypeAnnotation() == null ? "" : " " + type.getLogicalTypeAnnotation());
        }
        GroupType group = type.asGroupType();
        return group.getFields().stream().map(SparkFiles::describe).toList().toString();
    }

    private static DataException missing(DataFile file, String column, Collection<String> present) {
        return new DataException(
                file.location() + ": no column " + column + " (expected: " + Names.expectation(column, present) + ")");
    }

    private static String[] places(List<DataFile> files) {
        return files.stream().map(file -> Places.toRead(file.location())).toArray(String[]::new);
    }

    static List<Column> columns(List<String> names) {
        List<Column> columns = new ArrayList<>();
        names.forEach(name -> columns.add(quoted(name)));
        return columns;
    }

    /** A column whose name may hold dots. */
    static Column quoted(String name) {
        return functions.col('`' + name.replace("`", "``") + '`');
    }

    /** Files with the same header are read together; columns by their place, so that names need not suit SQL. */
    private Dataset<Row> delimited() throws IOException {
        Map<TextHeader, List<DataFile>> byHeader = new LinkedHashMap<>();
        for (DataFile file : files.files()) {
            TextHeader header = options.header()
                    ? TextHeader.read(
                            file.location(), Places.open(file.location(), configuration), files.format(), options)
                    : TextHeader.without(files.format(), options, schema);
            schema.names().forEach(name -> {
                if (!header.names().contains(name)) {
                    throw missing(file, name, header.names());
                }
            });
            byHeader.computeIfAbsent(header, key -> new ArrayList<>()).add(file);
        }
        Dataset<Row> all = null;
        for (Map.Entry<TextHeader, List<DataFile>> group : byHeader.entrySet()) {
            Dataset<Row> read = delimited(group.getKey(), group.getValue());
            all = all == null ? read : all.unionByName(read);
        }
        if (all == null) {
            throw new IllegalStateException("files: none (expected: at least one)");
        }
        Dataset<Row> numbered = numbered(all);
        return options.header() // a row like others to Spark
                ? numbered.withColumn(NUMBER, functions.col(NUMBER).minus(1))
                        .where(functions.col(NUMBER).geq(0))
                : numbered;
    }

    private Dataset<Row> delimited(TextHeader header, List<DataFile> group) {
        StructType type = new StructType();
        for (int i = 0; i < header.names().size(); i++) {
            type = type.add("c" + i, DataTypes.StringType);
        }
        String quote = options.quote() == null ? "" : options.quote().toString();
        Dataset<Row> read = lenient(type)
                .option("header", false)
                .option("delimiter", String.valueOf(header.delimiter()))
                .option("quote", quote)
                .option("escape", quote)
                .option("multiLine", true)
                .option("columnPruning", false)
                .option("nullValue", options.nullText())
                .option("emptyValue", options.nullText())
                .option("encoding", options.encoding().name())
                .csv(places(group));
        List<Column> columns = placed();
        columns.add(functions.col(BROKEN));
        columns.add(nothing().as(UNFIT));
        for (ColumnSchema column : schema.columns()) {
            columns.add(value(functions.col("c" + header.names().indexOf(column.name())), column));
        }
        return read.select(columns.toArray(Column[]::new));
    }

    /** Rows that are none are kept, to be named. */
    private DataFrameReader lenient(StructType type) {
        return session.read()
                .schema(type.add(BROKEN, DataTypes.StringType))
                .option("mode", "PERMISSIVE")
                .option("columnNameOfCorruptRecord", BROKEN);
    }

    private static List<Column> placed() {
        return new ArrayList<>(List.of(
                functions.col("_metadata.file_path").as(NumberedFiles.FILE),
                functions
                        .struct(functions.col("_metadata.file_block_start"), functions.monotonically_increasing_id())
                        .as(AT)));
    }

    private static Column nothing() {
        return functions.lit(null).cast(DataTypes.StringType);
    }

    private static Column value(Column text, ColumnSchema column) {
        Column value = column.dtype() != DType.BOOL
                ? text
                : column.isList() ? functions.transform(text, SparkFiles::truth) : truth(text);
        return value.as(column.name());
    }

    private static Column truth(Column text) {
        return functions
                .when(functions.lower(text).equalTo("true"), "1")
                .when(functions.lower(text).equalTo("false"), "0")
                .otherwise(text);
    }

    private static Dataset<Row> numbered(Dataset<Row> read) {
        return read.withColumn(
                        NUMBER,
                        functions
                                .row_number()
                                .over(Window.partitionBy(NumberedFiles.FILE).orderBy(AT))
                                .cast(DataTypes.LongType)
                                .minus(1))
                .drop(AT);
    }

    /** Lines are read as text, since Spark's reader of JSON drops what stands behind an object. */
    private Dataset<Row> json() {
        StructType type = new StructType();
        for (ColumnSchema column : schema.columns()) {
            DataType element = column.dtype() == DType.STRING ? DataTypes.VariantType : DataTypes.StringType;
            type = type.add(column.name(), column.isList() ? DataTypes.createArrayType(element) : element);
        }
        Column line = functions.col(LINE);
        List<Column> lines = placed();
        lines.add(line);
        lines.add(functions
                .from_json(
                        line,
                        type.add(BROKEN, DataTypes.StringType),
                        Map.of("mode", "PERMISSIVE", "columnNameOfCorruptRecord", BROKEN, "allowSingleQuotes", "false"))
                .as(PARSED));
        Dataset<Row> parsed = session.read()
                .text(places(files.files()))
                .where(functions.col(LINE).rlike("[^ \\t\\r]"))
                .select(lines.toArray(Column[]::new));
        List<Column> columns = new ArrayList<>(List.of(
                functions.col(NumberedFiles.FILE),
                functions.col(AT),
                broken(line).as(BROKEN),
                unfit().as(UNFIT)));
        for (ColumnSchema column : schema.columns()) {
            columns.add(value(text(column), column));
        }
        Dataset<Row> read = parsed.select(columns.toArray(Column[]::new));
        refuseAbsentKeys(read);
        return numbered(read);
    }

    /** A line that is not one object and nothing behind it: then it is one element of a list, and one value of an object. */
    private static Column broken(Column line) {
        Column inList = functions.concat(functions.lit("["), line, functions.lit("]"));
        Column inObject = functions.concat(functions.lit("{\"line\":"), line, functions.lit("}"));
        Column single = functions
                .json_array_length(inList)
                .equalTo(1)
                .and(functions.size(functions.json_object_keys(inObject)).equalTo(1));
        Column whole = parsed(BROKEN).isNull().and(single);
        return functions.when(whole, nothing()).otherwise(line);
    }

    /** The first value that is no text in a column of text. */
    private Column unfit() {
        Column first = nothing();
        for (ColumnSchema column : schema.columns()) {
            if (column.dtype() == DType.STRING) {
                Column value = parsed(column.name());
                Column wrong = column.isList()
                        ? functions.try_element_at(functions.filter(value, SparkFiles::isNoText), functions.lit(1))
                        : functions.when(isNoText(value), value);
                Column named = functions.concat(functions.lit(column.name() + ": "), wrong.cast(DataTypes.StringType));
                first = functions.coalesce(first, named);
            }
        }
        return first;
    }

    private static Column isNoText(Column value) {
        return functions.not(functions.schema_of_variant(value).isin(TEXTS));
    }

    private static Column text(ColumnSchema column) {
        Column value = parsed(column.name());
        if (column.dtype() != DType.STRING) {
            return value;
        }
        return column.isList()
                ? functions.transform(value, element -> element.cast(DataTypes.StringType))
                : value.cast(DataTypes.StringType);
    }

    /** A column of what was read of a line, whose name may hold dots. */
    private static Column parsed(String name) {
        return functions.col(PARSED).getField(name);
    }

    /** A row without a key has null there; a file in which no row has the key lacks the column. */
    private void refuseAbsentKeys(Dataset<Row> read) {
        List<Column> counts = new ArrayList<>();
        schema.names().forEach(name -> counts.add(functions.count(quoted(name))));
        Map<String, DataFile> byName = new LinkedHashMap<>();
        files.files()
                .forEach(file -> NumberedFiles.namesInRows(Places.hadoop(file.location()))
                        .forEach(name -> byName.put(name, file)));
        for (Row row : read.groupBy(NumberedFiles.FILE)
                .agg(functions.count("*"), counts.toArray(Column[]::new))
                .orderBy(NumberedFiles.FILE)
                .collectAsList()) {
            for (int i = 0; i < schema.size(); i++) {
                DataFile file = byName.get(row.getString(0));
                if (row.getLong(i + 2) == 0 && file != null) {
                    refuseAbsentKey(file, schema.names().get(i));
                }
            }
        }
    }

    private void refuseAbsentKey(DataFile file, String name) {
        Dataset<Row> keys = session.read()
                .text(Places.toRead(file.location()))
                .select(functions
                        .explode(functions.json_object_keys(functions.col("value")))
                        .as("key"))
                .distinct();
        if (keys.where(functions.col("key").equalTo(name)).isEmpty()) {
            throw missing(
                    file,
                    name,
                    keys.collectAsList().stream().map(key -> key.getString(0)).toList());
        }
    }

    /** What is expected of a row of a text. */
    String expectedRow() {
        return files.format() == DataFormat.JSONL
                ? "one JSON object a line, with lists where the schema has some"
                : "as many values as columns";
    }
}
