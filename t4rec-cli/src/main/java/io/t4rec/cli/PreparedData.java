package io.t4rec.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.t4rec.data.Database;
import io.t4rec.data.SequenceWindows;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.etl.WorkflowEngine;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory that {@code prepare} writes: {@code workflow/}, {@code train/sequences.parquet}, {@code
 * evaluation/sequences.parquet}, for recipes {@code test/sequences.parquet}, and {@code events.json} and {@code columns.json} with
 * statistics of the events they were made of.
 *
 * @param directory its place
 * @param workflow fitted on the training events
 * @param events statistics of the events
 */
record PreparedData(Path directory, Workflow workflow, Events events) {
    private static final int FORMAT_VERSION = 1;
    private static final String EVENTS = "events.json";
    private static final String WORKFLOW = "workflow";
    private static final String MARKER = WORKFLOW + "/workflow.json";

    /**
     * Imported event files.
     *
     * @param evaluation to choose the epoch by, and to report on when there is no test; null for none
     * @param test to report on once; null for none
     */
    record Parts(
            Path train, @Nullable Path evaluation, @Nullable Path test) {
        List<Path> all() {
            return Stream.of(train, evaluation, test).filter(Objects::nonNull).toList();
        }
    }

    /** The saved form of {@code events.json}; parts that weren't given are null. */
    record Events(
            int formatVersion,
            EventStatistics train,
            @Nullable EventStatistics evaluation,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            EventStatistics test) {
        /** Statistics of events that all are trained on. */
        static Events of(EventStatistics train) {
            return new Events(FORMAT_VERSION, train, null, null);
        }

        /** Of those that are reported on. */
        @Nullable
        EventStatistics reported() {
            return test == null ? evaluation : test;
        }

        @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
        Events {
            if (formatVersion != FORMAT_VERSION || train == null) {
                throw new ConfigException("formatVersion: " + formatVersion + ", train " + train + " (expected: "
                        + FORMAT_VERSION + " and figures; run t4rec prepare again)");
            }
        }
    }

    static PreparedData write(Path directory, Parts parts, DataSettings settings, Progress progress)
            throws IOException {
        try (WorkflowEngine engine = WorkflowEngine.duckDb("")) {
            return write(directory, parts, settings, engine, progress);
        }
    }

    /** @param engine that fits the workflow and makes the sequences */
    static PreparedData write(
            Path directory, Parts parts, DataSettings settings, WorkflowEngine engine, Progress progress)
            throws IOException {
        for (Path file : parts.all()) {
            Checks.parquet(file);
        }
        AtomicFiles.checkReplaceable(directory, MARKER);
        Schema schema = Checks.schemaBeside(parts.train());
        WorkflowConfig config = settings.workflow(schema);
        Workflow workflow = progress.during(
                "Fitting the workflow", () -> Checks.forSessions(engine.fit(config, parts.train(), schema)));
        Events statistics = new Events(
                FORMAT_VERSION,
                EventStatistics.of(parts.train(), config),
                statistics(parts.evaluation(), config),
                statistics(parts.test(), config));
        AtomicFiles.directory(directory, MARKER, temporary -> {
            workflow.save(temporary.resolve(WORKFLOW));
            progress.during(
                    "Writing training sequences",
                    () -> training(workflow, parts.train(), settings.windowLength(), engine, train(temporary)));
            transform("evaluation", workflow, parts.evaluation(), evaluation(temporary), engine, progress);
            transform("test", workflow, parts.test(), test(temporary), engine, progress);
            ConfigFiles.writeJson(temporary.resolve(EVENTS), statistics);
            progress.during("Summarising the events", () -> EventProfile.write(temporary, parts, config, schema));
        });
        return new PreparedData(directory, workflow, statistics);
    }

    private static @Nullable EventStatistics statistics(@Nullable Path events, WorkflowConfig config) {
        return events == null ? null : EventStatistics.of(events, config);
    }

    private static long training(Workflow workflow, Path events, int windowLength, WorkflowEngine engine, Path target)
            throws IOException {
        if (windowLength == 0) {
            long rows = engine.transformTraining(workflow, events, target);
            Checks.sequences(events, rows);
            return rows;
        }
        Path folder = target.resolveSibling("whole");
        Path whole = folder.resolve("sequences.parquet");
        Checks.sequences(events, engine.transformTraining(workflow, events, whole));
        long rows = SequenceWindows.write(whole, workflow.outputSchema(), windowLength, target);
        AtomicFiles.deleteTree(folder);
        return rows;
    }

    private static void transform(
            String name,
            Workflow workflow,
            @Nullable Path events,
            Path target,
            WorkflowEngine engine,
            Progress progress)
            throws IOException {
        if (events != null) {
            Checks.sequences(
                    events,
                    progress.during(
                            "Writing " + name + " sequences", () -> engine.transform(workflow, events, target)));
        }
    }

    static PreparedData read(Path directory) throws IOException {
        if (!Files.isDirectory(directory.resolve(WORKFLOW)) || !Files.exists(directory.resolve(EVENTS))) {
            throw new DataException("directory: " + directory + " (expected: one that t4rec prepare wrote)");
        }
        return new PreparedData(
                directory,
                Workflow.load(directory.resolve(WORKFLOW)),
                ConfigFiles.readJson(directory.resolve(EVENTS), Events.class));
    }

    private static Path train(Path directory) {
        return directory.resolve("train").resolve("sequences.parquet");
    }

    private static Path evaluation(Path directory) {
        return directory.resolve("evaluation").resolve("sequences.parquet");
    }

    private static Path test(Path directory) {
        return directory.resolve("test").resolve("sequences.parquet");
    }

    Path train() {
        return train(directory);
    }

    Path evaluation() {
        return evaluation(directory);
    }

    boolean hasEvaluation() {
        return Files.exists(evaluation());
    }

    boolean hasTest() {
        return Files.exists(test(directory));
    }

    /** Whether there is something to report on. */
    boolean hasReported() {
        return hasTest() || hasEvaluation();
    }

    /** What is reported on: the test where there is one, else what the epoch was chosen by. */
    Path reported() {
        return hasTest() ? test(directory) : evaluation();
    }

    long rows(Path file) {
        try (Database database = Database.open("", 1)) {
            return database.number("select count(*) from read_parquet(" + Database.literal(file.toString()) + ")");
        }
    }
}
