package io.t4rec.etl;

import static io.t4rec.etl.TestTables.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.DataSource;
import io.t4rec.data.OutputLayout;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workflows made of workflows, parts of them, and workflows for events that lack columns. */
class CompositionTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("user", DType.STRING).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("city", DType.STRING),
            ColumnSchema.scalar("price", DType.FLOAT64),
            ColumnSchema.scalar("bought", DType.INT64).withTags(Tag.TARGET));

    private static final String EVENTS = """
            select * from (values ('u', 7, 10, 'a', 1.0, 0), ('u', 8, 20, null, 3.0, 1), ('v', 7, 30, 'b', 5.0, 1))
              t(user, item, time, city, price, bought)
            """;

    @TempDir
    Path folder;

    private Path events() {
        return TestTables.write(folder.resolve("events.parquet"), EVENTS);
    }

    private static WorkflowConfig config(Operator... operators) {
        return new WorkflowConfig("user", "item", "time", List.of(operators));
    }

    private Workflow fit(WorkflowConfig config) {
        return Workflow.fit(config, events(), SCHEMA);
    }

    private Table transform(Workflow workflow) throws IOException {
        Path target = folder.resolve("out").resolve("out.parquet");
        workflow.transform(folder.resolve("events.parquet"), target);
        return TestTables.read(target);
    }

    @Test
    void aSelectionThatKeepsNothingIsRefused() {
        WorkflowConfig none = config(new Groupby(Map.of("price", List.of("list"))), new Select(List.of("*", "-*")));
        assertThatThrownBy(() -> fit(none))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("operator 1 (select): columns [*, -*] keep none of [user, price]");
    }

    @Test
    void aPartOfSequencesIsSavedAndRunsOnFilesAndRequests() throws IOException {
        Groupby groupby =
                new Groupby(Map.of("item", List.of("list"), "price", List.of("list"), "city", List.of("first")));
        WorkflowConfig config = config(
                groupby,
                new Nested(
                        "features",
                        List.of(Categorify.of("city"), new Normalize(List.of("price")), new ListSlice(-1, null))));
        Workflow workflow = fit(config);
        Path before = folder.resolve("before").resolve("before.parquet");
        fit(config(groupby)).transform(events(), before);
        Path saved = folder.resolve("saved");
        workflow.part("features").save(saved);
        Workflow part = Workflow.load(saved);
        Path after = folder.resolve("after").resolve("after.parquet");
        part.transform(before, after);
        TestTables.assertSame("file", TestTables.read(after), transform(workflow));
        TestTables.assertSame(
                "request", part.requestPipeline().transform(TestTables.read(before)), transform(workflow));
    }

    @Test
    void servingThatLeavesNoColumnIsRefused() {
        Workflow workflow = fit(config(new Groupby(Map.of("bought", List.of("list"))), new Select(List.of("bought"))));
        assertThatThrownBy(() -> workflow.withoutInputs(List.of("bought")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("without inputs: [bought] leave none of [bought]");
    }

    @Test
    void keysAreChosenAsColumnsAre() throws IOException {
        Workflow workflow = fit(config(
                new AddTags(List.of("city", "item"), List.of("key")),
                new JoinGroupby(List.of("tag:key", "-item"), List.of("price"), List.of("sum")),
                new TargetEncoding(List.of("it*"), "bought", 1, 0.0, null, null),
                new RelativeToGroup(List.of("price"), List.of("type:string", "-user")),
                new DifferenceLag(List.of("price"), List.of(1), List.of("tag:session_id"))));
        Table table = transform(workflow);
        assertThat(values(table, "city_price_sum")).containsExactly(1.0, null, 5.0);
        assertThat(values(table, "TE_item_bought")).containsExactly(0.5, 1.0, 0.5);
        assertThat(values(table, "price_relative_to_city")).containsExactly(0.0, null, 0.0);
        assertThat(values(table, "price_difference_lag_1")).containsExactly(null, 2.0, null);
        Path saved = folder.resolve("saved");
        workflow.save(saved);
        assertThat(Workflow.load(saved).outputSchema()).isEqualTo(workflow.outputSchema());
    }

    @Test
    void joinedTablesAreFoundByChosenColumns() throws IOException {
        String cities = TestTables.write(
                        folder.resolve("cities.parquet"), "select 'a' as name, 'u' as owner, 3 as size, 'a' as city")
                .toString();
        JoinExternal join =
                new JoinExternal(cities, List.of("c*"), List.of("name"), List.of("size"), JoinExternal.How.LEFT, false);
        assertThat(values(transform(fit(config(join))), "size")).containsExactly(3L, null, null);
        JoinExternal same =
                new JoinExternal(cities, List.of("c*"), List.of(), List.of("size"), JoinExternal.How.LEFT, false);
        assertThat(values(transform(fit(config(same))), "size")).containsExactly(3L, null, null);
        JoinExternal unequal = new JoinExternal(
                cities, List.of("c*", "user"), List.of("name"), List.of(), JoinExternal.How.LEFT, false);
        assertThatThrownBy(() -> fit(config(unequal)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("on [city, user], onTable [name] (expected: as many columns of each)");
    }

    @Test
    void keysThatChooseNothingAreRefused() {
        List<String> none = List.of("*", "-*");
        Map<String, List<String>> lists = Map.of("price", List.of("list"));
        for (Operator operator : List.of(
                new JoinGroupby(none, List.of(), List.of()),
                new DifferenceLag(List.of("price"), List.of(), none),
                new Groupby(lists, none, List.of(), false))) {
            assertThatThrownBy(() -> fit(config(operator)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("keys [*, -*] choose none of [user, item, time, city, price, bought]");
        }
    }

    @Test
    void aggregationsAreGivenForColumnsThatAPatternChooses() throws IOException {
        Map<String, List<String>> aggregations = new LinkedHashMap<>();
        aggregations.put("*", List.of("list"));
        aggregations.put("price", List.of("sum"));
        Table table =
                transform(fit(config(new Groupby(aggregations, List.of("tag:session_id"), List.of("pri*"), true))));
        assertThat(List.copyOf(table.columnNames())).containsExactly("user", "item", "time", "city", "bought", "price");
        assertThat(values(table, "item")).containsExactly(List.of(8L, 7L), List.of(7L));
        assertThat(values(table, "price")).containsExactly(4.0, 5.0);
        aggregations.put("ci*", List.of("last"));
        assertThatThrownBy(() -> fit(config(new Groupby(aggregations))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("column city: chosen twice by aggregations (expected: one entry for a column)");
    }

    @Test
    void oneColumnBecomesTwoThingsAndTheRestIsTakenAway() throws IOException {
        WorkflowConfig numbers = config(new Log(List.of("log")));
        Workflow workflow = fit(config(new Copy(Map.of("price", "log")))
                .then(numbers)
                .then(new Bucketize(List.of("price"), List.of(2.0)), new Select(List.of("*", "-city", "-tag:target"))));
        assertThat(workflow.outputSchema().names()).containsExactly("user", "item", "time", "price", "log");
        Table table = transform(workflow);
        assertThat(values(table, "price")).containsExactly(2L, 3L, 3L);
        assertThat(values(table, "log")).containsExactly(Math.log(2), Math.log(4), Math.log(6));
        assertThatThrownBy(() -> numbers.then(new WorkflowConfig("u", "item", "time", List.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expected: as of the first");
    }

    @Test
    void aNestedPartIsAWorkflowOfItsOwn() throws IOException {
        WorkflowConfig config = config(
                new FillMissing(List.of("city"), "none"),
                new Nested(
                        "features",
                        List.of(Categorify.of("city"), new Nested("inner", List.of(new Normalize(List.of("price")))))),
                new Groupby(Map.of("city", List.of("list"))));
        Workflow workflow = fit(config);
        Workflow part = workflow.part("features");
        assertThat(part.inputSchema().names()).isEqualTo(SCHEMA.names());
        Table table = transform(part);
        assertThat(values(table, "city")).as("null is not filled here").containsExactly(3L, 1L, 4L);
        assertThat(values(table, "price")).containsExactly(-1.0, 0.0, 1.0);
        assertThat(values(transform(workflow), "city")).containsExactly(List.of(3L, 5L), List.of(4L));
        Path saved = Files.createDirectory(folder.resolve("saved"));
        workflow.save(saved);
        assertThat(values(transform(Workflow.load(saved).part("features")), "city"))
                .containsExactly(3L, 1L, 4L);
        assertThatThrownBy(() -> workflow.part("feature")).hasMessageContaining("did you mean features?");
    }

    @Test
    void aPartKnowsTheSessionsAndIdsMadeBeforeIt() throws IOException {
        WorkflowConfig config = config(
                new Sessionize(1),
                Categorify.of("city"),
                new Nested(
                        "sessions",
                        List.of(new InverseCategorify(List.of("city")), new Groupby(Map.of("city", List.of("list"))))));
        Path events = TestTables.write(
                folder.resolve("events.parquet"),
                "select * from (values ('u', 7, 0, 'a', 1.0, 0), ('u', 8, 9000000, 'b', 3.0, 1)) t(user, item, time, city, price, bought)");
        Workflow workflow = Workflow.fit(config, events, SCHEMA);
        Path before = folder.resolve("before").resolve("before.parquet");
        Workflow.fit(config(new Sessionize(1), Categorify.of("city")), events, SCHEMA)
                .transform(events, before);
        Path after = folder.resolve("after").resolve("after.parquet");
        workflow.part("sessions").transform(before, after);
        assertThat(values(TestTables.read(after), "city")).containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void idsMadeAnewBelongToNoVocabulary() throws IOException {
        Workflow workflow = fit(config(Categorify.of("city"), new HashBucket(List.of("city"), 5)));
        assertThat(workflow.outputSchema().get("city").properties()).containsOnlyKeys("embedding_sizes", "num_buckets");
        Path target = folder.resolve("out").resolve("out.parquet");
        workflow.transform(events(), target);
        assertThatThrownBy(() -> workflow.decode(target, folder.resolve("decoded.parquet")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("(expected: one with ids of the workflow)");
    }

    @Test
    void servingDoesNotAskForTargets() throws IOException {
        WorkflowConfig config = config(
                Categorify.of("city"),
                new TargetEncoding(List.of("item"), "bought", 2, 1.0, null, null),
                new Rename(Map.of("bought", "label")),
                new Groupby(
                        Map.of("item", List.of("list"), "label", List.of("list"), "TE_item_bought", List.of("list"))));
        Workflow workflow = fit(config);
        Workflow serving = workflow.withoutInputs(List.of("bought"));
        assertThat(serving.inputSchema().names()).doesNotContain("bought");
        assertThat(serving.outputSchema().names()).contains("TE_item_bought").doesNotContain("label");
        Table request = TestTables.query("select * exclude (bought) from (" + EVENTS + ")");
        assertThat(values(serving.requestPipeline().transform(request), "TE_item_bought"))
                .isEqualTo(values(transform(workflow), "TE_item_bought"));
        Path saved = Files.createDirectory(folder.resolve("saved"));
        serving.save(saved);
        assertThat(Workflow.load(saved).outputSchema()).isEqualTo(serving.outputSchema());
        assertThatThrownBy(() -> fit(config(new Filter("bought", Filter.Test.PRESENT, null)))
                        .withoutInputs(List.of("bought")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a filter needs column bought");
        assertThatThrownBy(() -> workflow.withoutInputs(List.of("item"))).hasMessageContaining("not session, item");
    }

    @Test
    void idsInFilesGoBackToRawValues() throws IOException {
        Workflow workflow = fit(config(
                Categorify.of("city", "item"),
                new Rename(Map.of("city", "town")),
                new Groupby(Map.of("town", List.of("list"), "item", List.of("last")))));
        Path target = folder.resolve("out").resolve("out.parquet");
        workflow.transform(events(), target);
        Path decoded = folder.resolve("decoded.parquet");
        assertThat(workflow.decode(target, decoded)).isEqualTo(2);
        Table table = TestTables.read(decoded);
        assertThat(values(table, "town")).containsExactly(Arrays.asList("a", null), List.of("b"));
        assertThat(values(table, "item")).containsExactly(8L, 7L);
    }

    @Test
    void idsInAFolderOfSequencesGoBackToRawValues() throws IOException {
        Workflow workflow = fit(config(
                Categorify.of("city", "item"), new Groupby(Map.of("city", List.of("list"), "item", List.of("last")))));
        Path sequences = folder.resolve("sequences");
        OutputLayout layout = OutputLayout.single().partitionedBy(List.of("user"));
        WorkflowEngine.duckDb().transform(workflow, DataSource.of(events()), sequences, layout);
        assertThat(sequences.resolve("user=u")).isDirectory();
        Path decoded = folder.resolve("decoded.parquet");
        assertThat(workflow.decode(sequences, decoded)).isEqualTo(2);
        Table table = TestTables.read(decoded);
        assertThat(table.columnNames()).containsExactlyInAnyOrder("user", "city", "item");
        assertThat(values(table, "user")).containsExactly("u", "v");
        assertThat(values(table, "city")).containsExactly(Arrays.asList("a", null), List.of("b"));
        assertThat(values(table, "item")).containsExactly(8L, 7L);
    }

    @Test
    void truthGoesBackToTruth() throws IOException {
        Schema schema = SCHEMA.excluding(List.of("bought")).plus(Schema.of(ColumnSchema.scalar("bought", DType.BOOL)));
        Path events = TestTables.write(
                folder.resolve("truth.parquet"),
                "select * replace (nullif(bought, 0) is not null as bought) from (" + EVENTS + ")");
        List<Operator> operators = List.of(
                new Rename(Map.of("bought", "sold")),
                Categorify.of("sold"),
                new Groupby(Map.of("sold", List.of("list", "last"))));
        Workflow workflow = Workflow.fit(config(operators.toArray(Operator[]::new)), events, schema);
        Path target = folder.resolve("out").resolve("out.parquet");
        workflow.transform(events, target);
        Path decoded = folder.resolve("decoded.parquet");
        workflow.decode(target, decoded);
        assertThat(soldWithTypes(decoded))
                .containsExactly("BOOLEAN[] BOOLEAN [false, true]", "BOOLEAN[] BOOLEAN [true]");
        Stream<Operator> inverse =
                Stream.concat(operators.stream(), Stream.of(new InverseCategorify(List.of("sold-list", "sold-last"))));
        Path raw = folder.resolve("raw").resolve("raw.parquet");
        Workflow.fit(config(inverse.toArray(Operator[]::new)), events, schema).transform(events, raw);
        assertThat(soldWithTypes(raw)).isEqualTo(soldWithTypes(decoded));
    }

    private static List<@Nullable Object> soldWithTypes(Path file) {
        return values(
                TestTables.query(
                        "select typeof(\"sold-list\") || ' ' || typeof(\"sold-last\") || ' ' || \"sold-list\"::varchar as t"
                                + " from read_parquet(" + TestTables.literal(file) + ")"),
                "t");
    }

    @Test
    void refusesToDecodeWhatHoldsNoIds() throws IOException {
        Workflow workflow = fit(config(Categorify.of("city")));
        Path decoded = folder.resolve("decoded.parquet");
        assertThatThrownBy(() -> workflow.decode(events(), decoded))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("events.parquet, column city: VARCHAR (expected: ids");
        assertThatThrownBy(() -> workflow.decode(folder.resolve("none"), decoded))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none (expected: an existing file");
        assertThat(decoded).doesNotExist();
    }

    @Test
    void theSchemaOfTheEventsStaysWhenTheOutputLiesBesideThem() throws IOException {
        Path events = events();
        Path schema = folder.resolve("schema.pbtxt");
        SCHEMA.write(schema);
        Workflow workflow = Workflow.fit(config(Categorify.of("item")), events, SCHEMA);
        workflow.transform(events, folder.resolve("out.parquet"));
        assertThat(Schema.read(schema)).isEqualTo(SCHEMA);
        assertThat(Schema.read(folder.resolve("out.parquet.schema.pbtxt"))).isEqualTo(workflow.outputSchema());
    }
}
