package io.t4rec.spark;

import io.t4rec.data.OutputLayout;
import io.t4rec.data.OutputPlan;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Lays rows out as {@link OutputLayout} says, in a folder of this machine that workers see. Rows are numbered by writing them in order first:
 * then their numbers are as certain as the files.
 */
final class SparkLayout {
    private static final String NUMBER = "__output_number";
    private static final String PLACE = "__output_place";
    private static final String FILE = "__output_file";

    private final SparkSession session;
    private final OutputLayout layout;
    private final Schema schema;
    private final Path work;

    /** @param work folder for files in between, to be deleted by the caller */
    SparkLayout(SparkSession session, OutputLayout layout, Schema schema, Path work) {
        this.session = SparkSessions.own(session);
        this.layout = layout;
        this.schema = schema;
        this.work = work;
    }

    /** Writes the rows in the order of the layout. */
    SparkOutput ordered(Dataset<Row> rows) throws IOException {
        SparkOutput whole = output("whole");
        whole.writeParts(rows);
        if (layout.shuffleSeed() == null && layout.partitionBy().isEmpty()) {
            return whole;
        }
        List<Column> order = new ArrayList<>();
        layout.partitionBy().forEach(name -> order.add(quoted(name).asc_nulls_last()));
        if (layout.shuffleSeed() != null) {
            Column text = functions.concat(
                    functions.lit(layout.shuffleSeed() + ":"),
                    functions.col(NUMBER).cast(DataTypes.StringType));
            order.add(functions.substring(functions.md5(text.cast(DataTypes.BinaryType)), 1, 16));
        }
        order.add(functions.col(NUMBER));
        SparkOutput ordered = output("ordered");
        ordered.writeParts(whole.numbered(session, NUMBER), order);
        return ordered;
    }

    private SparkOutput output(String name) {
        return new SparkOutput(session, Places.toWrite(work.resolve(name)));
    }

    private static Column quoted(String name) {
        return functions.col('`' + name.replace("`", "``") + '`');
    }

    /** Writes the rows into the files of a folder, which exists. */
    OutputPlan write(Dataset<Row> rows, Path folder) throws IOException {
        SparkOutput ordered = ordered(rows);
        Dataset<Row> placed = ordered.numbered(session, PLACE);
        Column[] keys = keys(placed);
        List<Row> groups = placed.groupBy(keys)
                .agg(functions.min(PLACE).as("first"), functions.count("*").as("rows"))
                .orderBy("first")
                .collectAsList();
        OutputPlan plan = OutputPlan.of(layout, groups.stream().map(this::group).toList(), ordered.bytes());
        Path files = work.resolve("files");
        assigned(placed, groups, plan)
                .repartition(functions.col(FILE))
                .sortWithinPartitions(FILE, PLACE)
                .drop(PLACE)
                .write()
                .option("compression", SparkOutput.COMPRESSION)
                .partitionBy(FILE)
                .parquet(Places.toWrite(files));
        for (int number = 0; number < plan.files().size(); number++) {
            OutputPlan.Part part = plan.files().get(number);
            SparkOutput written = new SparkOutput(
                    session,
                    Places.toWrite(part.rows() == 0 ? work.resolve("whole") : files.resolve(FILE + "=" + number)));
            written.moveOnly(part.rows(), folder.resolve(part.name()));
        }
        return plan;
    }

    private Column[] keys(Dataset<Row> rows) {
        return layout.partitionBy().stream()
                .map(name -> rows.col('`' + name.replace("`", "``") + '`'))
                .toArray(Column[]::new);
    }

    private OutputPlan.Group group(Row row) {
        int keys = layout.partitionBy().size();
        List<@Nullable String> values = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            values.add(row.isNullAt(i) ? null : row.get(i).toString());
        }
        return new OutputPlan.Group(values, row.getLong(keys + 1));
    }

    /** Rows with the number of their file, without what its folder tells. */
    private Dataset<Row> assigned(Dataset<Row> placed, List<Row> groups, OutputPlan plan) {
        List<String> columns = new ArrayList<>(schema.names());
        columns.removeAll(layout.partitionBy());
        StructType type = new StructType();
        for (String name : layout.partitionBy()) {
            type = type.add(name, placed.schema().apply(name).dataType());
        }
        List<Row> starts = new ArrayList<>();
        int at = 0;
        for (Row group : groups) {
            int keys = layout.partitionBy().size();
            List<@Nullable Object> start = new ArrayList<>();
            for (int i = 0; i < keys; i++) {
                start.add(group.get(i));
            }
            long first = group.getLong(keys);
            long rows = group.getLong(keys + 1);
            int from = at;
            while (at < plan.files().size() && plan.files().get(at).first() < first + rows) {
                at++;
            }
            long files = (long) at - from;
            start.addAll(List.of((long) from, first, rows / Math.max(1, files), rows % Math.max(1, files)));
            starts.add(RowFactory.create(start.toArray()));
        }
        for (String name : List.of("g_file", "g_first", "g_rows", "g_more")) {
            type = type.add(name, DataTypes.LongType);
        }
        Dataset<Row> begins = functions.broadcast(session.createDataFrame(starts, type));
        Column same = functions.lit(true);
        for (int i = 0; i < layout.partitionBy().size(); i++) {
            same = same.and(keys(placed)[i].eqNullSafe(keys(begins)[i]));
        }
        // the first files of a group have a row more
        String offset = "(" + PLACE + " - g_first)";
        String longer = "(g_more * (g_rows + 1))";
        Column file = functions.expr("cast(g_file + case when " + offset + " < " + longer + " then " + offset
                + " div (g_rows + 1) else g_more + (" + offset + " - " + longer
                + ") div greatest(g_rows, 1) end as int)");
        List<Column> chosen = new ArrayList<>();
        columns.forEach(name -> chosen.add(placed.col('`' + name.replace("`", "``") + '`')));
        chosen.add(functions.col(PLACE));
        chosen.add(file.as(FILE));
        return placed.join(begins, same, "inner").select(chosen.toArray(Column[]::new));
    }
}
