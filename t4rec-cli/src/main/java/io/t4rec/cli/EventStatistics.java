package io.t4rec.cli;

import io.t4rec.data.Database;
import io.t4rec.etl.WorkflowConfig;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

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

    static EventStatistics of(Path events, WorkflowConfig columns) {
        long[] found = new long[5];
        try (Database database = Database.open()) {
            database.forEach(
                    "select count(*), count(distinct " + Database.identifier(columns.session()) + "), count(distinct "
                            + Database.identifier(columns.item()) + "), coalesce(min("
                            + Database.identifier(columns.time()) + "), 0), coalesce(max("
                            + Database.identifier(columns.time()) + "), 0) from read_parquet("
                            + Database.literal(events.toString()) + ")",
                    row -> {
                        for (int i = 0; i < found.length; i++) {
                            found[i] = row.getLong(i + 1);
                        }
                    });
        }
        return new EventStatistics(found[0], found[1], found[2], found[3], found[4]);
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
