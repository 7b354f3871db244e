package io.t4rec.bench;

import java.util.Arrays;
import java.util.List;

/** In which order a file holds its events: sorting them takes the less time, the more of it is done already. */
enum EventOrder {
    BY_SESSION("events session by session", "file_row_number"),
    BY_TIME("events by time", "\"time\", file_row_number"),
    RANDOM("events in random order", "hash(file_row_number), file_row_number");

    /** Name of the part that is measured on such a file. */
    final String part;

    /** What SQL orders the shop's events by. */
    final String sql;

    EventOrder(String part, String sql) {
        this.part = part;
        this.sql = sql;
    }

    static List<String> parts() {
        return Arrays.stream(values()).map(order -> order.part).toList();
    }

    static EventOrder of(String part) {
        return Arrays.stream(values())
                .filter(order -> order.part.equals(part))
                .findFirst()
                .orElseThrow();
    }
}
