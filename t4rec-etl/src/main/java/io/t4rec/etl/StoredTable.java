package io.t4rec.etl;

import io.t4rec.schema.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.function.Function;

/**
 * A table of fitted state that lies in Parquet files, since it may be larger than memory. Whoever needs its rows in memory reads it; those
 * that can't do without are DuckDB and requests.
 */
public interface StoredTable {
    /** Number of rows. */
    long rows();

    /**
     * Gives the table to a reader, as a Parquet file or a folder of them on this machine. A copy that was made for it is gone afterwards.
     *
     * @throws DataException when it is there no more
     */
    <T> T read(Function<Path, T> reader);

    /**
     * A file of a saved workflow, which must stay as it is while the workflow is in use.
     *
     * @param modified when it was written last
     */
    record LocalFile(Path file, long rows, FileTime modified) implements StoredTable {
        static LocalFile of(Path file, long rows) throws IOException {
            return new LocalFile(file, rows, Files.getLastModifiedTime(file));
        }

        /**
         * The file.
         *
         * @throws DataException when it is not the one that was loaded
         */
        public Path unchanged() {
            try {
                if (Files.getLastModifiedTime(file).equals(modified)) {
                    return file;
                }
                throw new DataException(file + ": changed (expected: as when the workflow was loaded; load it again)");
            } catch (IOException e) {
                throw new DataException(
                        file + ": can't be read (" + e.getMessage()
                                + "; expected: to stay while the workflow is in use)",
                        e);
            }
        }

        @Override
        public <T> T read(Function<Path, T> reader) {
            return reader.apply(unchanged());
        }
    }
}
