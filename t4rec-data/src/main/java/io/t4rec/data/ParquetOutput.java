package io.t4rec.data;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes rows of DuckDB as Parquet files, all or nothing. */
public final class ParquetOutput {
    /** Number of a row before it was shuffled, from 0. */
    private static final String NUMBER = "__output_number";

    /** Place of a row in the output, from 0. */
    private static final String PLACE = "__output_place";

    private static final String ROWS = "output_rows";

    private final Database database;
    private final Schema schema;
    private final OutputLayout layout;

    /**
     * Of rows in a layout.
     *
     * @throws ConfigException when the layout doesn't suit the schema
     */
    public ParquetOutput(Database database, Schema schema, OutputLayout layout) {
        layout.check(schema);
        for (String reserved : List.of(NUMBER, PLACE)) {
            if (schema.contains(reserved)) {
                throw new ConfigException("column " + reserved + ": its name is taken (expected: another)");
            }
        }
        this.database = database;
        this.schema = schema;
        this.layout = layout;
    }

    /**
     * Writes the rows. A folder gets its schema; a file's is left to the caller.
     *
     * @param columns SQL of the schema's columns, in its types
     * @param relation that has them
     * @param order SQL of what its rows are sorted by
     * @return number of rows
     * @throws IOException when it fails; what was there stays
     */
    public long write(String columns, String relation, String order, Path target) throws IOException {
        // types last: those of the relation may be narrower, and sort faster
        String rows = "select " + columns + " from (from " + relation + " order by " + order + ")";
        if (!layout.isFolder() && layout.shuffleSeed() == null) {
            return file(rows, target);
        }
        String numbered = "select " + columns + ", row_number() over (order by " + order + ") - 1 as " + NUMBER
                + " from " + relation;
        database.execute("create temp table " + ROWS + " as select *, row_number() over (order by " + order()
                + ") - 1 as " + PLACE + " from (" + numbered + ") order by " + PLACE);
        try {
            return layout.isFolder() ? folder(target) : file(select(schema.names(), ""), target);
        } finally {
            database.execute("drop table " + ROWS);
        }
    }

    private long file(String query, Path target) throws IOException {
        AtomicFiles.file(target, temporary -> database.writeParquet(query, temporary));
        return database.number("select count(*) from read_parquet("
                + DuckDbFiles.literal(new DataFile(target.toString(), Map.of())) + ")");
    }

    /** Partitions, then the hash of {@code seed:number} where rows are shuffled, then their number: the same on every engine. */
    private String order() {
        List<String> keys = new ArrayList<>();
        layout.partitionBy().forEach(column -> keys.add(Database.identifier(column) + " nulls last"));
        if (layout.shuffleSeed() != null) {
            keys.add("substr(md5('" + layout.shuffleSeed() + ":' || " + NUMBER + "), 1, 16)");
        }
        keys.add(NUMBER);
        return String.join(", ", keys);
    }

    private static String select(List<String> columns, String condition) {
        return "select " + columns.stream().map(Database::identifier).collect(Collectors.joining(", ")) + " from "
                + ROWS + condition + " order by " + PLACE;
    }

    private long folder(Path target) throws IOException {
        AtomicFiles.checkReplaceable(target, OutputPlan.MARKER);
        long[] rows = new long[1];
        AtomicFiles.directory(target, OutputPlan.MARKER, temporary -> {
            OutputPlan plan = OutputPlan.of(layout, groups(), layout.fileSize() > 0 ? bytes(temporary) : 0);
            List<String> columns = schema.names().stream()
                    .filter(name -> !layout.partitionBy().contains(name))
                    .toList();
            for (OutputPlan.Part part : plan.files()) {
                Path file = temporary.resolve(part.name());
                Path inside = file.getParent();
                if (inside != null) {
                    Files.createDirectories(inside);
                }
                database.writeParquet(
                        select(
                                columns,
                                " where " + PLACE + " >= " + part.first() + " and " + PLACE + " < "
                                        + (part.first() + part.rows())),
                        file);
            }
            plan.describe(temporary, schema);
            rows[0] = plan.rows();
        });
        return rows[0];
    }

    private List<OutputPlan.Group> groups() {
        List<OutputPlan.Group> groups = new ArrayList<>();
        int keys = layout.partitionBy().size();
        String values = layout.partitionBy().stream()
                .map(column -> "cast(" + Database.identifier(column) + " as varchar), ")
                .collect(Collectors.joining());
        String by = layout.partitionBy().stream().map(Database::identifier).collect(Collectors.joining(", "));
        database.forEach(
                "select " + values + "count(*) from " + ROWS + (keys == 0 ? "" : " group by " + by) + " order by min("
                        + PLACE + ")",
                row -> {
                    List<@Nullable String> group = new ArrayList<>();
                    for (int i = 1; i <= keys; i++) {
                        group.add(row.getString(i));
                    }
                    groups.add(new OutputPlan.Group(group, row.getLong(keys + 1)));
                });
        return groups;
    }

    /** Size of all rows in one file. */
    private long bytes(Path folder) throws IOException {
        Path whole = folder.resolve("whole.parquet");
        database.writeParquet(select(schema.names(), ""), whole);
        long bytes = Files.size(whole);
        Files.delete(whole);
        return bytes;
    }
}
