package io.t4rec.cli;

import io.t4rec.data.DataFormat;
import io.t4rec.data.DataProfile;
import io.t4rec.data.DataSource;
import io.t4rec.data.DatabaseSettings;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.etl.WorkflowEngine;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the columns of the events hold that a data set was prepared from, kept in {@code columns.json} for the reports of its runs.
 *
 * @param names of the sets of events: training, and evaluation or test where there is one
 * @param profile of large sets that of a part of the sessions
 */
record EventProfile(int formatVersion, List<String> names, DataProfile profile) {
    private static final int FORMAT_VERSION = 1;
    private static final String FILE = "columns.json";
    /** Events of a set that are looked at, so that preparing large data doesn't take longer for it. */
    private static final long MOST_EVENTS = 200_000;

    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    EventProfile {
        if (formatVersion != FORMAT_VERSION || names == null || profile == null) {
            throw new ConfigException("formatVersion: " + formatVersion + " (expected: " + FORMAT_VERSION
                    + ", with names and profile; run t4rec prepare again)");
        }
    }

    /** Profiles events and leaves the profile in a directory. What an engine reads elsewhere is read here in part only. */
    static EventProfile write(
            Path directory,
            DataPreparation.Parts parts,
            WorkflowConfig config,
            Schema schema,
            WorkflowEngine engine,
            DatabaseSettings database)
            throws IOException {
        List<String> names = new ArrayList<>(List.of("training"));
        List<DataSource> files = new ArrayList<>(List.of(parts.train()));
        DataSource reported = parts.test() == null ? parts.evaluation() : parts.test();
        if (reported != null) {
            names.add(parts.test() == null ? "evaluation" : "test");
            files.add(reported);
        }
        List<String> ids = new ArrayList<>(DataProfile.Roles.of(schema).ids());
        ids.add(config.item());
        DataProfile.Roles roles = new DataProfile.Roles(config.session(), config.time(), Set.copyOf(ids));
        DataProfile profile = engine.readsInProcess()
                ? DataProfile.of(files, schema, roles, MOST_EVENTS, database)
                : ofSamples(directory.resolve("samples"), files, schema, roles, engine);
        EventProfile written = new EventProfile(FORMAT_VERSION, names, profile);
        ConfigFiles.writeJson(directory.resolve(FILE), written);
        return written;
    }

    private static DataProfile ofSamples(
            Path folder, List<DataSource> files, Schema schema, DataProfile.Roles roles, WorkflowEngine engine)
            throws IOException {
        List<DataSource> samples = new ArrayList<>();
        List<Long> rows = new ArrayList<>();
        try {
            for (DataSource events : files) {
                Path sample = folder.resolve(String.valueOf(samples.size()));
                rows.add(engine.sample(events, schema, roles.session(), MOST_EVENTS, sample));
                samples.add(DataSource.of(sample).withFormat(DataFormat.PARQUET));
            }
            return DataProfile.of(samples, schema, roles, Long.MAX_VALUE, DatabaseSettings.defaults())
                    .asSamplesOf(rows);
        } finally {
            AtomicFiles.deleteTree(folder);
        }
    }

    /** The profile in a directory; null for data that were prepared before there was one. */
    static @Nullable EventProfile read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        return Files.exists(file) ? ConfigFiles.readJson(file, EventProfile.class) : null;
    }
}
