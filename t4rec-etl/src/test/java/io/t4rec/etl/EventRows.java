package io.t4rec.etl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.data.Database;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Events that are hard to write as text, in files of all formats. */
final class EventRows {
    static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item_id", DType.STRING).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("price of \"it\", '€'", DType.FLOAT64),
            ColumnSchema.scalar("count", DType.INT64),
            ColumnSchema.scalar("note", DType.STRING),
            ColumnSchema.scalar("sold", DType.BOOL),
            ColumnSchema.scalar("shop", DType.STRING),
            ColumnSchema.scalar("day", DType.INT64));

    private static final String[] NOTES = {
        "plain",
        "a, \"quoted\" one",
        "two\nlines",
        "𝒳 and 😀",
        "back\\slash",
        "'; drop table events; --",
        "two\r\nlines",
        null
    };

    private static final ObjectMapper JSON = new ObjectMapper();

    private EventRows() {}

    /** Rows whose times are often equal, so that their order decides; 6 days in 2 shops, one after another. */
    static List<Map<String, @Nullable Object>> rows() {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < 48; i++) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("session_id", (long) (i * 5 % 7));
            row.put("item_id", i % 4 == 0 ? "ünit-" + i % 3 : "i" + i * 7 % 11);
            row.put("time", (long) (i % 5));
            row.put("price of \"it\", '€'", i % 6 == 1 ? null : i / 8.0 - 1);
            row.put("count", i % 9 == 2 ? null : (Object) (i - 20L));
            row.put("note", NOTES[i % NOTES.length]);
            row.put("sold", i % 5 == 3 ? null : (Object) (i % 2 == 0));
            row.put("shop", i < 24 ? "a/b=c" : "z %41");
            row.put("day", 1 + i / 8 % 3L);
            rows.add(row);
        }
        return rows;
    }

    static List<String> names() {
        return SCHEMA.names();
    }

    static Path parquet(Path file, List<Map<String, @Nullable Object>> rows, List<String> columns) throws IOException {
        Files.createDirectories(file.getParent());
        String values = rows.stream()
                .map(row -> columns.stream()
                        .map(name -> literal(row.get(name), name))
                        .collect(Collectors.joining(", ", "(", ")")))
                .collect(Collectors.joining(", "));
        String names = columns.stream().map(Database::identifier).collect(Collectors.joining(", "));
        return TestTables.write(file, "select * from (values " + values + ") t(" + names + ")");
    }

    private static String literal(@Nullable Object value, String column) {
        String type = SCHEMA.get(column).dtype() == DType.STRING
                ? "varchar"
                : SCHEMA.get(column).dtype() == DType.FLOAT64
                        ? "double"
                        : SCHEMA.get(column).dtype() == DType.BOOL ? "boolean" : "bigint";
        return "cast(" + (value == null ? "null" : Database.literal(value.toString())) + " as " + type + ")";
    }

    /** @param delimiter between values; {@code .gz} in the name compresses */
    static Path delimited(Path file, List<Map<String, @Nullable Object>> rows, List<String> columns, String delimiter)
            throws IOException {
        StringBuilder text =
                new StringBuilder(columns.stream().map(EventRows::quoted).collect(Collectors.joining(delimiter)));
        for (Map<String, @Nullable Object> row : rows) {
            text.append('\n')
                    .append(columns.stream()
                            .map(name -> row.get(name) == null ? "" : quoted(String.valueOf(row.get(name))))
                            .collect(Collectors.joining(delimiter)));
        }
        return write(file, text.append('\n').toString());
    }

    private static String quoted(String value) {
        return value.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.')
                ? value
                : '"' + value.replace("\"", "\"\"") + '"';
    }

    static Path json(Path file, List<Map<String, @Nullable Object>> rows, List<String> columns) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Map<String, @Nullable Object> row : rows) {
            Map<String, @Nullable Object> line = new LinkedHashMap<>();
            columns.forEach(name -> line.put(name, row.get(name)));
            if (row.get("count") == null) {
                line.remove("count"); // a key that is absent means the same as null
            }
            try {
                text.append(JSON.writeValueAsString(line)).append('\n');
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
        return write(file, text.toString());
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        if (!file.toString().endsWith(".gz")) {
            return Files.writeString(file, text);
        }
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }
}
