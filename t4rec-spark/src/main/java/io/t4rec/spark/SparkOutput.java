package io.t4rec.spark;

import io.t4rec.data.DataSource;
import io.t4rec.data.SchemaFiles;
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
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * A folder of Parquet files. Tasks write to temporary files which Spark's committer puts in place, so a task that runs twice counts
 * once; the folder as a whole is put in place by renaming.
 */
final class SparkOutput {
    static final String COMPRESSION = "zstd";

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
     * Writes the rows, and in the end their schema beside them; under the folder's name where {@code schema.pbtxt} tells the columns of the
     * events.
     *
     * @param rows with their place
     * @param events they were made of
     * @return how many
     * @throws DataException when the folder exists
     */
    long write(Dataset<Row> rows, Schema schema, DataSource events) throws IOException {
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
            rename(files, temporary, folder);
            Path beside = new Path(parent, schemaName(events));
            files.delete(beside, false); // file systems differ in whether renaming replaces
            rename(files, text, beside);
            return count;
        } finally {
            files.delete(temporary, true);
            files.delete(text, false);
        }
    }

    private String schemaName(DataSource events) throws IOException {
        return folder.getFileSystem(configuration).getScheme().equals("file")
                ? SchemaFiles.name(local(folder), events)
                : "schema.pbtxt";
    }

    private static void rename(FileSystem files, Path from, Path to) throws IOException {
        if (!files.rename(from, to)) {
            throw new IOException(to + ": not written (can't rename " + from + ")");
        }
    }

    /** Writes the rows in order of their place; the folder must not exist yet. */
    long writeParts(Dataset<Row> rows) throws IOException {
        return writeParts(rows, List.of(functions.col(SqlDialect.ROW)));
    }

    /**
     * Writes the rows in an order; the folder must not exist yet.
     *
     * @param order by the last of these columns at the end, which is not written
     * @return number of rows
     */
    long writeParts(Dataset<Row> rows, List<Column> order) throws IOException {
        rows.orderBy(order.toArray(Column[]::new))
                .drop(order.get(order.size() - 1))
                .write()
                .mode(SaveMode.ErrorIfExists)
                .option("compression", COMPRESSION)
                .option("mapreduce.fileoutputcommitter.algorithm.version", "1")
                .parquet(folder.toString());
        return rows();
    }

    /** Number of rows in all files. */
    long rows() throws IOException {
        long count = 0;
        for (Path part : parts()) {
            count += rows(part);
        }
        return count;
    }

    private long rows(Path part) throws IOException {
        try (ParquetFileReader reader = open(part)) {
            return reader.getRecordCount();
        }
    }

    /** Size of all files. */
    long bytes() throws IOException {
        long bytes = 0;
        for (Path part : parts()) {
            bytes += folder.getFileSystem(configuration).getFileStatus(part).getLen();
        }
        return bytes;
    }

    /** What was written, with the place of each row among all of them. */
    Dataset<Row> numbered(SparkSession session, String place) throws IOException {
        List<Path> parts = parts();
        List<Long> first = new ArrayList<>();
        long count = 0;
        for (Path part : parts) {
            first.add(count);
            count += rows(part);
        }
        Column path = functions.col("_metadata.file_path");
        return NumberedFiles.of(session, parts, first)
                .join(
                        session.read()
                                .parquet(parts.stream()
                                        .map(SparkOutput::local)
                                        .map(Places::toRead)
                                        .toArray(String[]::new))
                                .withColumn(NumberedFiles.FILE, path),
                        functions.col("_metadata.row_index"),
                        place);
    }

    /** Puts the only file where it belongs on this machine. */
    void moveOnly(long rows, java.nio.file.Path target) throws IOException {
        List<Path> parts = parts();
        if (parts.size() != 1 || rows() != rows) {
            throw new IOException(target + ": not written (" + parts.size() + " files with " + rows()
                    + " rows; expected: one with " + rows + ")");
        }
        java.nio.file.Path inside = target.getParent();
        if (inside != null) {
            Files.createDirectories(inside);
        }
        Files.move(local(parts.get(0)), target);
    }

    private static java.nio.file.Path local(Path file) {
        return java.nio.file.Path.of(file.toUri().getPath());
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
