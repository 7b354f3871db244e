package io.t4rec.data;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Layouts of event files that can be imported. */
public enum EventFormat {
    /** Text with a header line; delimiter found by itself; .gz too. */
    CSV("read_csv(%s, all_varchar = true, header = true)", null),
    /** Parquet. */
    PARQUET("read_parquet(%s)", null),
    /** One JSON object a line. */
    JSONL("read_json(%s, format = 'newline_delimited')", null),
    /** session-rec and Serenade: tab, header {@code SessionId ItemId Time}, seconds with fraction. */
    SESSION_REC(
            "read_csv(%s, delim = '\t', all_varchar = true, header = true)",
            new EventColumns("SessionId", "ItemId", "Time", TimeUnit.SECONDS)),
    /** YOOCHOOSE clicks as published: comma, no header, ISO times. */
    YOOCHOOSE(
            "read_csv(%s, delim = ',', all_varchar = true, header = false, names = ['session_id', 'time', 'item_id', 'category'])",
            new EventColumns("session_id", "item_id", "time", TimeUnit.SECONDS)),
    /** MovieLens 100k {@code u.data}: tab, no header. */
    MOVIELENS_100K(
            "read_csv(%s, delim = '\t', all_varchar = true, header = false, names = ['user_id', 'item_id', 'rating', 'timestamp'])",
            new EventColumns("user_id", "item_id", "timestamp", TimeUnit.SECONDS)),
    /** MovieLens in RecBole's {@code .inter} layout: tab, header with types after a colon. */
    MOVIELENS_INTER(
            "(select * from read_csv(%s, delim = '\t', all_varchar = true, header = false, skip = 1, "
                    + "names = ['user_id', 'item_id', 'rating', 'timestamp']))",
            new EventColumns("user_id", "item_id", "timestamp", TimeUnit.SECONDS)),
    /** MovieLens 1M {@code ratings.dat}: {@code user::item::rating::time}. */
    MOVIELENS_1M(
            "(select p[1] as user_id, p[2] as item_id, p[3] as rating, p[4] as \"timestamp\" from "
                    + "(select string_split(line, '::') as p from " + lines() + "))",
            new EventColumns("user_id", "item_id", "timestamp", TimeUnit.SECONDS)),
    /** One user a line, {@code user item item ...}, oldest first. */
    SEQUENCES(
            "(select p[1] as user_id, unnest(p[2:]) as item_id, unnest(range(len(p) - 1)) as position from "
                    + "(select string_split_regex(trim(line), '\\s+') as p from " + lines()
                    + " where trim(line) <> ''))",
            new EventColumns("user_id", "item_id", "position", TimeUnit.MICROSECONDS)),
    /** One event a line, {@code user item}, oldest first for each user. */
    PAIRS(
            "(select p[1] as user_id, p[2] as item_id, row_number() over () as position from "
                    + "(select string_split_regex(trim(line), '\\s+') as p from " + lines()
                    + " where trim(line) <> ''))",
            new EventColumns("user_id", "item_id", "position", TimeUnit.MICROSECONDS)),
    /** OTTO: one session a line, {@code {"session": .., "events": [{"aid": .., "ts": .., "type": ..}]}}, milliseconds. */
    OTTO(
            "(select session, e.aid as aid, e.ts as ts, e.type as type from (select session, unnest(events) as e from "
                    + "read_json(%s, format = 'newline_delimited')))",
            new EventColumns("session", "aid", "ts", TimeUnit.MILLISECONDS));

    /** What a number in the time column counts. ISO times are understood whatever the unit. */
    public enum TimeUnit {
        SECONDS(1_000_000),
        MILLISECONDS(1_000),
        MICROSECONDS(1);

        private final long micros;

        TimeUnit(long micros) {
            this.micros = micros;
        }

        long micros() {
            return micros;
        }
    }

    /**
     * The columns with a role.
     *
     * @param session session or user
     * @param item item
     * @param time time or order
     * @param timeUnit what a number in the time column counts
     */
    public record EventColumns(String session, String item, String time, TimeUnit timeUnit) {
        /** {@code session_id}, {@code item_id}, {@code time} in seconds. */
        public static EventColumns standard() {
            return new EventColumns("session_id", "item_id", "time", TimeUnit.SECONDS);
        }
    }

    private final String source;
    private final @Nullable EventColumns columns;

    EventFormat(String source, @Nullable EventColumns columns) {
        this.source = source;
        this.columns = columns;
    }

    private static String lines() {
        // a delimiter that no text holds makes every line one column
        return "read_csv(%s, delim = '\u0001', quote = '', escape = '', all_varchar = true, header = false, names = ['line'])";
    }

    /** The name in settings and on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws ConfigException for an unknown name, suggesting the nearest */
    public static EventFormat of(String label) {
        for (EventFormat format : values()) {
            if (format.label().equals(label)) {
                return format;
            }
        }
        List<String> known = Arrays.stream(values()).map(EventFormat::label).toList();
        throw new ConfigException("format: " + label + " (expected: " + Names.expectation(label, known) + ")");
    }

    /** Columns of the layout; null where the user names them. */
    public @Nullable EventColumns columns() {
        return columns;
    }

    String relation(String quotedFile) {
        return source.replace("%s", quotedFile);
    }
}
