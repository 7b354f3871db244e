package io.t4rec.spark;

import io.t4rec.data.DataFiles;
import io.t4rec.data.DataSource;
import io.t4rec.data.OngoingWork;
import io.t4rec.data.OutputLayout;
import io.t4rec.data.OutputPlan;
import io.t4rec.data.SchemaFiles;
import io.t4rec.etl.Extension;
import io.t4rec.etl.SqlDialect;
import io.t4rec.etl.Step;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.etl.WorkflowEngine;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Fits and runs workflows on Spark: DataFrames or files in, DataFrames or Parquet out. Results are those of the embedded engine, and a
 * workflow fitted here runs there and on requests, and the other way round.
 *
 * <p>Equal times keep the order of the data: in files that of their names and of the rows in them; in a DataFrame that of its partitions,
 * which is as certain as the DataFrame itself.
 */
public final class SparkEngine implements WorkflowEngine {
    private static final String EVENTS = "events";

    private final SparkSession session;
    private final SparkSettings settings;
    private final StateFolder folder;
    private final Runnable closing;

    private SparkEngine(SparkSession session, SparkSettings settings, Runnable closing) {
        this.session = session;
        this.settings = settings;
        this.folder = new StateFolder(session, settings);
        this.closing = closing;
    }

    /**
     * On a session that exists; closing the engine leaves it open.
     *
     * @param session whose settings count, but for those of SQL that decide results
     */
    public static SparkEngine on(SparkSession session, SparkSettings settings) {
        return new SparkEngine(session, settings, () -> {});
    }

    /** On a session that ends with the engine. */
    static SparkEngine owning(SparkSession session, SparkSettings settings) {
        return new SparkEngine(session, settings, session::stop);
    }

    /**
     * Fits a workflow.
     *
     * @param events which have the schema's columns
     * @throws DataException when a column is missing or a value can't be used
     * @throws ConfigException when an operator's columns are missing or don't suit
     */
    public Workflow fit(WorkflowConfig config, Dataset<Row> events, Schema schema) {
        return fit(config, schema, EVENTS, frame(events, schema));
    }

    /**
     * Fits a workflow on a file, a folder of files or a pattern, in any file system that Spark reads.
     *
     * @param location as {@link DataSource} takes it, for instance {@code hdfs://...}; without a scheme, of this machine
     */
    public Workflow fit(WorkflowConfig config, String location, Schema schema) {
        return fit(config, DataSource.of(location), schema);
    }

    /** Fits a workflow on files; those of this machine lie where workers see them. */
    @Override
    public Workflow fit(WorkflowConfig config, DataSource events, Schema schema) {
        return fit(config, schema, events.toString(), (reader, own) -> reader.files(events, schema));
    }

    private Workflow fit(
            WorkflowConfig config,
            Schema schema,
            String name,
            BiFunction<SparkEvents, SparkSession, Dataset<Row>> events) {
        return found(
                config,
                own -> SparkState.in(folder, own, settings),
                name,
                events,
                runner -> Workflow.fit(config, schema, runner));
    }

    private static BiFunction<SparkEvents, SparkSession, Dataset<Row>> frame(Dataset<Row> events, Schema schema) {
        return (reader, own) -> reader.frame(SparkSessions.lent(events, own), schema);
    }

    private <T> T found(
            WorkflowConfig config,
            Function<SparkSession, SparkState> state,
            String name,
            BiFunction<SparkEvents, SparkSession, Dataset<Row>> events,
            Function<SparkRunner, T> work) {
        SparkSession own = SparkSessions.own(session);
        SparkDialect dialect = new SparkDialect(config);
        try (OngoingWork.Shown shown = SparkStages.show(session);
                SparkRunner runner = new SparkRunner(
                        own,
                        dialect,
                        state.apply(own),
                        events.apply(new SparkEvents(own, config, dialect, name), own))) {
            return SparkFailures.naming(name, runner, () -> work.apply(runner));
        }
    }

    /**
     * Fits a workflow further on a DataFrame.
     *
     * @param events which have the columns of {@link Workflow#fittedSchema()}
     * @throws DataException when a column is missing or a value can't be used
     * @throws ConfigException when more is to be put together than {@link SparkSettings#driverRows()}
     */
    public Extension extend(Workflow workflow, Dataset<Row> events) {
        return extend(workflow, EVENTS, frame(events, workflow.fittedSchema()));
    }

    /**
     * Fits a workflow further on a file, a folder of files or a pattern, in any file system that Spark reads.
     *
     * @param location as {@link DataSource} takes it
     */
    public Extension extend(Workflow workflow, String location) {
        return extend(workflow, DataSource.of(location));
    }

    /**
     * Fits a workflow further on files; those of this machine lie where workers see them. The driver puts old and new values and groups
     * together, so more of them than {@link SparkSettings#driverRows()}, in files before or found now, are refused.
     */
    @Override
    public Extension extend(Workflow workflow, DataSource events) {
        return extend(workflow, events.toString(), (reader, own) -> reader.files(events, workflow.fittedSchema()));
    }

    private Extension extend(
            Workflow workflow, String name, BiFunction<SparkEvents, SparkSession, Dataset<Row>> events) {
        return found(workflow.config(), own -> SparkState.onDriver(own, settings), name, events, workflow::extend);
    }

    /**
     * Transforms a DataFrame, lazily. Rows come in no certain order; lists in that of time.
     *
     * @return with the columns of the workflow's output schema
     */
    public Dataset<Row> transform(Workflow workflow, Dataset<Row> events) {
        SparkRunner runner = run(Step.Place.DATA_SET, workflow, EVENTS, frame(events, workflow.inputSchema()));
        return SparkSessions.lent(runner.rows(workflow.outputSchema()).drop(SqlDialect.ROW), session);
    }

