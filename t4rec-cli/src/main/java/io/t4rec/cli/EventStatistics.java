package io.t4rec.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.t4rec.data.DataSource;
import io.t4rec.data.DataTable;
import io.t4rec.data.Database;
import io.t4rec.data.DatabaseSettings;
import io.t4rec.etl.DataStats;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.etl.WorkflowEngine;
import io.t4rec.schema.Schema;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a file of imported events holds.
 *
 * @param events rows
 * @param sessions distinct session ids
 * @param items distinct item ids
 * @param firstTime microseconds since 1970
 * @param lastTime microseconds since 1970
 * @param digest of all values and their order; null where an engine read the events, or an older version did
 */
record EventStatistics(
        long events,
        long sessions,
        long items,
        long firstTime,
        long lastTime,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String digest) {
    /** Ends what a digest was made by. */
    private static final char MAKER_END = ':';

    /** Times before 1971 are counters: data sets that know the order of events only. */
    private static final Instant EARLIEST = Instant.parse("1971-01-01T00:00:00Z");

    /**
     * Of files whose values a workflow was fitted on, or can be transformed.
     *
     * @param schema of the columns that the digest is of, those with a role among them
     */
    static EventStatistics of(DataSource events, WorkflowConfig columns, Schema schema, DatabaseSettings settings) {
        String time = "cast(" + Database.identifier(columns.time()) + " as bigint)";
        EventStatistics[] found = new EventStatistics[1];
        try (Database database = Database.open(settings, 0)) {
            database.forEach(
                    "select count(*), count(distinct " + Database.identifier(columns.session()) + "), count(distinct "
                            + Database.identifier(columns.item()) + "), coalesce(min(" + time + "), 0), coalesce(max("
                            + time + "), 0), " + digest(schema) + " from "
                            + DataTable.open(database, events, schema).relation(),
                    row -> found[0] = new EventStatistics(
                            row.getLong(1),
                            row.getLong(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5),
                            row.getString(6)));
        }
        return found[0];
    }

    /** SQL of what is another one as soon as a value is, or stands in another row; behind the version of DuckDB, whose hash it is. */
    private static String digest(Schema schema) {
        String values = schema.names().stream()
                .map(column -> ", " + Database.identifier(column))
                .collect(Collectors.joining());
        return "version() || '" + MAKER_END + "' || printf('%016x', coalesce(bit_xor(hash(" + DataTable.PLACE + values
                + ")), 0::ubigint))";
    }

    /** Whether two digests would be the same for the same events: hashes of another version of DuckDB say nothing. */
    static boolean areComparable(String digest, String other) {
        return maker(digest).equals(maker(other));
    }

    private static String maker(String digest) {
        return digest.substring(0, digest.lastIndexOf(MAKER_END) + 1);
    }

    /**
     * The same, by the engine where DuckDB can't read the files, or a process is not to read all events. Times beyond 2^53 microseconds
     * are then rounded.
     */
    static EventStatistics of(
            DataSource events,
            WorkflowConfig columns,
            Schema schema,
            WorkflowEngine engine,
            DatabaseSettings settings) {
        if (engine.readsInProcess() && events.locations().stream().noneMatch(DataSource::isRemote)) {
            return of(events, columns, schema, settings);
        }
        List<String> roles = List.of(columns.session(), columns.item(), columns.time());
        WorkflowConfig statistics =
                new WorkflowConfig(columns.session(), columns.item(), columns.time(), List.of(new DataStats(roles)));
        Map<String, Map<String, Double>> found =
                engine.fit(statistics, events, schema.select(roles)).dataStatistics();
        return new EventStatistics(
                number(found, columns.time(), "count"),
                number(found, columns.session(), "distinct"),
                number(found, columns.item(), "distinct"),
                number(found, columns.time(), "min"),
                number(found, columns.time(), "max"),
                null);
    }

    private static long number(Map<String, Map<String, Double>> found, String column, String name) {
        return found.getOrDefault(column, Map.of()).getOrDefault(name, 0.0).longValue();
    }

    /** The first time in words. */
    String first() {
        return time(firstTime);
    }

    /** The last time in words. */
    String last() {
        return time(lastTime);
    }

    private String time(long micros) {
        Instant end = Instant.EPOCH.plus(lastTime, ChronoUnit.MICROS);
        return end.isBefore(EARLIEST)
                ? "order only"
                : Instant.EPOCH
                        .plus(micros, ChronoUnit.MICROS)
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString();
    }
}
