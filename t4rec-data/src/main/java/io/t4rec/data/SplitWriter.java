package io.t4rec.data;

import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.SchemaException;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Holds the events of a split in a table that gets the columns to divide by, and writes the parts of it. */
final class SplitWriter {
    /** Number of an event in its file, from 1: column of the table {@code events}. */
    static final String ROW = "__row";

    private static final String MANIFEST = "split.json";
    private static final int FORMAT_VERSION = 1;

    private final Database database;
    private final Path events;
    private final Path target;
    private final Schema schema;
    private final String columns;
    private final List<Split.Part> parts = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /** What stands in {@code split.json}. */
    private record Manifest(int formatVersion, String split, List<Split.Part> parts, List<String> warnings) {}

    /** Divides the events with a writer's help. */
    @FunctionalInterface
    interface Work {
        void divide(SplitWriter writer) throws IOException;
    }

    private SplitWriter(Database database, Path events, Path target, Schema schema) {
        this.database = database;
        this.events = events;
        this.target = target;
        this.schema = schema;
        this.columns = String.join(
                ", ", schema.names().stream().map(Database::identifier).toList());
    }

    static Split.Report write(Split split, Path events, Path directory, Work work) throws IOException {
        if (!Files.isRegularFile(events)) {
            throw new DataException("file: " + events + " (expected: an existing Parquet file of events)");
        }
        DataFiles.requireApart(DataSource.of(events), directory);
        Schema schema = schemaOf(events);
        List<Split.Report> report = new ArrayList<>();
        AtomicFiles.directory(directory, MANIFEST, temporary -> {
            try (Database database = Database.openInOrder()) {
                SplitWriter writer = new SplitWriter(database, events, temporary, schema);
                writer.load();
                work.divide(writer);
                report.add(new Split.Report(List.copyOf(writer.parts), List.copyOf(writer.warnings)));
                ConfigFiles.writeJson(
                        temporary.resolve(MANIFEST),
                        new Manifest(FORMAT_VERSION, split.toString(), writer.parts, writer.warnings));
            }
        });
        return report.get(0);
    }

    private static Schema schemaOf(Path events) throws IOException {
        Path file = events.resolveSibling("schema.pbtxt");
        if (!Files.isRegularFile(file)) {
            throw new DataException("file: " + file + " (expected: the schema of " + events.getFileName()
                    + " beside it; import the events first)");
        }
        return Schema.read(file);
    }

    private void load() {
        String relation = "read_parquet(" + Database.literal(events.toString()) + ")";
        Map<String, String> present;
        try {
            present = database.describe("select * from " + relation);
        } catch (DataException e) {
            throw SequenceFiles.unreadable(events.toString(), e);
        }
        List<String> roles = List.of(EventImporter.SESSION, EventImporter.ITEM, EventImporter.TIME);
        roles.forEach(name -> require(name, schema.names(), events.resolveSibling("schema.pbtxt")));
        schema.names().forEach(name -> require(name, present.keySet(), events));
        if (!"BIGINT".equals(present.get(EventImporter.TIME))) {
            throw new SchemaException(events + ", column time: " + present.get(EventImporter.TIME)
                    + " (expected: BIGINT, microseconds; import the events first)");
        }
        try {
            database.execute("create temp table events as select " + columns + ", row_number() over () as " + ROW
                    + " from " + relation);
        } catch (DataException e) {
            throw SequenceFiles.unreadable(events.toString(), e);
        }
        for (String name : roles) {
            database.forEach("select min(" + ROW + "), count(*) from events where " + name + " is null", row -> {
                if (row.getLong(2) > 0) {
                    throw refused("row " + row.getLong(1) + ", column " + name + ": null (expected: a value)");
                }
            });
        }
        if (number("select count(*) from events") == 0) {
            throw refused("no event (expected: at least one)");
        }
    }

    private static void require(String name, Collection<String> present, Path file) {
        if (!present.contains(name)) {
            throw new DataException(
                    file + ": no column " + name + " (expected: " + Names.expectation(name, present) + ")");
        }
    }

    /** Whether the time says nothing but the place of an event in its sequence. */
    boolean isOrderOnly() {
        return Boolean.TRUE.equals(schema.get(EventImporter.TIME).properties().get(EventImporter.ORDER_ONLY));
    }

    /** Refuses events that are only numbered: a place in a sequence says nothing of when other users did something. */
    void requireTimes() {
        if (isOrderOnly()) {
            throw refused(
                    "column time: the order of events (expected: times, to split by them; split by leave-one-out)");
        }
    }

    /** Adds columns to the table of events: SQL expressions with names. */
    void derive(String expressions) {
        database.execute(
                "create or replace temp table events as select *, " + expressions + " from events order by " + ROW);
    }

    /** Adds the column {@code __half}, 0 or 1 for half of the sessions of each {@code __window}; an odd one is 1. */
    void halves(long seed) {
        database.execute("create temp table halves as select __window, session_id, row_number() over (partition by"
                + " __window order by md5(" + Database.literal(seed + ":")
                + " || session_id), session_id) % 2 as __half"
                + " from (select distinct __window, session_id from events)");
        // in the order of windows: what is written next is read window by window
        database.execute("create or replace temp table events as select e.*, h.__half from events e join halves h"
                + " using (__window, session_id) order by __window, " + ROW);
    }

    long number(String sql) {
        return database.number(sql);
    }

    List<Long> numbers(String sql) {
        List<Long> numbers = new ArrayList<>();
        database.forEach(sql, row -> numbers.add(row.getLong(1)));
        return numbers;
    }

    /** The {@code __end} of a relation below which a share of its rows lies. */
    long quantile(String relation, double share) {
        long count = number("select count(*) from " + relation);
        // 1 - 0.1 - 0.1 is a little less than 0.8
        long below = Math.min(count - 1, (long) Math.floor(share * count + 1e-6));
        return number("select __end from " + relation + " order by 1 limit 1 offset " + below);
    }

    void warn(String warning) {
        warnings.add(warning);
    }

    DataException refused(String what) {
        return new DataException(events + ": " + what);
    }

    /**
     * Writes the events that meet a condition.
     *
     * @param expected what an empty part lacks; null when it may be empty
     */
    Split.Part part(String file, String condition, @Nullable String expected) throws IOException {
        long[] figures = new long[4];
        database.forEach(
                "select count(*), count(distinct session_id), coalesce(min(time), 0), coalesce(max(time), 0) from events"
                        + " where " + condition,
                row -> {
                    for (int i = 0; i < figures.length; i++) {
                        figures[i] = row.getLong(i + 1);
                    }
                });
        if (figures[0] == 0 && expected != null) {
            throw refused("nothing for " + file + " (expected: " + expected + ")");
        }
        Path path = target.resolve(file);
        Path folder = Objects.requireNonNull(path.getParent());
        Files.createDirectories(folder);
        database.writeParquet("select " + columns + " from events where " + condition + " order by " + ROW, path);
        if (!Files.exists(folder.resolve("schema.pbtxt"))) {
            schema.write(folder.resolve("schema.pbtxt"));
        }
        Split.Part part = new Split.Part(file, figures[0], figures[1], figures[2], figures[3]);
        parts.add(part);
        return part;
    }
}
