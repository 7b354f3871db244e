package io.t4rec.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.t4rec.data.DataFiles;
import io.t4rec.data.DataSource;
import io.t4rec.data.Database;
import io.t4rec.data.OutputLayout;
import io.t4rec.etl.Workflow;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A directory that {@code prepare} writes: {@code workflow/}, {@code train/}, {@code evaluation/}, for recipes {@code test/}, and {@code
 * events.json} and {@code columns.json} with statistics of the events they were made of. Sequences are in {@code sequences.parquet}, or in the files of the folder
 * {@code sequences/}.
 *
 * @param directory its place
 * @param workflow fitted on the training events
 * @param events statistics of the events
 */
record PreparedData(Path directory, Workflow workflow, Events events) {
    static final String WORKFLOW = "workflow";

    /** What only such directories hold. */
    static final String MARKER = WORKFLOW + "/workflow.json";

    private static final int FORMAT_VERSION = 1;
    private static final String EVENTS = "events.json";
    private static final String FILE = "sequences.parquet";
    private static final String FOLDER = "sequences";

    /** The saved form of {@code events.json}; parts that weren't given are null. */
    record Events(
            int formatVersion,
            EventStatistics train,
            @Nullable EventStatistics evaluation,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            EventStatistics test) {
        /** Statistics of all parts. */
        static Events of(EventStatistics train, @Nullable EventStatistics evaluation, @Nullable EventStatistics test) {
            return new Events(FORMAT_VERSION, train, evaluation, test);
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

        void write(Path directory) throws IOException {
            ConfigFiles.writeJson(directory.resolve(EVENTS), this);
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

    /** Where the sequences of a part are written. */
    static Path target(Path part, OutputLayout layout) {
        return part.resolve(layout.isFolder() ? FOLDER : FILE);
    }

    private List<Path> files(String part) {
        Path folder = directory.resolve(part).resolve(FOLDER);
        return Files.isDirectory(folder)
                ? DataFiles.find(DataSource.of(folder)).files().stream()
                        .map(file -> Path.of(file.location()))
                        .toList()
                : List.of(directory.resolve(part).resolve(FILE));
    }

    private boolean has(String part) {
        return Files.isDirectory(directory.resolve(part));
    }

    /** Files with training sequences. */
    List<Path> train() {
        return files("train");
    }

    /** Files to choose the epoch by. */
    List<Path> evaluation() {
        return files("evaluation");
    }

    boolean hasEvaluation() {
        return has("evaluation");
    }

    boolean hasTest() {
        return has("test");
    }

    /** Whether there is something to report on. */
    boolean hasReported() {
        return hasTest() || hasEvaluation();
    }

    /** What is reported on: the test where there is one, else what the epoch was chosen by. */
    List<Path> reported() {
        return hasTest() ? files("test") : evaluation();
    }

    static long rows(List<Path> files) {
        try (Database database = Database.openInOrder()) {
            return database.number("select count(*) from " + relation(files));
        }
    }

    /** SQL of files of sequences. */
    static String relation(List<Path> files) {
        return "read_parquet(["
                + files.stream()
                        .map(file -> Database.literal(file.toString().replaceAll("[\\[*?]", "[$0]")))
                        .collect(Collectors.joining(", "))
                + "])";
    }
}
