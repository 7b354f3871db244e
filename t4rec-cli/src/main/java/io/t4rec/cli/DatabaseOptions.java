package io.t4rec.cli;

import io.t4rec.data.DatabaseSettings;
import io.t4rec.schema.ConfigException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** What DuckDB may take of the machine. */
final class DatabaseOptions {
    @CommandLine.Option(
            names = "--memory-limit",
            paramLabel = "SIZE",
            description =
                    "Most memory of DuckDB before it spills to disk, for instance 2GB. Default: 80 %% of the machine's.")
    private @Nullable String memoryLimit;

    @CommandLine.Option(
            names = "--temporary-directory",
            paramLabel = "DIR",
            description =
                    "Where DuckDB spills to, an existing directory; what it writes there is gone in the end. Default: that of Java, most often /tmp.")
    private @Nullable Path temporaryDirectory;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    DatabaseOptions() {}

    /** @throws ConfigException for a limit that is no size, or a directory that can't be used */
    DatabaseSettings read() {
        DatabaseSettings settings = DatabaseSettings.defaults();
        settings = memoryLimit == null ? settings : settings.withMemoryLimit(memoryLimit);
        return temporaryDirectory == null ? settings : settings.withTemporaryDirectory(temporaryDirectory);
    }

    /** @throws ConfigException where one is given that does nothing */
    void refuse(String expected) {
        if (memoryLimit != null) {
            throw new ConfigException("--memory-limit: " + memoryLimit + " (expected: " + expected + ")");
        }
        if (temporaryDirectory != null) {
            throw new ConfigException("--temporary-directory: " + temporaryDirectory + " (expected: " + expected + ")");
        }
    }
}
