package io.t4rec.cli;

import io.t4rec.etl.Workflow;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Tag;
import io.t4rec.train.RankedCases;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What commands check of their arguments before the work begins. */
final class Checks {
    private Checks() {}

    static void atLeastOne(String option, int value) {
        atLeast(1, option, value);
    }

    static void atLeast(int min, String option, int value) {
        if (value < min) {
            throw new ConfigException(option + ": " + value + " (expected: >= " + min + ")");
        }
    }

    /** Refuses what is no Parquet file at all, most often a file that was not imported. */
    static void parquet(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new DataException("file: " + file + " (expected: an existing Parquet file)");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(4);
            if (magic.length < 4 || magic[0] != 'P' || magic[1] != 'A' || magic[2] != 'R' || magic[3] != '1') {
                throw new DataException(file + ": no Parquet file (expected: events that t4rec import wrote)");
            }
        }
    }

    /** Refuses a workflow whose output no model for sessions can be trained on. */
    static Workflow forSessions(Workflow workflow) {
        String item = workflow.config().item();
        ColumnSchema found = workflow.outputSchema().find(item);
        if (found == null || !found.isList() || !found.tags().contains(Tag.CATEGORICAL)) {
            throw new ConfigException("data.workflow: " + item + " is "
                    + (found == null ? "absent" : found.isList() ? "no ids" : "one value an event")
                    + " in the end (expected: a list of ids; categorify it, then groupby with a list of it)");
        }
        return workflow;
    }

    static void sequences(Object events, long count) {
        if (count == 0) {
            throw new DataException(events
                    + ": no session of two or more events (expected: at least one; a single event predicts nothing)");
        }
    }

    /** Tells of targets that can't be recommended: in no training event, or left out by the evaluation. */
    static void warnOfMisses(RankedCases cases, PrintWriter warnings) {
        long unknown = cases.unknownTargets();
        if (unknown > 0) {
            warnings.println("warning: " + unknown + " of " + cases.targets().length
                    + " items to predict were never trained; each counts as a miss");
        }
        long excluded = cases.excludedTargets();
        if (excluded > 0) {
            warnings.println("warning: " + excluded + " of " + cases.targets().length
                    + " items to predict are among those of their session that don't compete; each counts as a miss");
        }
    }

    static void host(String host) {
        try {
            InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new ConfigException("--host: " + host + " (expected: a name or address of this machine)", e);
        }
    }
}
