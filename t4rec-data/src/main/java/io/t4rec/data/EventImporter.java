package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    private static final String ROW = "__row";

    private EventImporter() {}

    /**
     * What was imported.
     *
     * @param firstTime microseconds since 1970
     * @param lastTime microseconds since 1970
     */
    public record Report(long events, long sessions, long items, long firstTime, long lastTime) {}

    /**
     * Imports a file.
     *
     * @param columns which columns have a role, for layouts that don't tell
     * @param output the Parquet file to write; replaced atomically
     * @throws DataException for an empty file, a missing column, a missing id, a time that doesn't parse, a side value that is
     *     not a number among numbers; with file, row and column
     * @throws IOException when the output can't be written
     */
    public static Report run(Path input, EventFormat format, EventFormat.EventColumns columns, Path output)
            throws IOException {
        if (!Files.isRegularFile(input)) {
            throw new DataException("file: " + input + " (expected: an existing file)");
        }
        EventFormat.EventColumns roles = format.columns() == null ? columns : format.columns();
        try (Database database = Database.open("", 1)) {
            load(database, input, format);
            Map<String, String> present = database.describe("raw");
            List.of(roles.session(), roles.item(), roles.time()).forEach(name -> require(name, present, input));
            check(database, input, roles);
            return write(database, input, roles, present, output);
        }
    }

    private static void load(Database database, Path input, EventFormat format) throws IOException {
        if (Files.size(input) == 0) {
            throw new DataException(input + ": empty (expected: events)");
        }
        String relation = format.relation(Database.literal(input.toString()));
        try {
            database.execute("create temp table raw as select *, row_number() over () as " + ROW + " from " + relation);
        } catch (DataException e) {
            throw new DataException(
                    input + ": not readable as " + format.label() + " ("
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                            + ")",
                    e);
        }
        if (database.number("select count(*) from raw") == 0) {
            throw new DataException(input + ": no event (expected: at least one)");
        }
    }

    private static void require(String name, Map<String, String> present, Path input) {
        if (!present.containsKey(name)) {
            List<String> known = present.keySet().stream()
                    .filter(column -> !column.equals(ROW))
                    .toList();
            throw new DataException(
                    input + ": no column " + name + " (expected: " + Names.expectation(name, known) + ")");
        }
    }

    private static void check(Database database, Path input, EventFormat.EventColumns roles) {
        refuse(database, input, roles.item(), "%1$s is null or trim(cast(%1$s as varchar)) = ''", "an item id");
        refuse(database, input, roles.session(), "%1$s is null or trim(cast(%1$s as varchar)) = ''", "a session id");
        refuse(database, input, roles.time(), micros(roles) + " is null", "a time: a number or ISO 8601");
    }

    private static void refuse(Database database, Path input, String column, String condition, String expected) {
        String name = Database.identifier(column);
        database.forEach(
                "select " + ROW + ", cast(" + name + " as varchar) from raw where " + condition.replace("%1$s", name)
                        + " order by " + ROW + " limit 1",
                row -> {
                    throw new DataException(input + ", row " + row.getLong(1) + ", column " + column + ": "
                            + (row.getString(2) == null ? "null" : "'" + row.getString(2) + "'") + " (expected: "
                            + expected
                            + ")");
                });
    }

    private static String micros(EventFormat.EventColumns roles) {
        String time = Database.identifier(roles.time());
        String number = "try_cast(" + time + " as double)";
        return "coalesce(case when isfinite(" + number + ") then try_cast(round(" + number + " * "
                + roles.timeUnit().micros() + ") as bigint) end, try(epoch_us(try_cast(cast(" + time
                + " as varchar) as timestamptz))))";
    }

    private static Report write(
            Database database, Path input, EventFormat.EventColumns roles, Map<String, String> present, Path output)
            throws IOException {
        Map<String, String> expressions = new LinkedHashMap<>();
        List<ColumnSchema> schema = new ArrayList<>();
        expressions.put(SESSION, id(database, roles.session(), SESSION, Tag.SESSION, schema));
        expressions.put(ITEM, id(database, roles.item(), ITEM, Tag.ITEM, schema));
        expressions.put(TIME, micros(roles));
        schema.add(ColumnSchema.scalar(TIME, DType.INT64).withTags(Tag.TIME));
        for (String column : present.keySet()) {
            if (!List.of(ROW, roles.session(), roles.item(), roles.time()).contains(column)) {
                expressions.put(column, side(database, input, column, schema));
            }
        }
        StringBuilder select = new StringBuilder("select ");
        expressions.forEach((name, expression) -> select.append(expression)
                .append(" as ")
                .append(Database.identifier(name))
                .append(", "));
        select.setLength(select.length() - 2);
        database.execute("create temp view events as " + select + " from raw order by " + ROW);
        AtomicFiles.file(
                output,
                temporary -> database.execute("copy (select * from events) to " + Database.literal(temporary.toString())
                        + " (format parquet, compression zstd)"));
        Schema.of(schema).write(output.resolveSibling("schema.pbtxt"));
        long[] figures = new long[5];
        database.forEach(
                "select count(*), count(distinct session_id), count(distinct item_id), min(time), max(time) from events",
                row -> {
                    for (int i = 0; i < figures.length; i++) {
                        figures[i] = row.getLong(i + 1);
                    }
                });
        return new Report(figures[0], figures[1], figures[2], figures[3], figures[4]);
    }

    private static String id(Database database, String column, String name, Tag role, List<ColumnSchema> schema) {
        String quoted = Database.identifier(column);
        String text = "trim(cast(" + quoted + " as varchar))";
        // an id such as 007 or +7 must come back as it was, so only the canonical spelling counts as a number
        boolean whole = database.number("select count(*) from raw where cast(try_cast(" + text
                        + " as bigint) as varchar) is distinct from " + text)
                == 0;
        schema.add(ColumnSchema.scalar(name, whole ? DType.INT64 : DType.STRING).withTags(role, Tag.ID));
        return whole ? "cast(" + text + " as bigint)" : text;
    }

    private static String side(Database database, Path input, String column, List<ColumnSchema> schema) {
        String quoted = Database.identifier(column);
        String text = "nullif(trim(cast(" + quoted + " as varchar)), '')";
        if (fits(database, text, "bigint") && isWhole(database, text)) {
            schema.add(ColumnSchema.scalar(column, DType.INT64));
            return "cast(" + text + " as bigint)";
        }
        if (fits(database, text, "double")) {
            refuse(
                    database,
                    input,
                    column,
                    "not isfinite(cast(nullif(trim(cast(%1$s as varchar)), '') as double))",
                    "a finite number or nothing");
            schema.add(ColumnSchema.scalar(column, DType.FLOAT64));
            return "cast(" + text + " as double)";
        }
        schema.add(ColumnSchema.scalar(column, DType.STRING).withShape(ColumnShape.SCALAR));
        return text;
    }

    /** Casting text to an integer rounds, so decimals are told apart by their spelling. */
    private static boolean isWhole(Database database, String text) {
        return database.number("select count(*) from raw where not regexp_full_match(" + text + ", '[+-]?[0-9]+')")
                == 0;
    }

    private static boolean fits(Database database, String text, String type) {
        return database.number("select count(*) from raw where " + text + " is not null and try_cast(" + text + " as "
                        + type + ") is null")
                == 0;
    }
}
