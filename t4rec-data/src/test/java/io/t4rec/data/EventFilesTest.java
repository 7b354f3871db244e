package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFilesTest {
    @TempDir
    Path folder;

    @Test
    void appendsTheEventsOfAnotherFile() throws IOException {
        Path first = events("a", "1,10,5", "2,20,1");
        Path second = events("b", "3,30,0", "1,11,9");
        Path both = Files.createDirectory(folder.resolve("both")).resolve("events.parquet");
        EventFiles.append(first, second, both);
        assertThat(rows(both)).containsExactly("1,10", "2,20", "3,30", "1,11");
        assertThat(Schema.read(both.resolveSibling("schema.pbtxt")))
                .isEqualTo(Schema.read(folder.resolve("a/schema.pbtxt")));
    }

    @Test
    void appendsTheNewestEventOfEachSessionOnly() throws IOException {
        Path train = events("a", "1,10,1", "2,20,1");
        Path valid = events("b", "1,10,1", "1,12,3", "1,11,2", "2,20,1", "2,22,4", "2,21,4");
        Path full = folder.resolve("a/full.parquet");
        EventFiles.appendNewest(train, valid, full);
        assertThat(rows(full))
                .as("of two at one time the later row")
                .containsExactlyInAnyOrder("1,10", "2,20", "1,12", "2,21");
        assertThat(rows(full).subList(0, 2)).containsExactly("1,10", "2,20");
    }

    @Test
    void drawsWholeSessionsTheSameForASeed() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            lines.add("s" + i % 20 + "," + i + "," + i);
        }
        Path events = events("a", lines.toArray(String[]::new));
        Path one = folder.resolve("a/one.parquet");
        Path again = folder.resolve("a/again.parquet");
        Path other = folder.resolve("a/other.parquet");
        EventFiles.sample(events, 7, 3, one);
        EventFiles.sample(events, 7, 3, again);
        EventFiles.sample(events, 7, 4, other);
        List<String> drawn = rows(one);
        assertThat(drawn).hasSize(21).isEqualTo(rows(again)).isNotEqualTo(rows(other));
        Set<String> sessions = new HashSet<>();
        drawn.forEach(row -> sessions.add(row.substring(0, row.indexOf(','))));
        assertThat(sessions).hasSize(7);
        EventFiles.rest(events, 7, 3, other);
        assertThat(rows(other)).hasSize(39).doesNotContainAnyElementsOf(drawn);
        EventFiles.rest(events, 500, 3, other);
        assertThat(rows(other)).isEmpty();
        EventFiles.sample(events, 500, 3, other);
        assertThat(rows(other)).isEqualTo(rows(events));
    }

    @Test
    void givesColumnsOfAllFilesTheTypesThatHoldTheirValues() throws IOException {
        Path first = csv("a", "session_id,item_id,time,price,size\n1,10,1,3,4\n2,-20,2,,x\n");
        Path second = csv("b", "session_id,item_id,time,price,size\n3,010,3,2.5,5\n");
        Path third = csv("c", "session_id,item_id,time\n4,9223372036854775807,4\n");
        byte[] text = Files.readAllBytes(second);
        EventFiles.widen(List.of(first, second, third));
        assertThat(rows(first)).containsExactly("1,10", "2,-20");
        assertThat(rows(third)).containsExactly("4,9223372036854775807");
        assertThat(Files.readAllBytes(second)).as("as it was").isEqualTo(text);
        for (Path file : List.of(first, second, third)) {
            Schema schema = Schema.read(file.resolveSibling("schema.pbtxt"));
            assertThat(schema.get("session_id").dtype()).isEqualTo(DType.INT64);
            assertThat(schema.get("item_id").dtype()).isEqualTo(DType.STRING);
            assertThat(schema.get("item_id").tags()).contains(Tag.ITEM, Tag.ID);
        }
        Schema schema = Schema.read(first.resolveSibling("schema.pbtxt"));
        assertThat(schema.get("price").dtype()).isEqualTo(DType.FLOAT64);
        assertThat(schema.get("size").dtype()).as("no id").isEqualTo(DType.STRING);
        assertThat(Schema.read(second.resolveSibling("schema.pbtxt"))
                        .get("size")
                        .dtype())
                .as("an integer that became text might not be as it was written")
                .isEqualTo(DType.INT64);
        try (Database database = Database.openInOrder()) {
            assertThat(database.describe(
                            "select item_id, price from read_parquet(" + Database.literal(first.toString()) + ")"))
                    .containsEntry("item_id", "VARCHAR")
                    .containsEntry("price", "DOUBLE");
        }
    }

    private Path events(String name, String... lines) throws IOException {
        return csv(name, "session_id,item_id,time\n" + String.join("\n", lines) + "\n");
    }

    private Path csv(String name, String content) throws IOException {
        Path text = Files.writeString(folder.resolve(name + ".csv"), content);
        Path output = Files.createDirectory(folder.resolve(name)).resolve("events.parquet");
        EventImporter.run(text, EventFormat.CSV, EventFormat.EventColumns.standard(), output);
        return output;
    }

    private static List<String> rows(Path parquet) {
        List<String> rows = new ArrayList<>();
        try (Database database = Database.openInOrder()) {
            database.forEach(
                    "select session_id, item_id from read_parquet(" + Database.literal(parquet.toString()) + ")",
                    row -> rows.add(row.getString(1) + "," + row.getString(2)));
        }
        return rows;
    }
}
