package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes event files of others, in the order of their rows, with the schema beside them. */
public final class EventFiles {
    private static final String NUMBERED = "(select *, row_number() over () as __row from read_parquet(%s))";

    private EventFiles() {}

    /** The events of one file, then those of another with the same columns. */
    public static void append(Path first, Path second, Path output) throws IOException {
        write(first, output, "select * from " + parquet(first) + " union all by name select * from " + parquet(second));
    }

    /** How many sessions have events in both files. */
    public static long sharedSessions(Path first, Path second) {
        try (Database database = Database.openInOrder()) {
            return database.number("select count(*) from (select session_id from " + parquet(first)
                    + " intersect select session_id from " + parquet(second) + ")");
        }
    }

    /** The events of one file, then the newest event of each session of another: what a validation by leave-one-out predicts. */
    public static void appendNewest(Path first, Path second, Path output) throws IOException {
        write(
                first,
                output,
                "select * from " + parquet(first)
                        + " union all by name select * exclude (__row, __newest) from (select *,"
                        + " row_number() over (partition by session_id order by time desc, __row desc) as __newest from "
                        + numbered(second) + ") where __newest = 1");
    }

    /**
     * The events of some sessions, drawn at random; all of them when there are no more than asked for.
     *
     * @param sessions how many, at least 1
     */
    public static void sample(Path events, int sessions, long seed, Path output) throws IOException {
        writeDrawn(events, sessions, seed, "in", output);
    }

    /** The events of all sessions that {@link #sample} doesn't draw with the same number and seed; there may be none. */
    public static void rest(Path events, int sessions, long seed, Path output) throws IOException {
        writeDrawn(events, sessions, seed, "not in", output);
    }

    /**
     * Gives the columns of several files the types that hold the values of all: ids are text where any file has text, numbers are decimal
     * where any file has decimals. Files whose types are others are written anew. Ids come out as they were in the source, since only
     * those that are written like a plain number are one.
     */
    public static void widen(List<Path> files) throws IOException {
        List<Schema> schemas = new ArrayList<>();
        for (Path file : files) {
            schemas.add(Schema.read(file.resolveSibling("schema.pbtxt")));
        }
        for (int i = 0; i < files.size(); i++) {
            List<ColumnSchema> columns = new ArrayList<>();
            List<String> casts = new ArrayList<>();
            for (ColumnSchema column : schemas.get(i).columns()) {
                DType widest = widest(column, schemas);
                columns.add(column.withDType(widest));
                if (widest != column.dtype()) {
                    String name = Database.identifier(column.name());
                    casts.add(
                            "cast(" + name + " as " + (widest == DType.STRING ? "varchar" : "double") + ") as " + name);
                }
            }
            if (!casts.isEmpty()) {
                Path file = files.get(i);
                write(file, file, "select * replace (" + String.join(", ", casts) + ") from " + parquet(file));
                Schema.of(columns).write(file.resolveSibling("schema.pbtxt"));
            }
        }
    }

    private static DType widest(ColumnSchema column, List<Schema> schemas) {
        DType widest = column.dtype();
        for (Schema schema : schemas) {
            ColumnSchema other = schema.find(column.name());
            if (other == null) {
                continue;
            }
            boolean text = column.tags().contains(Tag.ID) && other.dtype() == DType.STRING;
            boolean decimal = widest == DType.INT64 && other.dtype() == DType.FLOAT64;
            widest = text || decimal ? other.dtype() : widest;
        }
        return widest;
    }

    private static void writeDrawn(Path events, int sessions, long seed, String condition, Path output)
            throws IOException {
        int count;
        try (Database database = Database.openInOrder()) {
            count = Math.toIntExact(database.number("select count(distinct session_id) from " + parquet(events)));
        }
        String drawn = draw(count, Math.min(count, sessions), new SplittableRandom(seed)).stream()
                .map(String::valueOf)
                .collect(Collectors.joining(", ", "(", ")"));
        write(
                events,
                output,
                "select * exclude (__row, __first, __session) from (select *, dense_rank() over (order by __first) as"
                        + " __session from (select *, min(__row) over (partition by session_id) as __first from "
                        + numbered(events) + ")) where __session " + condition + " " + drawn + " order by __row");
    }

    /** Some of the numbers 1 to {@code count}, each as likely (Floyd's way). */
    private static Set<Integer> draw(int count, int wanted, SplittableRandom random) {
        Set<Integer> drawn = new TreeSet<>();
        for (int last = count - wanted + 1; last <= count; last++) {
            int number = 1 + random.nextInt(last);
            drawn.add(drawn.contains(number) ? last : number);
        }
        return drawn;
    }

    private static String parquet(Path file) {
        return "read_parquet(" + Database.literal(file.toString()) + ")";
    }

    private static String numbered(Path file) {
        return NUMBERED.formatted(Database.literal(file.toString()));
    }

    private static void write(Path like, Path output, String query) throws IOException {
        try (Database database = Database.openInOrder()) {
            AtomicFiles.file(output, temporary -> database.writeParquet(query, temporary));
        }
        Path schema = output.resolveSibling("schema.pbtxt");
        Path original = like.resolveSibling("schema.pbtxt");
        if (!schema.toAbsolutePath()
                .normalize()
                .equals(original.toAbsolutePath().normalize())) {
            Files.copy(original, schema, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
