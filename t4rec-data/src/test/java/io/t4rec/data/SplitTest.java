package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {
    private static final long DAY = 86_400;

    @TempDir
    Path folder;

    @Test
    void leavesOutTheLastTwoEventsOfEachSession() throws IOException {
        Path events = events("1,10,5", "2,20,1", "1,11,4", "2,21,2", "1,12,9", "1,13,9", "3,30,7", "2,22,3");
        Split.Report report = new Split.LeaveOneOut().write(events, folder.resolve("out"));
        assertThat(items("out/train.parquet")).containsExactly(10L, 20L, 11L, 30L);
        assertThat(items("out/valid.parquet")).containsExactly(10L, 20L, 11L, 21L, 12L);
        assertThat(items("out/test.parquet")).containsExactly(10L, 20L, 11L, 21L, 12L, 13L, 22L);
        assertThat(report.parts().get(2)).isEqualTo(new Split.Part("test.parquet", 7, 2, 1_000_000, 9_000_000));
        assertThat(Schema.read(folder.resolve("out/schema.pbtxt")))
                .isEqualTo(Schema.read(events.resolveSibling("schema.pbtxt")));
        assertThat(report.warnings())
                .containsExactly(
                        "1 sessions of fewer than three events are trained on only",
                        "leave-one-out leaks time: 1 of 2 test events are older than the newest training event of another"
                                + " session; split by time to measure what a recommender will do tomorrow");
        assertThat(Files.readString(folder.resolve("out/split.json")))
                .contains("\"formatVersion\"")
                .contains("leaks time");
    }

    @Test
    void agreesWithAPlainComputationOnRandomEvents() throws IOException {
        for (int seed = 0; seed < 6; seed++) {
            Map<Long, List<long[]>> sessions = new TreeMap<>();
            List<String> lines = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < 200; i++) {
                long session = random.nextInt(30);
                long time = random.nextInt(400);
                lines.add(session + "," + i + "," + time);
                sessions.computeIfAbsent(session, key -> new ArrayList<>()).add(new long[] {time, i});
            }
            Set<Long> test = new HashSet<>();
            Set<Long> valid = new HashSet<>();
            Set<Long> train = new HashSet<>();
            for (List<long[]> own : sessions.values()) {
                own.sort((a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
                for (int i = 0; i < own.size(); i++) {
                    boolean tested = own.size() >= 3;
                    if (tested) {
                        test.add(own.get(i)[1]);
                    }
                    if (tested && i < own.size() - 1) {
                        valid.add(own.get(i)[1]);
                    }
                    if (!tested || i < own.size() - 2) {
                        train.add(own.get(i)[1]);
                    }
                }
            }
            String directory = "random-" + seed;
            new Split.LeaveOneOut().write(events(lines.toArray(String[]::new)), folder.resolve(directory));
            assertThat(items(directory + "/train.parquet"))
                    .as("seed " + seed)
                    .containsExactlyInAnyOrderElementsOf(train);
            assertThat(items(directory + "/valid.parquet"))
                    .as("seed " + seed)
                    .containsExactlyInAnyOrderElementsOf(valid);
            assertThat(items(directory + "/test.parquet")).as("seed " + seed).containsExactlyInAnyOrderElementsOf(test);
        }
    }

    @Test
    void putsWholeSessionsWhereTheirLastEventLies() throws IOException {
        Path events = events("1,10,0", "1,11,2", "2,20,1", "2,21,6", "3,30,5", "4,40,0", "4,41,10");
        Split.Boundary boundary = new Split.Boundary.Periods(Duration.ofSeconds(4), Duration.ofSeconds(3));
        Split.Report report = new Split.GlobalTime(boundary, true).write(events, folder.resolve("out"));
        assertThat(items("out/train.parquet")).containsExactly(10L, 11L);
        assertThat(items("out/valid.parquet")).containsExactly(20L, 21L, 30L);
        assertThat(items("out/test.parquet")).containsExactly(40L, 41L);
        assertThat(report.warnings()).isEmpty();
        assertThat(report.parts().get(0).lastTime())
                .isLessThan(report.parts().get(2).lastTime());
    }

    @Test
    void tearsSessionsWhenAsked() throws IOException {
        Path events = events("1,10,0", "1,11,2", "2,20,1", "2,21,6", "3,30,5", "4,40,0", "4,41,10");
        Split.Boundary boundary = new Split.Boundary.Periods(Duration.ZERO, Duration.ofSeconds(5));
        new Split.GlobalTime(boundary, false).write(events, folder.resolve("out"));
        assertThat(items("out/train.parquet")).containsExactly(10L, 11L, 20L, 40L);
        assertThat(items("out/test.parquet")).containsExactly(21L, 30L, 41L);
        assertThat(folder.resolve("out/valid.parquet")).doesNotExist();
    }

    @Test
    void dividesByShares() throws IOException {
        String[] lines = new String[100];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = i + "," + i + "," + i;
        }
        Split.Report report = Split.of("time").write(events(lines), folder.resolve("out"));
        assertThat(report.parts().stream().map(Split.Part::sessions)).containsExactly(80L, 10L, 10L);
    }

    @Test
    void agreesWithThePublishedLastDaySplit() throws IOException {
        Path data = Path.of(System.getProperty("t4rec.data", "../shared/data")).resolve("yoochoose-100k");
        Assumptions.assumeTrue(Files.isDirectory(data), "no data at " + data);
        List<String> all = new ArrayList<>(Files.readAllLines(data.resolve("yoochoose-clicks-100k_train_full.txt")));
        List<String> test = Files.readAllLines(data.resolve("yoochoose-clicks-100k_test.txt"));
        all.addAll(test.subList(1, test.size()));
        Path text = Files.write(folder.resolve("all.txt"), all);
        Path events = folder.resolve("in/all.parquet");
        EventImporter.run(text, EventFormat.SESSION_REC, EventFormat.EventColumns.standard(), events);
        Split.Boundary lastDay = new Split.Boundary.Periods(Duration.ZERO, Duration.ofDays(1));
        Split.Report report = new Split.GlobalTime(lastDay, true).write(events, folder.resolve("out"));
        assertThat(report.parts().stream().map(Split.Part::sessions)).containsExactly(17_794L, 3_416L);
        assertThat(report.parts().stream().map(Split.Part::events)).containsExactly(70_278L, 13_568L);
    }

    @Test
    void writesAFolderForEachDayWithTheSessionsThatBeginThere() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int session = 0; session < 10; session++) {
            lines.add(session + "," + session + "," + (DAY - 1)); // ends on the next day
            lines.add(session + "," + (100 + session) + "," + (DAY + 1));
        }
        lines.add("77,200," + DAY);
        lines.add("88,300," + 4 * DAY);
        lines.add("88,301," + (-1)); // in no order, and before 1970
        lines.add("99,400," + 3 * DAY);
        Split.Report report = Split.of("day").write(events(lines.toArray(String[]::new)), folder.resolve("out"));
        assertThat(items("out/0001/train.parquet")).containsExactly(300L, 301L);
        assertThat(items("out/0002/train.parquet")).hasSize(20);
        assertThat(items("out/0003/train.parquet")).containsExactly(200L);
        assertThat(items("out/0004/train.parquet")).containsExactly(400L);
        Set<Long> halves = new HashSet<>(items("out/0002/valid.parquet"));
        assertThat(halves).hasSize(10);
        assertThat(items("out/0002/test.parquet")).hasSize(10).doesNotContainAnyElementsOf(halves);
        halves.forEach(item -> assertThat(halves).contains((item + 100) % 200)); // whole sessions
        assertThat(Schema.read(folder.resolve("out/0004/schema.pbtxt")).itemId().name())
                .isEqualTo("item_id");
        assertThat(report.parts()).hasSize(12);
        assertThat(report.warnings())
                .containsExactly(
                        "window 0001/ holds one session, so its test.parquet is empty",
                        "window 0003/ holds one session, so its test.parquet is empty",
                        "window 0004/ holds one session, so its test.parquet is empty",
                        "1 windows hold no session and were left out of the numbering");
    }

    @Test
    void countsManyEmptyWindowsWithoutWalkingThroughThem() throws IOException {
        Split.Report report = Split.of("hour").write(events("1,10,0", "2,20,90000000"), folder.resolve("out"));
        assertThat(report.parts()).hasSize(6);
        assertThat(report.warnings()).contains("24999 windows hold no session and were left out of the numbering");
    }

    @Test
    void writesTheSameFilesForTheSameSeed() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            lines.add(i + "," + i + "," + i * 20);
        }
        Path events = events(lines.toArray(String[]::new));
        Duration hour = Duration.ofHours(1);
        new Split.Windows(hour, 5, true).write(events, folder.resolve("a"));
        new Split.Windows(hour, 5, true).write(events, folder.resolve("b"));
        new Split.Windows(hour, 6, true).write(events, folder.resolve("c"));
        try (var files = Files.walk(folder.resolve("a"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path other = folder.resolve("b").resolve(folder.resolve("a").relativize(file));
                assertThat(Files.readAllBytes(file)).as(file.toString()).isEqualTo(Files.readAllBytes(other));
            }
        }
        assertThat(items("c/0001/valid.parquet")).isNotEqualTo(items("a/0001/valid.parquet"));
        assertThat(folder.resolve("a/0003/test.parquet")).exists();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            leave-one-out | 1,10,0;2,20,1;2,21,2 | nothing for valid.parquet (expected: a session of three events or more)
            time          | 1,10,0               | nothing for train.parquet
            time          | 1,10,5;2,20,5;3,30,5 | nothing for train.parquet
            day           | 1,10,5;2,20,6        | 1 windows of PT24H with events (expected: 2 to 9999; choose another length)
            """)
    void refusesEventsThatCannotBeDividedSo(String label, String lines, String message) throws IOException {
        Path events = events(lines.split(";"));
        assertThatThrownBy(() -> Split.of(label).write(events, folder.resolve("out")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(events.toString())
                .hasMessageContaining(message);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"time", "day", "hour"})
    void refusesToSplitAnOrderByTime(String label) throws IOException {
        Path text = Files.writeString(folder.resolve("users.seq"), "1 10 11 12 13\n2 20 21 22\n");
        Path events = folder.resolve("in/events.parquet");
        EventImporter.run(text, EventFormat.SEQUENCES, EventFormat.EventColumns.standard(), events);
        assertThatThrownBy(() -> Split.of(label).write(events, folder.resolve("out")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("column time: the order of events (expected: times");
        new Split.LeaveOneOut().write(events, folder.resolve("out"));
        assertThat(items("out/train.parquet")).containsExactly(10L, 11L, 20L);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 as session_id, 2 as item_id, 3 as ts                            | no column time
            1 as session_id, 2 as item_id, 'noon' as time                     | column time: VARCHAR (expected: BIGINT
            1 as session_id, null::bigint as item_id, 3::bigint as time       | row 1, column item_id: null
            1 as session_id, 2 as item_id, null::bigint as time               | row 1, column time: null
            1 as session_id, 2 as item_id, 3::bigint as time where false      | no event
            """)
    void refusesMalformedEvents(String columns, String message) throws IOException {
        Path events = events("1,2,3");
        try (Database database = Database.openInOrder()) {
            database.execute(
                    "copy (select " + columns + ") to " + Database.literal(events.toString()) + " (format parquet)");
        }
        assertThatThrownBy(() -> new Split.LeaveOneOut().write(events, folder.resolve("out")))
                .hasMessageContaining(events.toString())
                .hasMessageContaining(message);
    }

    @Test
    void refusesFilesAndDirectoriesThatItCannotUse() throws IOException {
        Path events = events("1,2,3", "1,3,4", "1,4,5", "2,5,1", "2,6,2", "2,7,3");
        Split split = new Split.LeaveOneOut();
        assertThatThrownBy(() -> split.write(folder.resolve("absent.parquet"), folder.resolve("out")))
                .hasMessageContaining("absent.parquet (expected: an existing");
        assertThatThrownBy(() -> split.write(events, events.getParent())).hasMessageContaining("holds the events");
        Path others = Files.createDirectories(folder.resolve("others"));
        Files.writeString(others.resolve("diary.txt"), "mine");
        assertThatThrownBy(() -> split.write(events, others)).hasMessageContaining("holds other things");
        split.write(events, folder.resolve("out"));
        split.write(events, folder.resolve("out")); // an earlier split is replaced
        byte[] bytes = Files.readAllBytes(events);
        Files.write(events, Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> split.write(events, folder.resolve("out")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(events + ": not readable as Parquet");
        assertThat(items("out/test.parquet")).hasSize(6);
        Files.delete(events.resolveSibling("schema.pbtxt"));
        assertThatThrownBy(() -> split.write(events, folder.resolve("out"))).hasMessageContaining("import the events");
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThatThrownBy(() -> Split.of("leave-one"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("did you mean leave-one-out?");
        assertThatThrownBy(() -> new Split.Boundary.Shares(0.5, 0.5)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new Split.Boundary.Shares(0.1, Double.NaN)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new Split.Boundary.Periods(Duration.ZERO, Duration.ZERO))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> Split.Windows.of(Duration.ofNanos(1))).isInstanceOf(ConfigException.class);
    }

    /** {@code session,item,seconds} a line. */
    private Path events(String... lines) throws IOException {
        Path text = folder.resolve("events.csv");
        Files.writeString(text, "session_id,item_id,time\n" + String.join("\n", lines) + "\n");
        Path events = folder.resolve("in/events.parquet");
        EventImporter.run(text, EventFormat.CSV, EventFormat.EventColumns.standard(), events);
        return events;
    }

    private List<Long> items(String file) {
        List<Long> items = new ArrayList<>();
        try (Database database = Database.openInOrder()) {
            database.forEach(
                    "select item_id from read_parquet("
                            + Database.literal(folder.resolve(file).toString()) + ")",
                    row -> items.add(row.getLong(1)));
        }
        return items;
    }
}
