package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Brings event files of any known layout into one form: a Parquet file with {@code session_id}, {@code item_id}, {@code time}
 * (microseconds since 1970, or the order of events where there is no time) and the side columns, in file order, and a {@code
 * schema.pbtxt} beside it. Ids become 64-bit integers when all of them are, else they stay text; nothing is dropped.
 */
public final class EventImporter {
    /** Name of the session column of an event file. */
    public static final String SESSION = "session_id";

    /** Name of the item column of an event file. */
    public static final String ITEM = "item_id";

    /** Name of the time column of an event file. */
    public static final String TIME = "time";

    /** Property of a time column that holds the order of events only. */
    static final String ORDER_ONLY = "order_only";

    private EventImporter() {}

    /**
     * What was imported.
     *
     * @param sessions 0 for click-through data, which has none
     * @param items 0 for click-through data
     * @param firstTime microseconds since 1970, or the order where there is no time; 0 for click-through data
     * @param lastTime likewise
     */
    public record Report(long events, long sessions, long items, long firstTime, long lastTime) {}

    /**
     * Imports a file. Click-through data ({@link EventFormat#CRITEO}) keeps its own columns, with neither session, item nor time.
     *
     * @param columns which columns have a role, for layouts that don't tell
     * @param output the Parquet file to write; replaced atomically
     * @throws DataException for an output that is the input, an empty or truncated file, a missing column, a missing id, a time that doesn't parse, a side value
     *     that is not a number among numbers; with file, row and column
     * @throws IOException when the output can't be written
     */
    public static Report run(Path input, EventFormat format, EventFormat.EventColumns columns, Path output)
            throws IOException {
        DataFiles.requireApart(DataSource.of(input), output);
        try (RawEvents raw = new RawEvents(input, format)) {
            Map<String, String> expressions = new LinkedHashMap<>();
            List<ColumnSchema> schema = new ArrayList<>();
            if (format == EventFormat.CRITEO) {
                CriteoImporter.describe(raw, expressions, schema);
            } else {
                EventFormat.EventColumns roles = format.columns() == null ? columns : format.columns();
                describe(raw, roles, format.isOrderOnly(), expressions, schema);
            }
            write(raw.database(), expressions, schema, output);
            return report(raw.database(), expressions.containsKey(SESSION));
        }
    }

    private static void describe(
            RawEvents raw,
            EventFormat.EventColumns roles,
            boolean orderOnly,
            Map<String, String> expressions,
            List<ColumnSchema> schema) {
        List<String> named = List.of(roles.session(), roles.item(), roles.time());
        named.forEach(raw::require);
        raw.refuse(roles.item(), "%s is null", "an item id");
        raw.refuse(roles.session(), "%s is null", "a session id");
        raw.refuse(roles.time(), micros(roles) + " is null", "a time: a number or ISO 8601");
        expressions.put(SESSION, id(raw, roles.session(), SESSION, Tag.SESSION, schema));
        expressions.put(ITEM, id(raw, roles.item(), ITEM, Tag.ITEM, schema));
        expressions.put(TIME, micros(roles));
        ColumnSchema time = ColumnSchema.scalar(TIME, DType.INT64).withTags(Tag.TIME);
        schema.add(orderOnly ? time.withProperties(Map.of(ORDER_ONLY, true)) : time);
        for (String column : raw.columns().keySet()) {
            if (!named.contains(column)) {
                if (expressions.put(column, side(raw, column, schema)) != null) {
                    throw new DataException(raw.file() + ": columns " + named + " have a role, and column " + column
                            + " is another (expected: no further column of this name; rename it in the file)");
                }
            }
        }
    }

    private static String micros(EventFormat.EventColumns roles) {
        String time = Database.identifier(roles.time());
        String number = "try_cast(" + time + " as double)";
        return "coalesce(try_cast(round(case when isfinite(" + number + ") then " + number + " * "
                + roles.timeUnit().micros() + " end) as bigint), try(epoch_us(try_cast(cast(" + time
                + " as varchar) as timestamptz))))";
    }

    private static void write(
            Database database, Map<String, String> expressions, List<ColumnSchema> schema, Path output)
            throws IOException {
        String columns = expressions.entrySet().stream()
                .map(column -> column.getValue() + " as " + Database.identifier(column.getKey()))
                .collect(Collectors.joining(", "));
        database.execute("create temp view events as select " + columns + " from raw order by " + RawEvents.ROW);
        AtomicFiles.file(output, temporary -> database.writeParquet("select * from events", temporary));
        Schema.of(schema).write(output.resolveSibling("schema.pbtxt"));
    }

    private static Report report(Database database, boolean hasSessions) {
        String figures = hasSessions
                ? "count(distinct session_id), count(distinct item_id), min(time), max(time)"
                : "0, 0, 0, 0";
        Report[] report = new Report[1];
        database.forEach(
                "select count(*), " + figures + " from events",
                row -> report[0] =
                        new Report(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)));
        return report[0];
    }

    private static String id(RawEvents raw, String column, String name, Tag role, List<ColumnSchema> schema) {
        // an id such as 007 or +7 must come back as it was, so only the canonical spelling counts as a number
        boolean whole = type(raw, column) == TextType.BIGINT;
        schema.add(ColumnSchema.scalar(name, whole ? DType.INT64 : DType.STRING).withTags(role, Tag.ID));
        return whole ? "cast(" + raw.number(column) + " as bigint)" : raw.text(column);
    }

    /** Numbers where all values are some that nothing is lost of: a code such as 01234 must come back as it was too. */
    private static String side(RawEvents raw, String column, List<ColumnSchema> schema) {
        TextType type = raw.isText(column) ? TextType.VARCHAR : type(raw, column);
        switch (type) {
            case BIGINT -> schema.add(ColumnSchema.scalar(column, DType.INT64));
            case DOUBLE -> {
                raw.refuse(column, "not isfinite(cast(%s as double))", "a finite number or nothing");
                schema.add(ColumnSchema.scalar(column, DType.FLOAT64));
            }
            default -> {
                schema.add(ColumnSchema.scalar(column, DType.STRING));
                return raw.text(column);
            }
        }
        return "cast(" + raw.number(column) + " as " + type + ")";
    }

    /** What all values of a column can be read as; integers where there are none. */
    private static TextType type(RawEvents raw, String column) {
        ColumnValues values = new ColumnValues(
                raw.database(),
                "(select " + raw.number(column) + " as value from raw)",
                "VARCHAR",
                ColumnValues.Numbers.THEMSELVES);
        TextType type = TextType.of(values);
        return type == TextType.VARCHAR && values.distinct() == 0 ? TextType.BIGINT : type;
    }
}
