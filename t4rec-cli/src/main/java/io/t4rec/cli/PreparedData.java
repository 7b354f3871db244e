package io.t4rec.cli;

import io.t4rec.data.Database;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A directory that {@code prepare} writes: {@code workflow/}, {@code train/sequences.parquet}, {@code
 * evaluation/sequences.parquet}, and {@code events.json} with statistics of the events they were made of.
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

    /** The saved form of {@code events.json}; without evaluation events that part is null. */
    record Events(
            int formatVersion,
            EventStatistics train,
            @Nullable EventStatistics evaluation) {
        /** Statistics of events that all are trained on. */
        static Events of(EventStatistics train) {
            return new Events(FORMAT_VERSION, train, null);
        }

        @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
        Events {
            if (formatVersion != FORMAT_VERSION || train == null) {
                throw new ConfigException("formatVersion: " + formatVersion + ", train " + train + " (expected: "
                        + FORMAT_VERSION + " and figures; run t4rec prepare again)");
            }
        }
    }

    static PreparedData write(
            Path directory, Path events, @Nullable Path evaluation, DataSettings settings, Progress progress)
            throws IOException {
        Checks.parquet(events);
        if (evaluation != null) {
            Checks.parquet(evaluation);
        }
        AtomicFiles.checkReplaceable(directory, MARKER);
        Schema schema = Checks.schemaBeside(events);
        WorkflowConfig config = settings.workflow(schema);
        Workflow workflow =
                progress.during("Fitting the workflow", () -> Checks.forSessions(Workflow.fit(config, events, schema)));
        Events statistics = new Events(
                FORMAT_VERSION,
                EventStatistics.of(events, config),
                evaluation == null ? null : EventStatistics.of(evaluation, config));
        AtomicFiles.directory(directory, MARKER, temporary -> {
            workflow.save(Files.createDirectories(temporary.resolve(WORKFLOW)));
            Checks.sequences(
                    events,
                    progress.during("Writing training sequences", () -> workflow.transform(events, train(temporary))));
            if (evaluation != null) {
                Checks.sequences(
                        evaluation,
                        progress.during(
                                "Writing evaluation sequences",
                                () -> workflow.transform(evaluation, evaluation(temporary))));
            }
            ConfigFiles.writeJson(temporary.resolve(EVENTS), statistics);
        });
        return new PreparedData(directory, workflow, statistics);
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

    Path train() {
        return train(directory);
    }

    Path evaluation() {
        return evaluation(directory);
    }

    boolean hasEvaluation() {
        return Files.exists(evaluation());
    }

    long rows(Path file) {
        try (Database database = Database.open("", 1)) {
            return database.number("select count(*) from read_parquet(" + Database.literal(file.toString()) + ")");
        }
    }
}
