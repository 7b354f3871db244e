package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.DataFormat;
import io.t4rec.data.DataSource;
import io.t4rec.data.OutputLayout;
import io.t4rec.data.Table;
import io.t4rec.data.TextOptions;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every engine has to hold about files that it reads: however events are stored, the result is the same, or the refusal names the place. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class FilesContract {
    private static final Schema SCHEMA = EventRows.SCHEMA;
    private static final List<Map<String, @Nullable Object>> ROWS = EventRows.rows();

    /** Lists of all columns by session, whose order is that of the files where times are equal. */
    private static final WorkflowConfig SESSIONS =
            new WorkflowConfig("session_id", "item_id", "time", List.of(Categorify.of("item_id"), lists()));

    /** The events as they are. */
    private static final WorkflowConfig EVENTS =
            new WorkflowConfig("session_id", "item_id", "time", List.of(Categorify.of("item_id")));

    private static Operator lists() {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        SCHEMA.names().stream()
                .filter(name -> !name.equals("session_id"))
                .forEach(name -> lists.put(name, List.of("list")));
        return new Groupby(lists);
    }

    @TempDir
    Path folder;

    private Path whole;
    private Table expected;

    /** The engine under test; it stays open. */
    protected abstract WorkflowEngine engine();

    @BeforeAll
    void makeTheSameOfOneFile(@TempDir Path lasting) throws IOException {
        whole = EventRows.parquet(lasting.resolve("whole/events.parquet"), ROWS, SCHEMA.names());
        expected = transformed(DataSource.of(whole), SESSIONS, lasting.resolve("expected/out.parquet"));
    }

    private Table transformed(DataSource source, WorkflowConfig config, Path target) throws IOException {
        Workflow workflow = engine().fit(config, source, SCHEMA);
        engine().transform(workflow, source, target, OutputLayout.single());
        return TestTables.read(target);
    }

    private void assertSame(DataSource source) throws IOException {
        Table actual = transformed(source, SESSIONS, folder.resolve("out/out.parquet"));
        TestTables.assertSame(source.toString(), actual, expected);
    }

    private static List<Map<String, @Nullable Object>> part(int number) {
        return ROWS.subList(16 * number, 16 * number + 16);
    }

    @Test
    void readsAFolderOfParquetByName() throws IOException {
        Path parts = folder.resolve("parts [x]* 'q' \"ü\"");
        EventRows.parquet(parts.resolve("a 'one'.parquet"), part(0), SCHEMA.names());
        EventRows.parquet(parts.resolve("b/in [2].parquet"), part(1), reversed(SCHEMA.names()));
        EventRows.parquet(parts.resolve("c%20.parquet"), part(2), SCHEMA.names());
        Files.writeString(parts.resolve("_SUCCESS"), "");
        Files.writeString(parts.resolve(".part.crc"), "crc");
        Files.createDirectories(parts.resolve("_temporary"));
        Files.writeString(parts.resolve("_temporary/half.parquet"), "PAR1");
        SCHEMA.write(parts.resolve("schema.pbtxt"));
        assertSame(DataSource.of(parts));
        assertSame(new DataSource(
                List.of(parts + "/c%20.parquet", parts + "/b", parts + "/a 'one'.parquet"),
                null,
                TextOptions.defaults()));
    }

    private static List<String> reversed(List<String> names) {
        List<String> reversed = new ArrayList<>(names);
        Collections.reverse(reversed);
        return reversed;
    }

    @Test
    void readsPatterns() throws IOException {
        for (int number = 0; number < 3; number++) {
            EventRows.parquet(folder.resolve("events/m" + number + "/deep/part.parquet"), part(number), SCHEMA.names());
        }
        EventRows.parquet(folder.resolve("events/other.parquet"), part(0), SCHEMA.names());
        assertSame(DataSource.of(folder + "/events/m*/**/*.parquet"));
        assertSame(DataSource.of(folder + "/events/m[0-2]/de?p"));
        assertSame(DataSource.of(folder + "/events/{m0,m1,m2}/deep/part.parquet"));
    }

    @Test
    void readsColumnsThatFoldersTell() throws IOException {
        List<String> inFiles = new ArrayList<>(SCHEMA.names());
        inFiles.removeAll(List.of("shop", "day"));
        for (int i = 0; i < 6; i++) {
            String shop = i < 3 ? "shop=a%2Fb%3Dc" : "shop=z %2541";
            EventRows.parquet(
                    folder.resolve("hive/" + shop + "/day=0" + (1 + i % 3) + "/part.parquet"),
                    ROWS.subList(8 * i, 8 * i + 8),
                    inFiles);
        }
        assertSame(DataSource.of(folder.resolve("hive")));
        assertSame(DataSource.of(folder + "/hive/**/*.parquet"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "FILE"})
    void readsAColumnOfFoldersThatIsCalledFile(String key) throws IOException {
        List<String> roles = List.of("session_id", "item_id", "time");
        EventRows.parquet(folder.resolve("hive/" + key + "=8/a.parquet"), part(0), roles);
        EventRows.parquet(folder.resolve("hive/" + key + "=9/a.parquet"), part(1), roles);
        DataSource source = DataSource.of(folder.resolve("hive"));
        Schema schema = SCHEMA.select(roles).plus(Schema.of(ColumnSchema.scalar(key, DType.INT64)));
        Workflow workflow = engine().fit(EVENTS, source, schema);
        Path target = folder.resolve("out/out.parquet");
        assertThat(engine().transform(workflow, source, target, OutputLayout.single()))
                .isEqualTo(32);
        List<@Nullable Object> keys = new ArrayList<>(Collections.nCopies(16, 8L));
        keys.addAll(Collections.nCopies(16, 9L));
        assertThat(TestTables.values(TestTables.read(target), key)).isEqualTo(keys);
    }

    @Test
    void refusesAColumnOfFoldersThatIsCalledAsStatementsCallOne() throws IOException {
        List<String> roles = List.of("session_id", "item_id", "time");
        EventRows.parquet(folder.resolve("hive/__File=8/a.parquet"), part(0), roles);
        Schema schema = SCHEMA.select(roles).plus(Schema.of(ColumnSchema.scalar("__File", DType.INT64)));
        assertThatThrownBy(() -> engine().fit(EVENTS, DataSource.of(folder.resolve("hive")), schema))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("__File=8/a.parquet, column __File: its name, which a folder tells, is taken");
    }

    @Test
    void leavesTheSchemaOfTheEventsAlone() throws IOException {
        Path shop = folder.resolve("shop");
        EventRows.parquet(shop.resolve("events/a.parquet"), part(0), SCHEMA.names());
        DataSource source = DataSource.of(shop.resolve("events"));
        Workflow workflow = engine().fit(SESSIONS, source, SCHEMA);
        Path target = shop.resolve("sequences.parquet");
        SCHEMA.write(shop.resolve("schema.pbtxt"));
        engine().transform(workflow, source, target, OutputLayout.single());
        assertThat(Schema.read(shop.resolve("schema.pbtxt"))).isEqualTo(SCHEMA);
        assertThat(Schema.read(shop.resolve("sequences.parquet.schema.pbtxt"))).isEqualTo(workflow.outputSchema());
        SCHEMA.write(shop.resolve("events/schema.pbtxt"));
        engine().transform(workflow, source, target, OutputLayout.single());
        assertThat(Schema.read(shop.resolve("schema.pbtxt")))
                .as("the events have their own")
                .isEqualTo(workflow.outputSchema());
    }

    @Test
    void readsDelimitedTexts() throws IOException {
        Path csv = folder.resolve("csv");
        EventRows.delimited(csv.resolve("a.csv"), part(0), SCHEMA.names(), ",");
        EventRows.delimited(csv.resolve("b.csv"), part(1), reversed(SCHEMA.names()), ";");
        EventRows.delimited(csv.resolve("c.csv.gz"), part(2), SCHEMA.names(), ",");
        assertSame(DataSource.of(csv));
        Path tsv = EventRows.delimited(folder.resolve("all.tsv"), ROWS, SCHEMA.names(), "\t");
        assertSame(DataSource.of(tsv));
        Path bare =
                Files.writeString(folder.resolve("bare"), Files.readString(tsv).replaceFirst("[^\n]*\n", ""));
        TextOptions options = new TextOptions(null, false, '"', "", StandardCharsets.UTF_8);
        assertSame(DataSource.of(bare).withFormat(DataFormat.TSV).withText(options));
    }

    @Test
    void readsTextsWithOtherQuotesNullsAndEncoding() throws IOException {
        Path file = folder.resolve("latin.csv");
        Files.writeString(
                file,
                "session_id|item_id|time|name|price\r\n1|'a|b'|1|''''|NA\r\n1|ü|2|NA|1.5\r\n1|c|3||-2e1\r\n",
                StandardCharsets.ISO_8859_1);
        Schema schema = SCHEMA.select(List.of("session_id", "item_id", "time"))
                .plus(Schema.of(
                        ColumnSchema.scalar("name", DType.STRING), ColumnSchema.scalar("price", DType.FLOAT64)));
        DataSource source =
                DataSource.of(file).withText(new TextOptions('|', true, '\'', "NA", StandardCharsets.ISO_8859_1));
        Workflow workflow = engine().fit(EVENTS, source, schema);
        assertThat(workflow.vocabulary("item_id").id("ü")).isGreaterThan(Vocabulary.UNKNOWN);
        assertThat(workflow.vocabulary("item_id").id("a|b")).isGreaterThan(Vocabulary.UNKNOWN);
        Path target = folder.resolve("out.parquet");
        engine().transform(workflow, source, target, OutputLayout.single());
        Table table = TestTables.read(target);
        assertThat(TestTables.values(table, "name")).containsExactly("'", null, null);
        assertThat(TestTables.values(table, "price")).containsExactly(null, 1.5, -20.0);
    }

    @Test
    void readsJsonLines() throws IOException {
        Path json = folder.resolve("json");
        EventRows.json(json.resolve("a.jsonl"), part(0), SCHEMA.names());
        EventRows.json(json.resolve("b.ndjson"), part(1), reversed(SCHEMA.names()));
        EventRows.json(json.resolve("c.json.gz"), part(2), SCHEMA.names());
        assertSame(DataSource.of(json));
    }

    @Test
    void readsListsOfJsonLines() throws IOException {
        Path file = folder.resolve("lists.jsonl");
        Files.writeString(file, """
                {"session_id": 1, "item_id": "a", "time": 1, "sizes": [1, 2.5, null]}
                {"session_id": 1, "item_id": "b", "time": 2, "sizes": []}
                {"session_id": 1, "item_id": "c", "time": 3, "sizes": null}
                """);
        Schema schema = SCHEMA.select(List.of("session_id", "item_id", "time"))
                .plus(Schema.of(ColumnSchema.ragged("sizes", DType.FLOAT64)));
        Workflow workflow = engine().fit(EVENTS, DataSource.of(file), schema);
        Path target = folder.resolve("out.parquet");
        engine().transform(workflow, file, target);
        List<@Nullable Object> first = new ArrayList<>(List.of(1.0, 2.5));
        first.add(null);
        assertThat(TestTables.values(TestTables.read(target), "sizes")).containsExactly(first, List.of(), List.of());
    }

    @Test
    void readsListsOfTruthFromJsonLines() throws IOException {
        Path file = Files.writeString(folder.resolve("lists.jsonl"), """
                {"session_id": 1, "item_id": "a", "time": 1, "seen": [true, false, null]}
                {"session_id": 1, "item_id": "b", "time": 2, "seen": [0, 1]}
                """);
        Schema schema = SCHEMA.select(List.of("session_id", "item_id", "time"))
                .plus(Schema.of(ColumnSchema.ragged("seen", DType.BOOL)));
        Workflow workflow = engine().fit(EVENTS, DataSource.of(file), schema);
        Path target = folder.resolve("out.parquet");
        engine().transform(workflow, file, target);
        List<@Nullable Object> first = new ArrayList<>(List.of(1L, 0L));
        first.add(null);
        assertThat(TestTables.values(TestTables.read(target), "seen")).containsExactly(first, List.of(0L, 1L));
        Files.writeString(file, "{\"session_id\": 1, \"item_id\": \"a\", \"time\": 1, \"seen\": [true, 2]}\n");
        assertThatThrownBy(() -> engine().fit(EVENTS, DataSource.of(file), schema))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("lists.jsonl, row 1, column seen: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "jsonl", "parquet"})
    void refusesTruthThatIsNeitherTrueNorFalse(String format) throws IOException {
        Path file = folder.resolve("truth." + format);
        switch (format) {
            case "csv" -> Files.writeString(file, "session_id,item_id,time,sold\n1,a,1,TRUE\n1,a,1,0\n1,a,2,5\n");
            case "jsonl" -> Files.writeString(file, """
                    {"session_id": 1, "item_id": "a", "time": 1, "sold": true}
                    {"session_id": 1, "item_id": "a", "time": 1, "sold": 0}
                    {"session_id": 1, "item_id": "a", "time": 2, "sold": 5}
                    """);
            default ->
                TestTables.write(
                        file,
                        "select 1::bigint as session_id, 'a' as item_id, 1::bigint as time, s as sold from (values"
                                + " (1), (0), (5)) t(s)");
        }
        Schema schema = SCHEMA.select(List.of("session_id", "item_id", "time", "sold"));
        assertThatThrownBy(() -> engine().fit(EVENTS, DataSource.of(file), schema))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("truth." + format + ", row 3, column sold: 5 (expected: 1 (true), 0 (false) or");
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "jsonl"})
    void takesNoNumberThatIsWrittenInAnotherWay(String format) throws IOException {
        Path file = folder.resolve("numbers." + format);
        Files.writeString(
                file, format.equals("csv") ? "session_id,item_id,time,worth\n1,a,1,1000\n1,a,2,1_000\n" : """
                        {"session_id": 1, "item_id": "a", "time": 1, "worth": 1000}
                        {"session_id": 1, "item_id": "a", "time": 2, "worth": "1_000"}
                        """);
        Schema schema = SCHEMA.select(List.of("session_id", "item_id", "time"))
                .plus(Schema.of(ColumnSchema.scalar("worth", DType.FLOAT64)));
        assertThatThrownBy(() -> engine().fit(EVENTS, DataSource.of(file), schema))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("numbers." + format + ", row 2, column worth: 1_000 (expected: a finite number");
    }

    private static final Schema NOTES = SCHEMA.select(List.of("session_id", "item_id", "time"))
            .plus(Schema.of(ColumnSchema.scalar("note", DType.STRING), ColumnSchema.ragged("words", DType.STRING)));

    private Path lines(String second) throws IOException {
        return Files.writeString(
                folder.resolve("lines.jsonl"),
                "{\"session_id\": 1, \"item_id\": \"a\", \"time\": 1, \"note\": \"x\", \"words\": [\"y\"]}\n\n  \n"
                        + second + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"session_id\": 1, \"item_id\": \"a\", \"time\": 2}{\"session_id\": 1, \"item_id\": \"b\", \"time\": 3}",
                "{\"session_id\": 1, \"item_id\": \"a\", \"time\": 2}, {\"session_id\": 1, \"item_id\": \"b\", \"time\": 3}",
                "[{\"session_id\": 1, \"item_id\": \"a\", \"time\": 2}]",
                "{'session_id': 1, 'item_id': 'a', 'time': 2}",
                "{\"session_id\": 1, \"item_id\": \"a\", \"time\": 2}] x",
                "{\"session_id\": 1, \"item_id\": \"a\", \"time\": 2}} x",
                "{\"session_id\": 1, \"item_id\": \"a\", \"time\": 2}, \"b\": {}",
                "7"
            })
    void refusesALineThatIsNotOneObject(String line) throws IOException {
        assertThatThrownBy(() -> engine().fit(EVENTS, DataSource.of(lines(line)), NOTES))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("lines.jsonl")
                .hasMessageContaining("expected: one JSON object a line");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"b\":1}", "[1]", "1.5", "9223372036854775808"})
    void refusesWhatEnginesWriteAsTextInTheirOwnWays(String value) throws IOException {
        String before = "{\"session_id\": 1, \"item_id\": \"b\", \"time\": 2, ";
        for (String[] wrong :
                new String[][] {{"\"note\": " + value, "note: "}, {"\"words\": [\"x\", null, " + value + "]", "words: "}
                }) {
            assertThatThrownBy(() -> engine().fit(EVENTS, DataSource.of(lines(before + wrong[0] + "}")), NOTES))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("lines.jsonl, row 2, column " + wrong[1] + value
                            + " (expected: text, truth or an integer of 64 bits in a column of text)");
        }
    }

    @Test
    void readsTruthAndIntegersAsText() throws IOException {
        Path file = lines(
                "{\"session_id\": 1, \"item_id\": 7, \"time\": 2, \"note\": true, \"words\": [-9, \"1.50\", null]}");
        Workflow workflow = engine().fit(EVENTS, DataSource.of(file), NOTES);
        Path target = folder.resolve("out.parquet");
        engine().transform(workflow, file, target);
        Table table = TestTables.read(target);
        assertThat(TestTables.values(table, "note")).containsExactly("x", "true");
        List<@Nullable Object> words = new ArrayList<>(List.of("-9", "1.50"));
        words.add(null);
        assertThat(TestTables.values(table, "words")).containsExactly(List.of("y"), words);
        assertThat(workflow.vocabulary("item_id").id("7")).isGreaterThan(Vocabulary.UNKNOWN);
    }

    private void refused(DataSource source, String... parts) {
        assertThatThrownBy(() -> engine().fit(EVENTS, source, SCHEMA))
                .isInstanceOf(DataException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "csv", "jsonl"})
    void namesTheFileThatLacksAColumn(String format) throws IOException {
        List<String> fewer = new ArrayList<>(SCHEMA.names());
        fewer.remove("note");
        for (int number = 0; number < 3; number++) {
            Path file = folder.resolve("events/part-" + number + "." + format);
            List<String> columns = number == 2 ? fewer : SCHEMA.names();
            switch (format) {
                case "parquet" -> EventRows.parquet(file, part(number), columns);
                case "csv" -> EventRows.delimited(file, part(number), columns, ",");
                default -> EventRows.json(file, part(number), columns);
            }
        }
        refused(DataSource.of(folder.resolve("events")), "part-2." + format + ": no column note");
    }

    @Test
    void namesTheFileWhoseTypeIsAnother() throws IOException {
        EventRows.parquet(folder.resolve("events/a.parquet"), part(0), SCHEMA.names());
        Path changed = folder.resolve("events/b.parquet");
        TestTables.write(
                changed,
                "select * replace (cast(count as varchar) as count) from read_parquet(" + TestTables.literal(whole)
                        + ")");
        refused(DataSource.of(folder.resolve("events")), "b.parquet, column count: ", "as in ", "a.parquet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "jsonl"})
    void namesFileRowAndColumnOfAValueThatIsNone(String format) throws IOException {
        List<Map<String, @Nullable Object>> wrong = new ArrayList<>(part(1));
        Map<String, @Nullable Object> row = new LinkedHashMap<>(wrong.get(6));
        row.put("count", "007");
        wrong.set(6, row);
        if (format.equals("csv")) {
            EventRows.delimited(folder.resolve("events/a.csv"), part(0), SCHEMA.names(), ",");
            EventRows.delimited(folder.resolve("events/b.csv"), wrong, SCHEMA.names(), ",");
        } else {
            EventRows.json(folder.resolve("events/a.jsonl"), part(0), SCHEMA.names());
            EventRows.json(folder.resolve("events/b.jsonl"), wrong, SCHEMA.names());
        }
        refused(
                DataSource.of(folder.resolve("events")),
                "b." + format + ", row 7, column count: 007 (expected: an integer of 64 bits");
    }

    @Test
    void namesTheFileOfATextThatIsNone() throws IOException {
        String header = String.join(",", List.of("session_id", "item_id", "time")) + "\n";
        Schema schema = SCHEMA.select(List.of("session_id", "item_id", "time"));
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("short.csv", header + "1,a,2\n1,a\n");
        texts.put("long.csv", header + "1,a,2\n1,a,2,3\n");
        texts.put("trailing.csv", header + "1,a,2\n1,a,2,\n");
        texts.put("twice.csv", "session_id,item_id,time,item_id\n1,a,2,b\n");
        texts.put("empty.csv", "");
        texts.put("broken.jsonl", "{\"session_id\": 1, \"item_id\": \"a\", \"time\": 1}\n{\"session_id\": 1,\n");
        texts.forEach((name, text) -> {
            Path file = folder.resolve(name);
            try {
                Files.writeString(file, text);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            assertThatThrownBy(() -> engine().fit(EVENTS, DataSource.of(file), schema))
                    .as(name)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(name);
        });
        Path latin = folder.resolve("latin.csv");
        Files.write(latin, (header + "1,ü,2\n").getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> engine().fit(EVENTS, DataSource.of(latin), schema))
                .as("not UTF-8")
                .isInstanceOf(DataException.class)
                .hasMessageContaining("latin.csv");
        Path lists = Files.writeString(folder.resolve("lists.csv"), header + "1,a,2\n");
        assertThatThrownBy(() -> engine().fit(
                                EVENTS,
                                DataSource.of(lists),
                                SCHEMA.select(List.of("session_id", "item_id"))
                                        .plus(Schema.of(
                                                ColumnSchema.scalar("time", DType.INT64),
                                                ColumnSchema.ragged("sizes", DType.INT64)))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("lists.csv");
    }

    @Test
    void refusesWhatIsNoDataSet() throws IOException {
        Path events = Files.createDirectories(folder.resolve("events"));
        refused(DataSource.of(events), "events: no file");
        refused(DataSource.of(events + "/*.parquet"), "*.parquet: no file");
        refused(DataSource.of(events + "/absent.parquet"), "absent.parquet (expected: an existing");
        EventRows.parquet(events.resolve("a.parquet"), part(0), SCHEMA.names());
        EventRows.json(events.resolve("b.jsonl"), part(1), SCHEMA.names());
        refused(DataSource.of(events), "b.jsonl: jsonl, but", "a.parquet: parquet");
        Files.move(events.resolve("b.jsonl"), events.resolve("b.log"));
        refused(DataSource.of(events), "b.log: its name tells no format");
        Files.delete(events.resolve("b.log"));
        EventRows.parquet(events.resolve("day=1/b.parquet"), part(0), SCHEMA.names());
        refused(DataSource.of(events), "day=1/b.parquet: in folders with keys [day]");
        Path wrong = EventRows.parquet(
                folder.resolve("wrong/day=mon/b.parquet"),
                part(0),
                SCHEMA.excluding(List.of("day")).names());
        refused(DataSource.of(folder.resolve("wrong")), wrong + ", column day: mon (expected: an integer");
    }
}
