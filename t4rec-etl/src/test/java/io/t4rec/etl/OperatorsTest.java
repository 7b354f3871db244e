package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each operator makes of a few events, computed by hand. */
class OperatorsTest {
    private static final long SECOND = 1_000_000;
    private static final long HOUR = 3_600 * SECOND;

    /** Monday, 5 January 1970, 06:00 UTC. */
    private static final long MONDAY = (4 * 24 + 6) * HOUR;

    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("user", DType.STRING).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("from", DType.STRING),
            ColumnSchema.scalar("to", DType.STRING),
            ColumnSchema.scalar("price", DType.FLOAT64),
            ColumnSchema.scalar("stock", DType.INT64),
            ColumnSchema.ragged("words", DType.STRING));

    /** In the order of the file; user u clicks 7, 7, 8 and after an hour 9; user v clicks 7 twice. */
    private static final String EVENTS = """
            select * from (values
              ('u', 7, %d, 'a', 'b',  1.0, 9007199254740993, ['x', 'y']),
              ('v', 7, %d, 'b', null, null, null,            []),
              ('u', 7, %d, 'a', 'c',  3.0, 1,                ['x', null]),
              ('u', 8, %d, 'd', 'a', -2.0, 9007199254740992, null),
              ('v', 7, %d, 'a', 'b',  5.0, 0,                ['z', 'x']),
              ('u', 9, %d, null, 'b', 3.0, 2,                ['y']))
              t(user, item, time, "from", "to", price, stock, words)
            """.formatted(
                    MONDAY,
                    MONDAY + 2 * HOUR,
                    MONDAY + 5 * SECOND,
                    MONDAY + 1_805 * SECOND,
                    MONDAY + 26 * HOUR,
                    MONDAY + 5_405 * SECOND + 1);

    @TempDir
    Path folder;

    private Path events() {
        Path file = folder.resolve("events.parquet");
        try (Database database = Database.openInOrder()) {
            database.execute("copy (" + EVENTS + ") to " + Database.literal(file.toString()) + " (format parquet)");
        }
        return file;
    }

    private Workflow fit(Operator... operators) {
        return Workflow.fit(new WorkflowConfig("user", "item", "time", List.of(operators)), events(), SCHEMA);
    }

    private Table transform(Operator... operators) throws IOException {
        Path target = folder.resolve("out.parquet");
        fit(operators).transform(events(), target);
        try (Database database = Database.openInOrder()) {
            return database.query("select * from read_parquet(" + Database.literal(target.toString()) + ")");
        }
    }

    private static List<@Nullable Object> values(Table table, String column) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int row = 0; row < table.rowCount(); row++) {
            Object value = table.column(column).value(row);
            values.add(value instanceof Column list ? values(Table.of(Map.of("list", list)), "list") : value);
        }
        return values;
    }

    private List<@Nullable Object> items(Operator... operators) throws IOException {
        return values(transform(operators), "item");
    }

    @Test
    void slicesHaveTheLengthThatBothEndsAllow() throws IOException {
        Operator lists = new Groupby(Map.of("item", List.of("list")));
        Operator newest = new ListSlice(-2, 10L, 2, 0);
        assertThat(fit(lists, newest).outputSchema().get("item").shape()).isEqualTo(ColumnShape.fixed(2));
        assertThat(values(transform(lists, newest), "item"))
                .allSatisfy(list -> assertThat((List<?>) list).hasSize(2));
        assertThat(fit(lists, new ListSlice(-5, 3L)).outputSchema().get("item").shape())
                .isEqualTo(ColumnShape.ragged(0, 3));
    }

    @Test
    void categorifyNumbersByFrequencyThenValueAndKeepsNullAndUnknownApart() throws IOException {
        Table table = transform(new Categorify(List.of("item", "from"), 2, 0, false));
        assertThat(values(table, "item")).containsExactly(3L, 3L, 3L, 2L, 3L, 2L);
        assertThat(values(table, "from")).containsExactly(3L, 2L, 3L, 2L, 3L, 1L);
        assertThat(values(transform(new Categorify(List.of("to"), 0, 2, false)), "to"))
                .as("b three times, a before c of the rest")
                .containsExactly(3L, 1L, 2L, 4L, 3L, 3L);
        Workflow workflow = fit(Categorify.of("to"));
        assertThat(workflow.vocabulary("to").value(4)).isEqualTo("a");
        assertThat(workflow.vocabulary("to").count(3)).isEqualTo(3);
        assertThat(workflow.outputSchema().get("to").cardinality()).isEqualTo(6);
        assertThat(workflow.outputSchema().get("to").tags()).contains(Tag.CATEGORICAL);
    }

    @Test
    void categorifySharesAVocabularyWhenAsked() throws IOException {
        Operator shared = new Categorify(List.of("from", "to"), 0, 0, true);
        Table table = transform(shared);
        assertThat(values(table, "from")).as("a four times, b four times").containsExactly(3L, 4L, 3L, 6L, 3L, 1L);
        assertThat(values(table, "to")).containsExactly(4L, 1L, 5L, 3L, 4L, 4L);
        Workflow workflow = fit(shared);
        Path saved = java.nio.file.Files.createDirectory(folder.resolve("saved"));
        workflow.save(saved);
        assertThat(saved.toFile().list()).contains("vocabulary-0.parquet").doesNotContain("vocabulary-1.parquet");
        assertThat(Workflow.load(saved).vocabulary("to").id("d")).isEqualTo(6);
        assertThat(workflow.outputSchema().get("to").intDomain())
                .isEqualTo(workflow.outputSchema().get("from").intDomain());
    }

    @Test
    void categorifyGivesEachElementOfAListItsId() throws IOException {
        assertThat(values(transform(Categorify.of("words")), "words"))
                .containsExactly(List.of(3L, 4L), List.of(), List.of(3L, 1L), List.of(), List.of(5L, 3L), List.of(4L));
    }

    @Test
    void numbersAreFilledClippedLoggedAndNormalized() throws IOException {
        assertThat(values(transform(new FillMissing(List.of("price"), 0.5)), "price"))
                .containsExactly(1.0, 0.5, 3.0, -2.0, 5.0, 3.0);
        assertThat(values(transform(new Clip(List.of("price"), 0.0, 3.0)), "price"))
                .containsExactly(1.0, null, 3.0, 0.0, 3.0, 3.0);
        assertThat(values(transform(new Log(List.of("price"))), "price"))
                .containsExactly(Math.log(2), null, Math.log(4), null, Math.log(6), Math.log(4));
        // mean 2; deviations -1, 1, -4, 3, 1: squares sum to 28, over 4
        double deviation = Math.sqrt(7);
        List<@Nullable Object> normalized = values(transform(new Normalize(List.of("price"))), "price");
        assertThat(normalized.get(1)).isNull();
        assertThat((Double) normalized.get(3)).isCloseTo(-4 / deviation, within(1e-12));
        assertThat((Double) normalized.get(4)).isCloseTo(3 / deviation, within(1e-12));
    }

    @Test
    void filterComparesIntegersExactlyAndKnowsTextListsAndNulls() throws IOException {
        assertThat(items(new Filter("stock", Filter.Test.AT_LEAST, (1L << 53) + 1)))
                .containsExactly(7L);
        assertThat(items(new Filter("stock", Filter.Test.AT_MOST, 1))).containsExactly(7L, 7L);
        assertThat(items(new Filter("from", Filter.Test.EQUAL, "d"))).containsExactly(8L);
        assertThat(items(new Filter("from", Filter.Test.DIFFERENT, "a"))).containsExactly(7L, 8L);
        assertThat(items(new Filter("from", Filter.Test.IN, List.of("d", "b")))).containsExactly(7L, 8L);
        assertThat(items(new Filter("from", Filter.Test.NOT_IN, List.of("a", "b"))))
                .containsExactly(8L);
        assertThat(items(new Filter("from", Filter.Test.ABSENT, null))).containsExactly(9L);
        assertThat(items(new Filter("price", Filter.Test.PRESENT, null))).containsExactly(7L, 7L, 8L, 7L, 9L);
        assertThatThrownBy(() -> fit(new Filter("from", Filter.Test.IN, List.of(1))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("column from: test IN, value 1 (expected: a value of type STRING");
    }

    @Test
    void sessionizeStartsANewSessionAfterALongerGapOnly() throws IOException {
        Table table = transform(new Sessionize(3_600));
        assertThat(values(table, "session_number"))
                .as("u: gaps of 5 s, 1800 s, and an hour and a microsecond; v: a day")
                .containsExactly(1L, 1L, 1L, 1L, 2L, 2L);
        Table sessions = transform(
                new Sessionize(3_600), new DropConsecutiveRepeats(), new Groupby(Map.of("item", List.of("list"))));
        assertThat(values(sessions, "user")).containsExactly("u", "u", "v", "v");
        assertThat(values(sessions, "session_number")).containsExactly(1L, 2L, 1L, 2L);
        assertThat(values(sessions, "item")).containsExactly(List.of(7L, 8L), List.of(9L), List.of(7L), List.of(7L));
    }

    @Test
    void aRequestKeepsTheNewestSessionOfEachUser() {
        Workflow workflow = fit(new Sessionize(1_800), new Groupby(Map.of("item", List.of("list"))));
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("user", Column.of("w", "u", "u", "w"));
        columns.put("item", Column.of(1, 2, 3, 4));
        columns.put("time", Column.of(0, 5_000 * SECOND, 0, 1_800 * SECOND));
        columns.put("from", Column.of("a", "a", "a", "a"));
        columns.put("to", Column.of("a", "a", "a", "a"));
        columns.put("price", Column.of(1.0, 1, 1, 1));
        columns.put("stock", Column.of(1, 1, 1, 1));
        columns.put("words", new Column.Lists(Column.of("x"), new int[] {0, 0, 1, 1, 1}));
        Table answer = workflow.requestPipeline().transform(Table.of(columns));
        assertThat(values(answer, "user")).containsExactly("w", "u");
        assertThat(values(answer, "item")).containsExactly(List.of(1L, 4L), List.of(2L));
        assertThat(values(answer, "session_number")).containsExactly(1L, 2L);
    }

    @Test
    void consecutiveRepeatsRareItemsAndShortSessionsGo() throws IOException {
        assertThat(items(new DropConsecutiveRepeats())).containsExactly(7L, 7L, 8L, 9L);
        assertThat(items(new MinSupport("item", 2))).containsExactly(7L, 7L, 7L, 7L);
        assertThat(items(new Groupby(Map.of("item", List.of("list"))), new SessionLengthFilter(3)))
                .containsExactly(List.of(7L, 7L, 8L, 9L));
    }

    @Test
    void groupbyAggregatesInOrderOfTimeAndListSliceCutsByPythonsRules() throws IOException {
        Map<String, List<String>> aggregations = new LinkedHashMap<>();
        aggregations.put("item", List.of("list"));
        aggregations.put("price", List.of("first", "last", "count", "nunique"));
        Operator groupby = new Groupby(aggregations);
        Table table = transform(groupby);
        assertThat(values(table, "user")).containsExactly("u", "v");
        assertThat(values(table, "item")).containsExactly(List.of(7L, 7L, 8L, 9L), List.of(7L, 7L));
        assertThat(values(table, "price-first")).containsExactly(1.0, null);
        assertThat(values(table, "price-last")).containsExactly(3.0, 5.0);
        assertThat(values(table, "price-count")).containsExactly(4L, 1L);
        assertThat(values(table, "price-nunique")).containsExactly(3L, 1L);
        assertThat(items(groupby, new ListSlice(-3, null))).containsExactly(List.of(7L, 8L, 9L), List.of(7L, 7L));
        assertThat(items(groupby, new ListSlice(1, -1L))).containsExactly(List.of(7L, 8L), List.of());
    }

    @Test
    void timeFeaturesFollowTheClockTheSessionAndTheItem() throws IOException {
        Table table = transform(new TimeFeatures(TimeFeatures.KNOWN));
        assertThat(values(table, "hour")).as("6:00 is id 7").containsExactly(7L, 9L, 7L, 7L, 9L, 8L);
        assertThat(values(table, "weekday")).containsExactly(1L, 1L, 1L, 1L, 2L, 1L);
        assertThat((Double) values(table, "hour_sin").get(0)).isCloseTo(1, within(1e-12));
        assertThat((Double) values(table, "hour_cos").get(0)).isCloseTo(0, within(1e-12));
        assertThat((Double) values(table, "weekday_sin").get(4)).isCloseTo(Math.sin(2 * Math.PI / 7), within(1e-12));
        assertThat((Double) values(table, "weekday_cos").get(0)).isCloseTo(1, within(1e-12));
        assertThat(values(table, "elapsed")).containsExactly(0.0, 0.0, 5.0, 1_800.0, 86_400.0, 3_600.000001);
        assertThat(values(table, "recency"))
                .as("7 was first seen on Monday at 6:00")
                .containsExactly(0.0, 2.0 / 24, 5.0 / 86_400, 0.0, 26.0 / 24, 0.0);
        Schema schema = fit(new TimeFeatures(TimeFeatures.KNOWN)).outputSchema();
        assertThat(schema.get("hour").cardinality()).isEqualTo(25);
        assertThat(schema.get("hour").properties())
                .containsEntry("embedding_sizes", Map.of("cardinality", 25L, "dimension", 16L));
        assertThat(schema.get("weekday").properties())
                .containsEntry("embedding_sizes", Map.of("cardinality", 8L, "dimension", 16L));
    }

    @Test
    void renameAndTagsChangeTheSchemaAlone() throws IOException {
        Workflow workflow =
                fit(new Rename(Map.of("price", "cost")), new AddTags(List.of("cost"), List.of("item", "continuous")));
        assertThat(workflow.outputSchema().names()).contains("cost").doesNotContain("price");
        assertThat(workflow.outputSchema().get("cost").tags()).contains(Tag.ITEM, Tag.CONTINUOUS);
        assertThat(values(transform(new Rename(Map.of("price", "cost"))), "cost"))
                .containsExactly(1.0, null, 3.0, -2.0, 5.0, 3.0);
    }

    @Test
    void whatTellsSessionsAndTheirOrderStaysAsItIs() {
        for (Operator operator :
                List.of(Categorify.of("user"), new Normalize(List.of("time")), new Rename(Map.of("user", "who")))) {
            assertThatThrownBy(() -> fit(operator))
                    .as(operator.toString())
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("tells sessions and their order");
        }
        assertThatThrownBy(() -> fit(Categorify.of("from"), Categorify.of("from")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("operator 1 (categorify), column from: has ids already");
        assertThatThrownBy(() -> fit(TimeFeatures.of("hour"), TimeFeatures.of("hour")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("column hour: exists");
    }
}
