package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.Names;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How rows are laid out in Parquet files. By default all are in one file. Else the output is a folder with {@code part-00000.parquet} and so on,
 * which hold the rows by name, {@code schema.pbtxt}, and {@code _files.json} with the number of rows of each.
 *
 * @param files how many files have equal parts of the rows, of each partition where there are some; fewer when there are fewer rows.
 *     Default 1
 * @param fileSize about how many bytes a file has, in place of their number; default 0: the number decides
 * @param partitionBy columns whose values name folders {@code key=value} and are not in the files: integers, booleans or text with one value a
 *     row. Default none
 * @param shuffleSeed brings the rows into a random order that this number decides, over all files; null, the default, for the order they
 *     have
 */
public record OutputLayout(
        int files,
        long fileSize,
        List<String> partitionBy,
        @Nullable Long shuffleSeed) {
    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]*) ?([KMGT])(i?)B", Pattern.CASE_INSENSITIVE);

    /** @throws ConfigException for a number below 1, both a number and a size, or a column named twice */
    public OutputLayout {
        partitionBy = List.copyOf(partitionBy);
        if (files < 1) {
            throw new ConfigException("files: " + files + " (expected: >= 1)");
        }
        if (fileSize < 0 || (fileSize > 0 && files > 1)) {
            throw new ConfigException("file size: " + fileSize + " with files: " + files
                    + " (expected: a positive size, or a number of files)");
        }
        if (new HashSet<>(partitionBy).size() < partitionBy.size()) {
            throw new ConfigException("partition by: " + partitionBy + " (expected: each column once)");
        }
    }

    /** One file, in the order of the rows. */
    public static OutputLayout single() {
        return new OutputLayout(1, 0, List.of(), null);
    }

    /** In this many files. */
    public OutputLayout inFiles(int number) {
        return new OutputLayout(number, 0, partitionBy, shuffleSeed);
    }

    /** In files of about this many bytes. */
    public OutputLayout inFilesOf(long bytes) {
        return new OutputLayout(1, bytes, partitionBy, shuffleSeed);
    }

    /** In folders by the values of columns. */
    public OutputLayout partitionedBy(List<String> columns) {
        return new OutputLayout(files, fileSize, columns, shuffleSeed);
    }

    /** In an order that a seed decides. */
    public OutputLayout shuffled(long seed) {
        return new OutputLayout(files, fileSize, partitionBy, seed);
    }

    /**
     * Bytes of a size in words, such as {@code 64MB} or {@code 1GiB}.
     *
     * @throws ConfigException for other words
     */
    public static long bytes(String size) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches() || matcher.group(1).length() > 6) {
            throw new ConfigException("file size: " + size + " (expected: a size, for instance 64MB or 1GiB)");
        }
        int power = 1 + "KMGT".indexOf(matcher.group(2).toUpperCase(Locale.ROOT));
        double unit = Math.pow(matcher.group(3).isEmpty() ? 1000 : 1024, power);
        return (long) (Long.parseLong(matcher.group(1)) * unit);
    }

    /** Whether the output is a folder rather than a file. */
    public boolean isFolder() {
        return files > 1 || fileSize > 0 || !partitionBy.isEmpty();
    }

    /**
     * That the rows can be laid out like this.
     *
     * @throws ConfigException for a column to partition by that isn't there, or whose values can't name folders, or when none is left
     */
    public void check(Schema schema) {
        for (String name : partitionBy) {
            ColumnSchema column = schema.find(name);
            if (column == null) {
                throw new ConfigException(
                        "partition by: " + name + " (expected: " + Names.expectation(name, schema.names()) + ")");
            }
            if (column.isList() || column.dtype().isFloating()) {
                throw new ConfigException("partition by: " + name + ": " + (column.isList() ? "lists of " : "")
                        + column.dtype() + " (expected: integers, booleans or text with one value a row)");
            }
        }
        if (partitionBy.size() == schema.size()) {
            throw new ConfigException("partition by: " + partitionBy + " (expected: at least one column beside them)");
        }
    }
}