    private SparkRunner run(
            Step.Place place,
            Workflow workflow,
            String name,
            BiFunction<SparkEvents, SparkSession, Dataset<Row>> events) {
        SparkSession own = SparkSessions.own(session);
        SparkDialect dialect = new SparkDialect(workflow.config());
        SparkRunner runner = new SparkRunner(
                own,
                dialect,
                SparkState.in(folder, own, settings),
                events.apply(new SparkEvents(own, workflow.config(), dialect, name), own));
        workflow.run(runner, place);
        return runner;
    }

    private SparkRunner run(Step.Place place, Workflow workflow, DataSource events) {
        return run(place, workflow, events.toString(), (reader, own) -> reader.files(events, workflow.inputSchema()));
    }

    /**
     * Transforms files into a folder of Parquet files, with {@code schema.pbtxt} beside it, or {@code FOLDER.schema.pbtxt} where that tells the
     * columns of the events. The files, by name, hold the rows in the order of the events, sessions in that of their last event.
     *
     * @param location of the events, as {@link DataSource} takes it
     * @param target folder to make, as Spark takes it
     * @return number of rows written
     */
    public long write(Workflow workflow, String location, String target) throws IOException {
        Schema schema = workflow.outputSchema();
        DataSource events = DataSource.of(location);
        SparkRunner runner = run(Step.Place.DATA_SET, workflow, events);
        return SparkFailures.naming(
                location, runner, () -> new SparkOutput(session, target).write(runner.rows(schema), schema, events));
    }

    /** Transforms files, which workers must see too, into files of this machine's file systems, which they must see too. */
    @Override
    public long transform(Workflow workflow, DataSource events, Path target, OutputLayout layout) throws IOException {
        return transform(workflow, events, target, layout, Step.Place.DATA_SET);
    }

    @Override
    public long transformTraining(Workflow workflow, DataSource events, Path target, OutputLayout layout)
            throws IOException {
        return transform(workflow, events, target, layout, Step.Place.TRAINING_DATA);
    }

    private long transform(Workflow workflow, DataSource events, Path target, OutputLayout layout, Step.Place place)
            throws IOException {
        Schema schema = workflow.outputSchema();
        layout.check(schema);
        DataFiles.requireApart(events, target);
        if (layout.isFolder()) {
            AtomicFiles.checkReplaceable(target, OutputPlan.MARKER);
        }
        SparkRunner runner = run(place, workflow, events);
        return SparkFailures.naming(events.toString(), runner, () -> {
            Dataset<Row> rows = runner.rows(schema);
            return layout.isFolder()
                    ? writeFolder(rows, schema, target, layout)
                    : writeFile(rows, schema, target, layout, events);
        });
    }

    private long writeFolder(Dataset<Row> rows, Schema schema, Path target, OutputLayout layout) throws IOException {
        long[] count = new long[1];
        AtomicFiles.directory(
                target,
                OutputPlan.MARKER,
                temporary -> beside(temporary, work -> {
                    OutputPlan plan = new SparkLayout(session, layout, schema, work).write(rows, temporary);
                    plan.describe(temporary, schema);
                    count[0] = plan.rows();
                }));
        return count[0];
    }

    private long writeFile(Dataset<Row> rows, Schema schema, Path target, OutputLayout layout, DataSource events)
            throws IOException {
        long[] count = new long[1];
        AtomicFiles.file(
                target,
                temporary -> beside(temporary, work -> {
                    SparkOutput output = new SparkLayout(session, layout, schema, work).ordered(rows);
                    count[0] = output.rows();
                    output.join(temporary);
                }));
        SchemaFiles.write(schema, target, events);
        return count[0];
    }

    @Override
    public boolean readsInProcess() {
        return false;
    }

    /**
     * The folder lies where workers see it too. Which sessions are taken depends on their ids alone; where they are so long that these are
     * none, or twice as many rows as wanted, events of one or of some are cut off.
     */
    @Override
    public long sample(DataSource events, Schema schema, String id, long most, Path folder) {
        try (OngoingWork.Shown shown = SparkStages.show(session)) {
            Dataset<Row> all = SparkEvents.asTheyAre(SparkSessions.own(session), events, schema);
            long rows = all.count();
            (rows <= most ? all : sample(all, SparkFiles.quoted(id), rows, most))
                    .write()
                    .parquet(Places.toWrite(folder));
            return rows;
        }
    }

    private static Dataset<Row> sample(Dataset<Row> all, Column id, long rows, long most) {
        Column hash = functions.xxhash64(id);
        Dataset<Row> some = all.where(
                functions.pmod(hash, functions.lit((rows + most - 1) / most)).equalTo(0));
        if (some.isEmpty()) {
            long first = all.select(functions.min(hash)).first().getLong(0);
            some = all.where(hash.equalTo(first));
        }
        return some.limit(Math.toIntExact(Math.min(Integer.MAX_VALUE, 2 * most)));
    }

    /** Work with a folder beside another, which is deleted in the end. */
    private void beside(Path path, AtomicFiles.PathWork work) throws IOException {
        Path parts = path.resolveSibling(path.getFileName() + ".parts");
        try (OngoingWork.Shown shown = SparkStages.show(session)) {
            work.run(parts);
        } finally {
            AtomicFiles.deleteTree(parts);
        }
    }

    /**
     * Deletes fitted state that lies in files ({@link SparkSettings#stateFolder}), so workflows are saved before; ends the session if the
     * engine began it.
     */
    @Override
    public void close() {
        try {
            folder.close();
        } finally {
            closing.run();
        }
    }
}
