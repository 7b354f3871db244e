package io.t4rec.cli;

import io.t4rec.data.DataSource;
import io.t4rec.data.DatabaseSettings;
import io.t4rec.data.OutputLayout;
import io.t4rec.data.SchemaFiles;
import io.t4rec.data.SequenceWindows;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.etl.WorkflowEngine;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link PreparedData} of events.
 *
 * @param parts of the events
 * @param schema of them
 * @param settings how they become sequences
 * @param layout of the sequences' files
 * @param database what may be taken of the machine, beside the engine
 */
record DataPreparation(
        Parts parts, Schema schema, DataSettings settings, OutputLayout layout, DatabaseSettings database) {
    /**
     * Event files.
     *
     * @param evaluation to choose the epoch by, and to report on when there is no test; null for none
     * @param test to report on once; null for none
     */
    record Parts(
            DataSource train,
            @Nullable DataSource evaluation,
            @Nullable DataSource test) {
        List<String> all() {
            return Stream.of(train, evaluation, test)
                    .filter(Objects::nonNull)
                    .flatMap(part -> part.locations().stream())
                    .toList();
        }

        /** Of imported files. */
        static Parts of(Path train, @Nullable Path evaluation, @Nullable Path test) {
            return new Parts(
                    DataSource.of(train),
                    evaluation == null ? null : DataSource.of(evaluation),
                    test == null ? null : DataSource.of(test));
        }
    }

    /** Of imported files, into one file each. */
    static DataPreparation of(Parts parts, DataSettings settings) throws IOException {
        return new DataPreparation(
                parts, SchemaFiles.read(parts.train()), settings, OutputLayout.single(), DatabaseSettings.defaults());
    }

    /** On DuckDB. */
    PreparedData write(Path directory, Progress progress) throws IOException {
        try (WorkflowEngine engine = WorkflowEngine.duckDb(database)) {
            return write(directory, engine, progress);
        }
    }

    /** @param engine that fits the workflow and makes the sequences */
    PreparedData write(Path directory, WorkflowEngine engine, Progress progress) throws IOException {
        AtomicFiles.checkReplaceable(directory, PreparedData.MARKER);
        WorkflowConfig config = settings.workflow(schema);
        Workflow workflow = progress.during(
                "Fitting the workflow", () -> Checks.forSessions(engine.fit(config, parts.train(), schema)));
        checkPartitions(workflow.outputSchema());
        PreparedData.Events statistics = PreparedData.Events.of(
                statistics(parts.train(), config, engine),
                parts.evaluation() == null ? null : statistics(parts.evaluation(), config, engine),
                parts.test() == null ? null : statistics(parts.test(), config, engine));
        AtomicFiles.directory(directory, PreparedData.MARKER, temporary -> {
            workflow.save(temporary.resolve(PreparedData.WORKFLOW));
            progress.during("Writing training sequences", () -> training(workflow, engine, temporary.resolve("train")));
            transform("evaluation", workflow, parts.evaluation(), temporary, engine, progress);
            transform("test", workflow, parts.test(), temporary, engine, progress);
            statistics.write(temporary);
            if (!engine.readsInProcess() || parts.all().stream().noneMatch(DataSource::isRemote)) {
                progress.during(
                        "Summarising the events",
                        () -> EventProfile.write(temporary, parts, config, schema, engine, database));
            }
        });
        return new PreparedData(directory, workflow, statistics);
    }

    private EventStatistics statistics(DataSource events, WorkflowConfig config, WorkflowEngine engine) {
        return EventStatistics.of(events, config, settings.columns(schema), engine, database);
    }

    /** Sequences are read back without asking what words such as true mean. */
    private void checkPartitions(Schema sequences) {
        layout.check(sequences);
        for (String name : layout.partitionBy()) {
            ColumnSchema column = sequences.get(name);
            if (column.dtype() == DType.BOOL) {
                throw new ConfigException(
                        "partition by: " + name + ": BOOL (expected: integers or text, which training reads)");
            }
        }
    }

    private long training(Workflow workflow, WorkflowEngine engine, Path folder) throws IOException {
        Path target = PreparedData.target(folder, layout);
        if (settings.windowLength() == 0) {
            long rows = engine.transformTraining(workflow, parts.train(), target, layout);
            Checks.sequences(parts.train(), rows);
            return rows;
        }
        Path between = folder.resolve("whole");
        Path whole = between.resolve("sequences.parquet");
        Checks.sequences(
                parts.train(), engine.transformTraining(workflow, parts.train(), whole, OutputLayout.single()));
        long rows = SequenceWindows.write(
                whole, workflow.outputSchema(), settings.windowLength(), target, layout, database);
        AtomicFiles.deleteTree(between);
        return rows;
    }

    private void transform(
            String name,
            Workflow workflow,
            @Nullable DataSource events,
            Path directory,
            WorkflowEngine engine,
            Progress progress)
            throws IOException {
        if (events != null) {
            Path target = PreparedData.target(directory.resolve(name), layout);
            Checks.sequences(
                    events,
                    progress.during(
                            "Writing " + name + " sequences",
                            () -> engine.transform(workflow, events, target, layout)));
        }
    }
}
