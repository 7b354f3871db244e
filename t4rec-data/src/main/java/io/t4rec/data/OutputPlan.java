package io.t4rec.data;

import io.t4rec.schema.Schema;
import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which rows go into which files of a folder.
 *
 * @param files in the order of the rows
 */
public record OutputPlan(List<Part> files) {
    /** File that only folders of this kind have: rows by file. */
    public static final String MARKER = "_files.json";

    private static final int FORMAT_VERSION = 1;
    private static final String SCHEMA = "schema.pbtxt";

    /**
     * Rows with the same values in the columns that are partitioned by, which follow one another.
     *
     * @param values as text
     * @param rows how many
     */
    public record Group(List<@Nullable String> values, long rows) {}

    /**
     * A file.
     *
     * @param name within the folder
     * @param first place of its first row, from 0
     * @param rows how many
     */
    public record Part(String name, long first, long rows) {}

    /** The saved form of {@code _files.json}. */
    record Manifest(int formatVersion, long rows, Map<String, Long> files) {}

    /**
     * Plans files.
     *
     * @param groups in order; a single one without partitions
     * @param bytes that all rows take in one file; looked at when the layout says a size
     */
    public static OutputPlan of(OutputLayout layout, List<Group> groups, long bytes) {
        long all = Math.max(1, groups.stream().mapToLong(Group::rows).sum());
        List<Part> parts = new ArrayList<>();
        long begin = 0;
        for (Group group : groups) {
            long wanted = layout.fileSize() > 0
                    ? (long) Math.ceil((double) bytes / layout.fileSize() * group.rows() / all)
                    : layout.files();
            long number = Math.max(1, Math.min(wanted, group.rows()));
            String folder = folder(layout.partitionBy(), group.values());
            for (long i = 0; i < number; i++) {
                long from = begin + first(i, number, group.rows());
                long to = begin + first(i + 1, number, group.rows());
                parts.add(new Part(folder + String.format(Locale.ROOT, "part-%05d.parquet", i), from, to - from));
            }
            begin += group.rows();
        }
        return new OutputPlan(List.copyOf(parts));
    }

    /** Of equal parts that differ by one at most. */
    private static long first(long part, long parts, long rows) {
        return part * (rows / parts) + Math.min(part, rows % parts);
    }

    private static String folder(List<String> columns, List<@Nullable String> values) {
        StringBuilder folder = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            folder.append(HiveNames.folder(columns.get(i), values.get(i))).append('/');
        }
        return folder.toString();
    }

    /** Number of rows in all files. */
    public long rows() {
        return files.stream().mapToLong(Part::rows).sum();
    }

    /** Writes what stands beside the files. */
    public void describe(Path folder, Schema schema) throws IOException {
        schema.write(folder.resolve(SCHEMA));
        Map<String, Long> rows = new LinkedHashMap<>();
        files.forEach(file -> rows.put(file.name(), file.rows()));
        ConfigFiles.writeJson(folder.resolve(MARKER), new Manifest(FORMAT_VERSION, rows(), rows));
    }
}
