package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.Column;
import io.t4rec.data.DataSource;
import io.t4rec.data.Database;
import io.t4rec.data.EventFormat;
import io.t4rec.data.EventImporter;
import io.t4rec.data.OutputLayout;
import io.t4rec.data.Table;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkflowTest {
    private static final String EVENTS =
            "session_id,item_id,time,price\n1,7,3,4\n1,8,1,\n1,7,2,2\n2,8,5,6\n2,9,6,1\n2,7,7,1\n3,5,1,1\n";

    @TempDir
    Path folder;

    @Test
    void numbersItemsByFrequencyAndOrdersSessionsByTime() throws IOException {
        Path events = events(EVENTS);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        Workflow workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of("price"), 2, false), events, schema);
        assertThat(workflow.vocabulary("item_id").id(7L)).isEqualTo(3);
        assertThat(workflow.vocabulary("item_id").id(8L)).isEqualTo(4);
        assertThat(workflow.vocabulary("item_id").id(5L)).as("ties by value").isEqualTo(5);
        assertThat(workflow.vocabulary("item_id").id(1000L)).isEqualTo(Vocabulary.UNKNOWN);
        assertThat(workflow.vocabulary("item_id").value(6)).isEqualTo(9L);
        assertThat(workflow.outputSchema().itemId().cardinality()).isEqualTo(7);

        Path target = folder.resolve("out/sessions.parquet");
        assertThat(workflow.transform(events, target)).isEqualTo(2);
        try (Database database = Database.openInOrder()) {
            Table sessions = database.query("select * from read_parquet(" + Database.literal(target.toString()) + ")");
            assertThat(sessions.lists("item_id").value(0)).isEqualTo(Column.of(3, 3));
            assertThat(sessions.lists("item_id").value(1)).isEqualTo(Column.of(6, 3));
            assertThat(sessions.longs("session_id").values()).containsExactly(1, 2);
        }
        assertThat(Schema.read(folder.resolve("out/schema.pbtxt"))).isEqualTo(workflow.outputSchema());
    }

    @Test
    void givesASessionTheContextOfItsFirstEventInFilesAndRequestsAlike() throws IOException {
        Path events = events("session_id,item_id,time,age,country\n1,7,3,40,DE\n1,8,1,30,FR\n2,8,5,,DE\n2,9,6,20,\n");
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        WorkflowConfig config =
                WorkflowConfig.sessions(schema, List.of(), List.of("country", "hour_sin"), 20, false, 0, false);
        Workflow workflow = Workflow.fit(config, events, schema);
        assertThat(workflow.outputSchema().get("country").isList()).isFalse();
        assertThat(workflow.outputSchema().get("country").tags()).contains(Tag.CONTEXT, Tag.CATEGORICAL);
        Path target = folder.resolve("out/sessions.parquet");
        workflow.transform(events, target);
        try (Database database = Database.openInOrder()) {
            Table raw = database.query("select * from read_parquet(" + Database.literal(events.toString()) + ")");
            Table written = database.query("select * from read_parquet(" + Database.literal(target.toString()) + ")");
            Table requested = workflow.requestPipeline().transform(raw);
            for (Table sessions : List.of(written, requested)) {
                assertThat(sessions.longs("country").values())
                        .as("FR comes first by time; DE is the most frequent")
                        .containsExactly(workflow.vocabulary("country").id("FR"), 3);
                assertThat(sessions.doubles("hour_sin").size()).isEqualTo(2);
            }
        }
        assertThatThrownBy(() -> WorkflowConfig.sessions(schema, List.of(), List.of("contry"), 20, false, 0, false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("context column: contry")
                .hasMessageContaining("did you mean country?");
        assertThatThrownBy(() -> WorkflowConfig.sessions(schema, List.of("age"), List.of("age"), 20, false, 0, false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("context column: age (expected: one that is no side column");
    }

    @Test
    void keepsAOneEventSessionOfARequest() throws IOException {
        Path events = events(EVENTS);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        Workflow workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of(), 5, false), events, schema);
        Table request = Table.of(Map.of(
                "session_id", Column.of(1), "item_id", Column.of(8), "time", Column.of(1), "price", Column.of(1)));
        assertThat(workflow.requestPipeline()
                        .transform(request)
                        .lists("item_id")
                        .value(0))
                .isEqualTo(Column.of(4));
    }

    @Test
    void namesOperatorAndColumnWhenOneIsMissing() throws IOException {
        Path events = events(EVENTS);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        for (Operator operator : List.of(
                Categorify.of("item"),
                new Normalize(List.of("item")),
                new MinSupport("item", 2),
                new Filter("item", Filter.Test.PRESENT, null),
                new Log(List.of("item")))) {
            WorkflowConfig config = new WorkflowConfig("session_id", "item_id", "time", List.of(operator));
            assertThatThrownBy(() -> Workflow.fit(config, events, schema))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("operator 0")
                    .hasMessageContaining("column item: absent")
                    .hasMessageContaining("did you mean item_id?");
        }
    }

    @Test
    void presetMakesFeaturesByWhatColumnsAre() throws IOException {
        events(EVENTS);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        Schema withCount =
                schema.plus(Schema.of(schema.get("price").withName("stock").withTags(Tag.CONTINUOUS)));
        WorkflowConfig config = WorkflowConfig.sessions(
                withCount, List.of("price", "stock", "recency", "hour", "hour_sin"), 20, true, 1_800);
        assertThat(config.operators())
                .containsExactly(
                        new Sessionize(1_800),
                        new DropConsecutiveRepeats(),
                        TimeFeatures.of("recency", "hour", "hour_sin"),
                        new Log(List.of("recency")),
                        new Normalize(List.of("stock", "recency")),
                        new FillMissing(List.of("stock"), 0.0),
                        Categorify.of("item_id", "price"),
                        config.operators().get(7),
                        new ListSlice(-20, null),
                        new SessionLengthFilter(2));
        assertThat(config.operators().get(7))
                .isInstanceOfSatisfying(
                        Groupby.class,
                        groupby -> assertThat(groupby.aggregations())
                                .containsOnlyKeys("item_id", "price", "stock", "recency", "hour", "hour_sin"));
        assertThatThrownBy(() -> WorkflowConfig.sessions(schema, List.of("recent"), 20, false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("side column: recent")
                .hasMessageContaining("did you mean recency?");
    }

    @Test
    void refusesEventsThatLackAColumn() throws IOException {
        Path events = events(EVENTS);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        Workflow workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of("price"), 5, false), events, schema);
        Path other = events("session_id,item_id,time\n1,7,3\n");
        assertThatThrownBy(() -> workflow.transform(other, folder.resolve("out.parquet")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no column price");
    }

    @Test
    void readsItsSettingsFromYamlAndNamesTheNearestKey() {
        WorkflowConfig config = ConfigFiles.parseYaml("""
                session: session_id
                item: item_id
                time: time
                operators:
                  - op: drop-consecutive-repeats
                  - {op: filter, column: price, test: AT_LEAST, value: 2}
                  - {op: categorify, columns: [item_id], frequencyThreshold: 2}
                  - {op: groupby, aggregations: {item_id: [list]}}
                  - {op: list-slice, start: -20}
                """, WorkflowConfig.class);
        assertThat(config.operators()).hasSize(5);
        assertThat(ConfigFiles.parseYaml(ConfigFiles.toYaml(config), WorkflowConfig.class))
                .isEqualTo(config);
        assertThatThrownBy(() -> ConfigFiles.parseYaml(
                        "session: s\nitem: i\ntime: t\noperators:\n  - {op: categorify, columns: [a], maxsize: 3}\n",
                        WorkflowConfig.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("maxsize")
                .hasMessageContaining("did you mean maxSize?");
    }

    @Test
    void refusesAnUnknownVersionAndADamagedVocabulary() throws IOException {
        Path events = events(EVENTS);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        Workflow workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of(), 5, false), events, schema);
        Path saved = Files.createDirectory(folder.resolve("saved"));
        workflow.save(saved);
        Path vocabulary = saved.resolve("vocabulary-0.parquet");
        byte[] bytes = Files.readAllBytes(vocabulary);
        Files.write(vocabulary, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> Workflow.load(saved))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("vocabulary-0.parquet");
        Files.write(vocabulary, bytes);
        Path description = saved.resolve("workflow.json");
        Files.writeString(
                description, Files.readString(description).replace("\"formatVersion\" : 2", "\"formatVersion\" : 9"));
        assertThatThrownBy(() -> Workflow.load(saved))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("format version 9");
    }

    @Test
    void leavesTheEventsAloneThatItTransformsAndDecodes() throws IOException {
        Path events = events(EVENTS);
        Workflow workflow = Workflow.fit(
                WorkflowConfig.sessions(Schema.read(folder.resolve("schema.pbtxt")), List.of(), 5, false),
                events,
                Schema.read(folder.resolve("schema.pbtxt")));
        byte[] before = Files.readAllBytes(events);
        assertThatThrownBy(() -> workflow.transform(events, events))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("events.parquet is what is read");
        assertThatThrownBy(() -> workflow.transformTraining(events, events)).isInstanceOf(DataException.class);
        assertThat(events).hasBinaryContent(before);

        Path sequences = folder.resolve("out/sessions.parquet");
        workflow.transform(events, sequences);
        before = Files.readAllBytes(sequences);
        assertThatThrownBy(() -> workflow.decode(sequences, sequences)).isInstanceOf(DataException.class);
        assertThat(sequences).hasBinaryContent(before);

        Path parts = folder.resolve("parts");
        OutputLayout layout = OutputLayout.single().partitionedBy(List.of("session_id"));
        try (WorkflowEngine engine = WorkflowEngine.duckDb()) {
            engine.transform(workflow, DataSource.of(events), parts, layout);
            assertThatThrownBy(() -> engine.transform(workflow, DataSource.of(parts), parts, layout))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("parts holds the events");
        }
        assertThat(parts.resolve("session_id=1")).isDirectory();
    }

    @Test
    void refusesAUsualWorkflowThatKeepsNoEventOrHasAColumnTwice() throws IOException {
        events(EVENTS);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        assertThatThrownBy(() -> WorkflowConfig.sessions(schema, List.of(), -1, false))
                .isInstanceOf(ConfigException.class)
                .hasMessage("maxLength: -1 (expected: >= 1)");
        for (List<String> columns : List.of(List.of("price", "price"), List.of("item_id"), List.of("session_id"))) {
            assertThatThrownBy(() -> WorkflowConfig.sessions(schema, columns, 5, false))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("side column: " + columns.get(0) + " (expected: each once, and not session or item)");
        }
    }

    @Test
    void knowsIntegersOfAnyTypeInAVocabulary() {
        Vocabulary vocabulary = new Vocabulary(List.of(7L, 5L), new long[] {3, 1}, false);
        assertThat(vocabulary.id(7)).isEqualTo(vocabulary.id(7L)).isEqualTo(3);
        assertThat(vocabulary.id((short) 5)).isEqualTo(vocabulary.id((byte) 5)).isEqualTo(4);
        assertThat(vocabulary.id(6)).isEqualTo(Vocabulary.UNKNOWN);
        assertThat(vocabulary.count(4)).isEqualTo(1);
        assertThatThrownBy(() -> vocabulary.count(5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("id: 5 (expected: 0 to 4)");
    }

    @Test
    void makesTheSessionsOfTheYoochooseSample() throws IOException {
        Path data = Path.of(System.getProperty("t4rec.data", "../shared/data"))
                .resolve("yoochoose-100k/yoochoose-clicks-100k_train_full.txt");
        Assumptions.assumeTrue(Files.exists(data), "no data at " + data);
        Path events = folder.resolve("events.parquet");
        EventImporter.run(data, EventFormat.SESSION_REC, EventFormat.EventColumns.standard(), events);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        Workflow workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of(), 20, false), events, schema);
        assertThat(workflow.transform(events, folder.resolve("sessions.parquet")))
                .isEqualTo(17_794);
        assertThat(workflow.outputSchema().itemId().cardinality()).isEqualTo(2_933 + 3);
    }

    private Path events(String csv) throws IOException {
        Path input = Files.writeString(folder.resolve("events.csv"), csv);
        Path output = folder.resolve("events.parquet");
        EventImporter.run(input, EventFormat.CSV, EventFormat.EventColumns.standard(), output);
        return output;
    }
}
