package io.t4rec.spark;

import io.t4rec.data.OngoingWork;
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
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Fits and runs workflows on Spark: DataFrames or Parquet in, DataFrames or Parquet out. Results are those of the embedded engine, and a
 * workflow fitted here runs there and on requests, and the other way round.
 *
 * <p>Equal times keep the order of the data: in Parquet that of files by name and rows in them; in a DataFrame that of its partitions,
 * which is as certain as the DataFrame itself.
 */
public final class SparkEngine implements WorkflowEngine {
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
        return fit(config, schema, "events", (reader, own) -> reader.frame(SparkSessions.lent(events, own), schema));
    }

    /**
     * Fits a workflow on Parquet, a file or a folder of files, in any file system that Spark reads.
     *
     * @param location as Spark takes it, for instance {@code hdfs://...}
     */
    public Workflow fit(WorkflowConfig config, String location, Schema schema) {
        return fit(config, schema, location, (reader, own) -> reader.parquet(location, schema));
    }

    @Override
    public Workflow fit(WorkflowConfig config, Path events, Schema schema) {
        String location = Places.toRead(events);
        return fit(config, schema, events.toString(), (reader, own) -> reader.parquet(location, schema));
    }

    private Workflow fit(
            WorkflowConfig config,
            Schema schema,
            String name,
            BiFunction<SparkEvents, SparkSession, Dataset<Row>> events) {
        SparkSession own = SparkSessions.own(session);
        SparkDialect dialect = new SparkDialect(config);
        try (OngoingWork.Shown shown = SparkStages.show(session);
                SparkRunner runner = new SparkRunner(
                        own,
                        dialect,
                        new SparkState(own, settings, folder),
                        events.apply(new SparkEvents(own, config, dialect, name), own))) {
            return Workflow.fit(config, schema, runner);
        }
    }

    /**
     * Transforms a DataFrame, lazily. Rows come in no certain order; lists in that of time.
     *
     * @return with the columns of the workflow's output schema
     */
    public Dataset<Row> transform(Workflow workflow, Dataset<Row> events) {
        Dataset<Row> rows = run(
                Step.Place.DATA_SET,
                workflow,
                "events",
                (reader, own) -> reader.frame(SparkSessions.lent(events, own), workflow.inputSchema()));
        return SparkSessions.lent(rows.drop(SqlDialect.ROW), session);
    }

    private Dataset<Row> run(
            Step.Place place,
            Workflow workflow,
            String name,
            BiFunction<SparkEvents, SparkSession, Dataset<Row>> events) {
        SparkSession own = SparkSessions.own(session);
        SparkDialect dialect = new SparkDialect(workflow.config());
        SparkRunner runner = new SparkRunner(
                own,
                dialect,
                new SparkState(own, settings, folder),
                events.apply(new SparkEvents(own, workflow.config(), dialect, name), own));
        workflow.run(runner, place);
        return runner.rows(workflow.outputSchema());
    }

    /**
     * Transforms Parquet into a folder of Parquet files, with {@code schema.pbtxt} beside it. The files, by name, hold the rows in the
     * order of the events, sessions in that of their last event. What stands in the folder is replaced when all is written.
     *
     * @param location of the events: a file or a folder, as Spark takes it
     * @param target folder, as Spark takes it
     * @return number of rows written
     */
    public long write(Workflow workflow, String location, String target) throws IOException {
        Dataset<Row> rows = run(
                Step.Place.DATA_SET,
                workflow,
                location,
                (reader, own) -> reader.parquet(location, workflow.inputSchema()));
        return new SparkOutput(session, target).write(rows, workflow.outputSchema());
    }

    /** Transforms Parquet of this machine's file systems, which workers must see too, into one file. */
    @Override
    public long transform(Workflow workflow, Path events, Path target) throws IOException {
        return transform(workflow, events, target, Step.Place.DATA_SET);
    }

    @Override
    public long transformTraining(Workflow workflow, Path events, Path target) throws IOException {
        return transform(workflow, events, target, Step.Place.TRAINING_DATA);
    }

    private long transform(Workflow workflow, Path events, Path target, Step.Place place) throws IOException {
        String location = Places.toRead(events);
        Dataset<Row> rows = run(
                place, workflow, events.toString(), (reader, own) -> reader.parquet(location, workflow.inputSchema()));
        long[] count = new long[1];
        AtomicFiles.file(target, temporary -> {
            Path parts = temporary.resolveSibling(temporary.getFileName() + ".parts");
            try (OngoingWork.Shown shown = SparkStages.show(session)) {
                SparkOutput output = new SparkOutput(session, Places.toWrite(parts));
                count[0] = output.writeParts(rows);
                output.join(temporary);
            } finally {
                AtomicFiles.deleteTree(parts);
            }
        });
        workflow.outputSchema().write(target.resolveSibling("schema.pbtxt"));
        return count[0];
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
