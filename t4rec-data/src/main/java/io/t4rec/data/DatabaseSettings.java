package io.t4rec.data;

import io.t4rec.schema.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What a {@link Database} may take of the machine.
 *
 * @param memoryLimit before it spills to disk, for instance {@code 4GB}; empty, the default, for 80 % of the machine's memory
 * @param temporaryDirectory in which each database that spills makes a folder of its own, gone when it is closed; default {@code
 *     java.io.tmpdir}
 */
public record DatabaseSettings(String memoryLimit, Path temporaryDirectory) {
    private static final Pattern SIZE = Pattern.compile("[0-9]+(\\.[0-9]+)? ?[KMGT]i?B", Pattern.CASE_INSENSITIVE);

    /** @throws ConfigException for a limit that is no size, or a directory that is absent or can't be written */
    public DatabaseSettings {
        if (!memoryLimit.isEmpty() && !SIZE.matcher(memoryLimit).matches()) {
            throw new ConfigException(
                    "memory limit: " + memoryLimit + " (expected: a size, for instance 512MB or 4GB)");
        }
        if (!Files.isDirectory(temporaryDirectory) || !Files.isWritable(temporaryDirectory)) {
            throw new ConfigException("temporary directory: " + temporaryDirectory
                    + " (expected: an existing directory that can be written)");
        }
    }

    /** The defaults. */
    public static DatabaseSettings defaults() {
        return new DatabaseSettings("", Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** With another limit. */
    public DatabaseSettings withMemoryLimit(String limit) {
        return new DatabaseSettings(limit, temporaryDirectory);
    }

    /** With another directory. */
    public DatabaseSettings withTemporaryDirectory(Path directory) {
        return new DatabaseSettings(memoryLimit, directory);
    }
}
