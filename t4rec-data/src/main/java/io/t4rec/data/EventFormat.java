package io.t4rec.data;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Layouts of event files that can be imported. */
public enum EventFormat {
    /** Text with a header line, whose delimiter is comma, tab, semicolon or bar; quotes are doubled within quotes; .gz too. */
    CSV("", null),
    /** The same with tabs, whatever the header looks like. */
    TSV("", null),
    /** Parquet. */
    PARQUET("read_parquet(%s)", null),
    /** One JSON object a line. */
    JSONL("", null),
    /** session-rec and Serenade: tab, header {@code SessionId ItemId Time}, seconds with fraction. */
    SESSION_REC("", new EventColumns("SessionId", "ItemId", "Time", TimeUnit.SECONDS)),
    /** YOOCHOOSE clicks as published: comma, no header, ISO times. */
    YOOCHOOSE(
            plain(',', 0, List.of("session_id", "time", "item_id", "category")),
            new EventColumns("session_id", "item_id", "time", TimeUnit.SECONDS)),
    /** MovieLens 100k {@code u.data}: tab, no header. */
    MOVIELENS_100K(
            plain('\t', 0, List.of("user_id", "item_id", "rating", "timestamp")),
            new EventColumns("user_id", "item_id", "timestamp", TimeUnit.SECONDS)),
    /**
     * RecBole's {@code .inter} layout, in which MovieLens comes: tab, no quotes, a header of names with types after a colon. {@code
     * user_id}, {@code item_id} and {@code timestamp} may stand anywhere, all else are side columns. Their types are told by the values;
     * sequences ({@code token_seq}, {@code float_seq}) stay text.
     */
    MOVIELENS_INTER("", new EventColumns("user_id", "item_id", "timestamp", TimeUnit.SECONDS)),
    /** MovieLens 1M {@code ratings.dat}: {@code user::item::rating::time}. */
    MOVIELENS_1M(
            "(select p[1] as user_id, p[2] as item_id, p[3] as rating, case when len(p) = 4 then p[4] end as \"timestamp\""
                    + " from (select string_split(line, '::') as p from " + lines("%s") + "))",
            new EventColumns("user_id", "item_id", "timestamp", TimeUnit.SECONDS)),
    /** One user a line, {@code user item item ...}, oldest first; a later line of the same user goes on where the one before ended. */
    SEQUENCES(
            "(select user_id, unnest(items) as item_id, unnest(range(earlier, earlier + len(items))) as position from"
                    + " (select p[1] as user_id, p[2:] as items, cast(coalesce(sum(len(p) - 1) over (partition by p[1] order"
                    + " by line rows between unbounded preceding and 1 preceding), 0) as bigint) as earlier, line from"
                    + " (select p, row_number() over () as line from " + words() + ") order by line))",
            new EventColumns("user_id", "item_id", "position", TimeUnit.MICROSECONDS)),
    /** One event a line, {@code user item}, oldest first for each user. */
    PAIRS(
            "(select p[1] as user_id, case when len(p) = 2 then p[2] end as item_id, row_number() over () as position"
                    + " from " + words() + ")",
            new EventColumns("user_id", "item_id", "position", TimeUnit.MICROSECONDS)),
    /** OTTO: one session a line, {@code {"session": .., "events": [{"aid": .., "ts": .., "type": ..}]}}, milliseconds. */
    OTTO(
            "(select session, e.aid as aid, e.ts as ts, e.type as type from (select session, unnest(coalesce(events, [null]))"
                    + " as e from read_json(%s, format = 'newline_delimited', columns = {session: 'varchar', events:"
                    + " 'struct(aid varchar, ts varchar, \"type\" varchar)[]'})))",
            new EventColumns("session", "aid", "ts", TimeUnit.MILLISECONDS)),
    /**
     * Criteo's display advertising logs, .gz too: tab, no header, label 0 or 1, 13 integers, 26 hexadecimal categories, any of them may
     * be missing. Click-through data: the columns are {@code label, I1 .. I13, C1 .. C26}, with no session, item or time.
     */
    CRITEO(plain('\t', 0, CriteoImporter.columns()), null);

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

    /** Whether events are lines of text, whose values are told apart by a delimiter alone. */
    boolean isLines() {
        return this != PARQUET && this != JSONL && this != OTTO;
    }

    boolean hasHeader() {
        return this == CSV || this == TSV || this == SESSION_REC || this == MOVIELENS_INTER;
    }

    /** Of a text with a header; null where the header tells. */
    @Nullable
    Character delimiter() {
        return this == CSV ? null : '\t';
    }

    /** Of a text with a header; 0 for none. */
    char quote() {
        return this == MOVIELENS_INTER ? 0 : '"';
    }

    /** Whether the names in a header have types behind them. */
    boolean hasTypedHeader() {
        return this == MOVIELENS_INTER;
    }

    // options are given rather than left to DuckDB's guess, which skips first lines and takes lines that begin with #
    // for comments

    /**
     * SQL of the lines of a text, in the column {@code line}: a delimiter that no text holds makes every line one column. Lines may end
     * in different ways, which DuckDB takes without its strict mode alone; without it, what a line has too much goes into {@code rest}.
     */
    static String lines(String file) {
        return "(select case when rest is null then line else error('a line with the character U+0001') end as line"
                + " from read_csv(" + file + ", auto_detect = false, header = false, delim = '\u0001', quote = '',"
                + " escape = '', comment = '', skip = 0, strict_mode = false, null_padding = true,"
                + " columns = {'line': 'varchar', 'rest': 'varchar'}))";
    }

    private static String words() {
        return "(select list_filter(string_split_regex(line, '\\s+'), lambda word: word <> '') as p from " + lines("%s")
                + " where regexp_matches(line, '\\S'))";
    }

    /** A text without quotes. */
    private static String plain(char delimiter, int skip, List<String> names) {
        return text("%s", delimiter, '\0', skip, names);
    }

    /**
     * SQL of a text.
     *
     * @param quote 0 for none
     * @param skip first lines that hold no event
     * @param names of all columns: a line with more or fewer values is refused
     */
    static String text(String file, char delimiter, char quote, int skip, List<String> names) {
        String mark = quote == 0 ? "''" : "'" + quote + "'";
        return names.stream()
                .map(name -> Database.literal(name) + ": 'varchar'")
                .collect(Collectors.joining(
                        ", ",
                        "read_csv(" + file + ", auto_detect = false, header = false, delim = '" + delimiter
                                + "', quote = " + mark + ", escape = " + mark + ", comment = '', skip = " + skip
                                + ", columns = {",
                        "})"));
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

    /** Whether the layout knows the order of a user's events but no time. */
    boolean isOrderOnly() {
        return this == SEQUENCES || this == PAIRS;
    }

    /** Columns of the layout; null where the user names them, or where none has a role. */
    public @Nullable EventColumns columns() {
        return columns;
    }

    String relation(String quotedFile) {
        return source.replace("%s", quotedFile);
    }
}
