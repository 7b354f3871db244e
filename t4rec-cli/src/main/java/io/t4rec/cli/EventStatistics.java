package io.t4rec.cli;

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

/**
 * What a file of imported events holds.
 *
 * @param events rows
 * @param sessions distinct session ids
 * @param items distinct item ids
 * @param firstTime microseconds since 1970
 * @param lastTime microseconds since 1970
 */
record EventStatistics(long events, long sessions, long items, long firstTime, long lastTime) {
    /** Times before 1971 are counters: data sets that know the order of events only. */
    private static final Instant EARLIEST = Instant.parse("1971-01-01T00:00:00Z");

    /** Of files whose values a workflow was fitted on, or can be transformed. */
    static EventStatistics of(DataSource events, WorkflowConfig columns, Schema schema, DatabaseSettings settings) {
        Schema roles = schema.select(List.of(columns.session(), columns.item(), columns.time()));
        String time = "cast(" + Database.identifier(columns.time()) + " as bigint)";
        long[] found = new long[5];
        try (Database database = Database.open(settings, 0)) {
            database.forEach(
                    "select count(*), count(distinct " + Database.identifier(columns.session()) + "), count(distinct "
                            + Database.identifier(columns.item()) + "), coalesce(min(" + time + "), 0), coalesce(max("
                            + time + "), 0) from "
                            + DataTable.open(database, events, roles).relation(),
                    row -> {
                        for (int i = 0; i < found.length; i++) {
                            found[i] = row.getLong(i + 1);
                        }
                    });
        }
        return new EventStatistics(found[0], found[1], found[2], found[3], found[4]);
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
                number(found, columns.time(), "max"));
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
