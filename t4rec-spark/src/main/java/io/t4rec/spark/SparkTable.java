package io.t4rec.spark;

import io.t4rec.etl.StoredTable;
import io.t4rec.schema.DataException;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A folder of Parquet that executors wrote, in any file system that Spark reads.
 *
 * @param configuration of the file systems
 */
record SparkTable(Configuration configuration, Path folder, long rows) implements StoredTable {
    @Override
    public <T> T read(Function<java.nio.file.Path, T> reader) {
        try {
            java.nio.file.Path local = Files.createTempDirectory("t4rec-state");
            try {
                java.nio.file.Path copy = local.resolve("table");
                folder.getFileSystem(configuration).copyToLocalFile(false, folder, new Path(copy.toUri()), true);
                return reader.apply(copy);
            } finally {
                AtomicFiles.deleteTree(local);
            }
        } catch (IOException e) {
            throw new DataException(
                    folder + ": fitted state can't be read (" + e.getMessage()
                            + "; expected: the workflow to be saved before its engine is closed)",
                    e);
        }
    }
}
