package io.t4rec.spark;

import io.t4rec.schema.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Where fitted tables lie that are too large for the driver. Made when the first is; deleted when closed, at the latest with the JVM. */
final class StateFolder implements AutoCloseable {
    private final boolean local;
    private final Configuration configuration;
    private final SparkSettings settings;
    private @Nullable Path root;
    private int tables;

    StateFolder(SparkSession session, SparkSettings settings) {
        this.local = session.sparkContext().isLocal();
        this.configuration = session.sparkContext().hadoopConfiguration();
        this.settings = settings;
    }

    /**
     * A place for a table, which doesn't exist yet.
     *
     * @param name of the table, for messages
     * @param rows of it, for messages
     * @throws ConfigException when no folder is known that executors see
     */
    synchronized Path next(String name, long rows) {
        Path known = root;
        if (known == null) {
            known = new Path(folder(name, rows), "t4rec-state-" + UUID.randomUUID());
            try {
                FileSystem files = known.getFileSystem(configuration);
                if (!files.mkdirs(known)) {
                    throw new IOException("not made");
                }
                files.deleteOnExit(known);
            } catch (IOException e) {
                throw new ConfigException(
                        SparkProvider.STATE_FOLDER + ": " + known.getParent() + ": " + e.getMessage()
                                + " (expected: a folder that can be written)",
                        e);
            }
            root = known;
        }
        return new Path(known, "table-" + tables++);
    }

    private String folder(String name, long rows) {
        if (!settings.stateFolder().isEmpty()) {
            return settings.stateFolder();
        }
        if (!local) {
            throw new ConfigException(SparkProvider.STATE_FOLDER
                    + ": not set (expected: a folder that driver and executors see, for the " + rows
                    + " rows of " + name + ", more than " + SparkProvider.DRIVER_ROWS + ", " + settings.driverRows()
                    + ")");
        }
        return Places.toWrite(java.nio.file.Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** Deletes all tables. */
    @Override
    public synchronized void close() {
        Path known = root;
        root = null;
        if (known != null) {
            try {
                known.getFileSystem(configuration).delete(known, true);
            } catch (IOException e) {
                throw new UncheckedIOException(known + ": not deleted", e);
            }
        }
    }
}
