package io.t4rec.spark;

import io.t4rec.etl.FittedState;
import io.t4rec.etl.SqlDialect;
import io.t4rec.etl.Statistic;
import io.t4rec.etl.Step;
import io.t4rec.etl.StepRunner;
import io.t4rec.etl.StoredTable;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Predicate;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/** Runs the steps of a workflow as views in a session of its own. Nothing is computed until a result is asked for. */
final class SparkRunner implements StepRunner, AutoCloseable {
    private final SparkSession session;
    private final SparkDialect dialect;
    private final SparkState state;
    private final SparkStatistics statistics;
    private final SparkTables tables;
    private final IdentityHashMap<Object, Dataset<Row>> added = new IdentityHashMap<>();
    private final List<Dataset<Row>> kept = new ArrayList<>();
    private final List<String> sums = new ArrayList<>();
    private List<String> narrow = List.of();
    private List<String> floats = List.of();
    private Dataset<Row> rows;
    private int stage;

    /**
     * @param session nobody else uses
     * @param events with the schema's columns and the place of each row
     */
    SparkRunner(SparkSession session, SparkDialect dialect, SparkState state, Dataset<Row> events) {
        this.session = session;
        this.dialect = dialect;
        this.state = state;
        this.tables = state.tables();
        this.statistics = new SparkStatistics(session, dialect, state);
        this.rows = events;
        rows.createOrReplaceTempView(relation());
    }

    private String relation() {
        return "stage_" + stage;
    }

    /**
     * The rows as they are now, with their place.
     *
     * @param schema of the rows, whose types they get
     */
    Dataset<Row> rows(Schema schema) {
        narrow = columns(schema, column -> column.dtype().isInteger() && column.dtype() != DType.INT64);
        floats = columns(schema, column -> column.dtype() == DType.FLOAT32);
        return session.sql("select " + dialect.typed(schema) + ", " + SqlDialect.ROW + " from " + relation());
    }

    private static List<String> columns(Schema schema, Predicate<ColumnSchema> chosen) {
        return schema.columns().stream()
                .filter(chosen)
                .map(column -> column.name() + " " + column.dtype())
                .toList();
    }

    /** What numbers must fit that are to be 32-bit floats, for messages. */
    String floats() {
        return (floats.isEmpty() ? "numbers" : "columns " + floats) + " of at most 3.4e38";
    }

    /** What integers must fit that were computed so far, for messages. */
    String integers() {
        return "what is computed" + (sums.isEmpty() ? "" : ", such as sums of groupby " + sums + ",")
                + " within 64 bits" + (narrow.isEmpty() ? "" : ", written columns " + narrow + " within their types");
    }

    @Override
    public void add(FittedState fitted) {
        fitted.vocabularies()
                .forEach((name, vocabulary) -> view(
                        SqlDialect.vocabularyTable(name),
                        added.computeIfAbsent(vocabulary, key -> tables.table(vocabulary))));
        fitted.numbers()
                .forEach((name, numbers) -> view(
                        SqlDialect.numbersTable(name), added.computeIfAbsent(numbers, key -> tables.table(numbers))));
        fitted.tables()
                .forEach((name, table) ->
                        view(SqlDialect.keyedTable(name), added.computeIfAbsent(table, key -> tables.table(table))));
    }

    private void view(String name, Dataset<Row> table) {
        table.createOrReplaceTempView(dialect.identifier(name));
    }

    @Override
    public void apply(Step step, List<String> before, boolean keep) {
        if (step instanceof Step.Group group) {
            sums.addAll(group.sums());
        }
        String sql = step instanceof Step.Group group
                ? dialect.group(group, relation())
                : dialect.select(step, relation(), before);
        rows = planned(step, sql);
        if (keep && step.isCostly()) {
            rows = rows.persist(StorageLevel.MEMORY_AND_DISK());
            kept.add(rows);
        }
        stage++;
        rows.createOrReplaceTempView(relation());
    }

    private Dataset<Row> planned(Step step, String sql) {
        try {
            return session.sql(sql);
        } catch (Exception e) { // Spark hides that it throws checked ones
            String customs = SqlDialect.customs(step);
            if (customs.isEmpty() || !(e instanceof AnalysisException analysis)) {
                throw e;
            }
            throw new ConfigException(
                    customs + ": sql that Spark can't run ("
                            + analysis.getSimpleMessage().lines().findFirst().orElse("") + ")",
                    e);
        }
    }

    @Override
    public List<FittedState> find(List<Statistic> wanted, Schema schema) {
        return wanted.stream()
                .map(statistic -> statistics.find(statistic, relation(), schema))
                .toList();
    }

    @Override
    public void requireInMemory(String name, StoredTable fitted) {
        state.requireOnDriver(name, fitted);
    }

    /** Gives back what was kept for several readers. */
    @Override
    public void close() {
        kept.forEach(dataset -> dataset.unpersist(false));
    }
}
