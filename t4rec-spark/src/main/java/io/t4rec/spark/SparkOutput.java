package io.t4rec.spark;

import io.t4rec.etl.SqlDialect;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * A folder of Parquet files. Tasks write to temporary files which Spark's committer puts in place, so a task that runs twice counts
 * once; the folder as a whole is put in place by renaming.
 */
final class SparkOutput {
    private final Configuration configuration;
    private final Path folder;

    /** @param folder as Spark takes it */
    SparkOutput(SparkSession session, String folder) {
        this(session.sparkContext().hadoopConfiguration(), folder);
    }

    private SparkOutput(Configuration configuration, String folder) {
        this.configuration = configuration;
        this.folder = new Path(folder);
    }

    /**
     * Writes the rows, and their schema beside them.
     *
     * @param rows with their place
     * @return how many
     * @throws DataException when the folder exists
     */
    long write(Dataset<Row> rows, Schema schema) throws IOException {
        FileSystem files = folder.getFileSystem(configuration);
        if (files.exists(folder)) {
            throw new DataException("output: " + folder + " exists (expected: a folder to make; delete it first)");
        }
        Path parent = folder.getParent();
        Path temporary = new Path(parent, "." + folder.getName() + "." + UUID.randomUUID() + ".tmp");
        Path text = temporary.suffix(".pbtxt");
        try {
            long count = new SparkOutput(configuration, temporary.toString()).writeParts(rows);
            try (OutputStream out = files.create(text, false)) {
                out.write(schema.toPbtxt().getBytes(StandardCharsets.UTF_8));
            }
            Path beside = new Path(parent, "schema.pbtxt");
            files.delete(beside, false);
            rename(files, text, beside);
            rename(files, temporary, folder);
            return count;
        } finally {
            files.delete(temporary, true);
            files.delete(text, false);
        }
    }

    private static void rename(FileSystem files, Path from, Path to) throws IOException {
        if (!files.rename(from, to)) {
            throw new IOException(to + ": not written (can't rename " + from + ")");
        }
    }

    /** Writes the rows in order of their place, which must not exist yet; gives their number. */
    long writeParts(Dataset<Row> rows) throws IOException {
        rows.orderBy(SqlDialect.ROW)
                .drop(SqlDialect.ROW)
                .write()
                .mode(SaveMode.ErrorIfExists)
                .option("compression", "zstd")
                .option("mapreduce.fileoutputcommitter.algorithm.version", "1")
                .parquet(folder.toString());
        long count = 0;
        for (Path part : parts()) {
            try (ParquetFileReader reader = open(part)) {
                count += reader.getRecordCount();
            }
        }
        return count;
    }

    /** Puts the files' row groups, as they are, into one file of this machine. */
    void join(java.nio.file.Path target) throws IOException {
        List<Path> parts = parts();
        try (ParquetFileWriter writer = new ParquetFileWriter(
                HadoopOutputFile.fromPath(new Path(target.toUri()), configuration),
                metadata(parts.get(0)).getSchema(),
                ParquetFileWriter.Mode.CREATE,
                ParquetWriter.DEFAULT_BLOCK_SIZE,
                ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
                ParquetProperties.DEFAULT_COLUMN_INDEX_TRUNCATE_LENGTH,
                ParquetProperties.DEFAULT_STATISTICS_TRUNCATE_LENGTH,
                ParquetProperties.DEFAULT_PAGE_WRITE_CHECKSUM_ENABLED)) {
            writer.start();
            for (Path part : parts) {
                writer.appendFile(HadoopInputFile.fromPath(part, configuration));
            }
            writer.end(Map.of());
        }
        Files.deleteIfExists(target.resolveSibling("." + target.getFileName() + ".crc"));
    }

    private FileMetaData metadata(Path part) throws IOException {
        try (ParquetFileReader reader = open(part)) {
            return reader.getFooter().getFileMetaData();
        }
    }

    private ParquetFileReader open(Path part) throws IOException {
        return ParquetFileReader.open(HadoopInputFile.fromPath(part, configuration));
    }

    private List<Path> parts() throws IOException {
        List<Path> parts = new ArrayList<>();
        for (FileStatus status : folder.getFileSystem(configuration).listStatus(folder)) {
            if (status.getPath().getName().endsWith(".parquet")) {
                parts.add(status.getPath());
            }
        }
        parts.sort(null);
        return parts;
    }
}
