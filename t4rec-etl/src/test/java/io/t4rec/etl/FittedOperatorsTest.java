package io.t4rec.etl;

import static io.t4rec.etl.TestTables.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.Column;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operators that learn from data make of a few events, computed by hand. */
class FittedOperatorsTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("user", DType.STRING).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("city", DType.STRING),
            ColumnSchema.scalar("shop", DType.STRING),
            ColumnSchema.scalar("price", DType.FLOAT64));

    private static final String EVENTS = """
            select * from (values
              ('u', 7, 10, 'a', 'x',   1.0),
              ('u', 8, 20, 'a', 'y',   3.0),
              ('v', 7, 20, 'b', 'x',   null),
              ('v', 9, 30, null, 'x',  5.0),
              ('w', 7, 40, 'a', 'x',   8.0),
              ('w', 8, 50, 'b', null,  2.0),
              ('w', 7, 50, 'b', 'y',   2.0))
              t(user, item, time, city, shop, price)
            """;

    @TempDir
    Path folder;

    private Path events() {
        return TestTables.write(folder.resolve("events.parquet"), EVENTS);
    }

    private Workflow fit(Operator... operators) {
        return Workflow.fit(new WorkflowConfig("user", "item", "time", List.of(operators)), events(), SCHEMA);
    }

    private Table transform(Operator... operators) throws IOException {
        Path target = folder.resolve("out").resolve("out.parquet");
        fit(operators).transform(folder.resolve("events.parquet"), target);
        return TestTables.read(target);
    }

    private Table transformTraining(Operator... operators) throws IOException {
        Path target = folder.resolve("out").resolve("out.parquet");
        fit(operators).transformTraining(folder.resolve("events.parquet"), target);
        return TestTables.read(target);
    }

    private static Categorify categorify(
            List<String> columns, boolean single, long buckets, long start, Map<String, Object> given) {
        return new Categorify(columns, 0, 0, false, false, single, buckets, start, given);
    }

    @Test
    void combinedCategoriesBecomeOneColumnOfIds() throws IOException {
        Table table = transform(Categorify.combined("city", "shop"));
        assertThat(values(table, "city_shop"))
                .as("a|x twice; then in order of their bytes \\N|x, a|y, b|\\N, b|x, b|y")
                .containsExactly(3L, 5L, 7L, 4L, 3L, 6L, 8L);
        assertThat(values(table, "city")).as("the parts stay").containsExactly("a", "a", "b", null, "a", "b", "b");
    }

    @Test
    void columnsThatBecomeOneAreChosenAsAnyOthers() throws IOException {
        Table combined = transform(Categorify.combined("type:string", "-user"));
        assertThat(values(combined, "city_shop")).containsExactly(3L, 5L, 7L, 4L, 3L, 6L, 8L);
        Table crossed = transform(new HashedCross(List.of("*", "-user", "-price", "-time", "-item"), 100, null));
        assertThat(values(crossed, "city_X_shop"))
                .isEqualTo(values(transform(new HashedCross(List.of("city", "shop"), 100, null)), "city_X_shop"));
        assertThatThrownBy(() -> fit(new HashedCross(List.of("cit*"), 100, null)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("operator 0 (hashed-cross): columns [city] (expected: at least two)");
    }

    @Test
    void unknownValuesSpreadOverBucketsAndIdsMayBeginLater() {
        Workflow workflow = fit(categorify(List.of("city"), false, 4, 10, Map.of()));
        Vocabulary vocabulary = workflow.vocabulary("city");
        assertThat(vocabulary.id(null)).isEqualTo(11);
        assertThat(vocabulary.id("zzz")).isEqualTo(12 + StableHash.bucket("zzz", 4));
        assertThat(List.of(vocabulary.id("a"), vocabulary.id("b"))).containsExactly(16L, 17L);
        ColumnSchema city = workflow.outputSchema().get("city");
        assertThat(city.cardinality()).isEqualTo(18);
        assertThat(city.properties())
                .containsEntry("num_buckets", 4L)
                .containsEntry("first_id", 16L)
                .containsEntry("vocabulary", "city")
                .containsEntry("embedding_sizes", Map.of("cardinality", 18L, "dimension", 16L));
        Table request = workflow.requestPipeline().transform(request("city", "zzz", "b", null));
        assertThat(values(request, "city")).containsExactly(12 + StableHash.bucket("zzz", 4), 17L, 11L);
    }

    private static Table request(String column, @Nullable String... texts) {
        long[] zeros = new long[texts.length];
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("user", Column.of(Arrays.stream(zeros).mapToObj(i -> "u").toArray(String[]::new)));
        columns.put("item", Column.of(zeros));
        columns.put("time", Column.of(zeros));
        columns.put("city", Column.of(texts));
        columns.put("shop", Column.of(texts));
        columns.put("price", Column.of(new double[texts.length]));
        columns.put(column, Column.of(texts));
        return Table.of(columns);
    }

    @Test
    void columnsOfOneTableHaveIdsThatNeverMeet() throws IOException {
        Operator operator = categorify(List.of("city", "shop"), true, 1, 0, Map.of());
        Table table = transform(operator);
        assertThat(values(table, "city")).as("a and b three times").containsExactly(3L, 3L, 4L, 1L, 3L, 4L, 4L);
        assertThat(values(table, "shop")).as("null 5, unknown 6, x, y").containsExactly(7L, 8L, 7L, 7L, 7L, 5L, 8L);
        Schema schema = fit(operator).outputSchema();
        assertThat(schema.get("city").intDomain()).isEqualTo(schema.get("shop").intDomain());
        assertThat(schema.get("city").cardinality()).isEqualTo(9);
    }

    @Test
    void givenVocabulariesAreTakenAsTheyAre() throws IOException {
        String file = TestTables.write(folder.resolve("v.parquet"), "select unnest(['y', null, 'x']) as shop")
                .toString();
        Table table = transform(
                categorify(List.of("city", "shop"), false, 1, 0, Map.of("city", List.of("b", "c"), "shop", file)));
        assertThat(values(table, "city")).containsExactly(2L, 2L, 3L, 1L, 2L, 3L, 3L);
        assertThat(values(table, "shop")).containsExactly(4L, 3L, 4L, 4L, 4L, 1L, 3L);
        assertThatThrownBy(() -> fit(categorify(List.of("city"), false, 1, 0, Map.of("city", List.of("b", "b")))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("column city: vocabulary value b (expected: text, each once)");
        assertThatThrownBy(() -> fit(categorify(List.of("city"), false, 1, 0, Map.of("city", file))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expected: a Parquet file with a column city");
        assertThatThrownBy(() -> fit(categorify(List.of("city"), false, 1, 0, Map.of("shop", List.of("x")))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("operator 0 (categorify), column shop: given a vocabulary")
                .hasMessageContaining("one of the columns: [city]");
    }

    @Test
    void idsGoBackToTheRawValuesEvenUnderAnotherName() throws IOException {
        Operator[] operators = {
            Categorify.of("city", "item"),
            new Rename(Map.of("city", "town")),
            new Groupby(Map.of("town", List.of("list"), "item", List.of("list"))),
            new InverseCategorify(List.of("town", "item"))
        };
        Table table = transform(operators);
        assertThat(values(table, "town"))
                .containsExactly(List.of("a", "a"), Arrays.asList("b", null), List.of("a", "b", "b"));
        assertThat(values(table, "item")).containsExactly(List.of(7L, 8L), List.of(7L, 9L), List.of(7L, 8L, 7L));
        assertThat(fit(operators).outputSchema().get("town").dtype()).isEqualTo(DType.STRING);
    }

    @Test
    void repeatsOfNullLeaveOneEventToo() throws IOException {
        Table table = transform(
                new Categorify(List.of("item"), 5, 0, false),
                new InverseCategorify(List.of("item")),
                new DropConsecutiveRepeats());
        assertThat(values(table, "user")).containsExactly("u", "v", "w");
        assertThat(values(table, "item")).containsExactly(null, null, null);
    }

    @Test
    void joinsStatisticsOfGroups() throws IOException {
        Table table = transform(new JoinGroupby(
                List.of("city"), List.of("price"), List.of("count", "sum", "mean", "std", "var", "min", "max")));
        assertThat(values(table, "city_count")).containsExactly(3L, 3L, 3L, null, 3L, 3L, 3L);
        assertThat(values(table, "city_price_sum")).containsExactly(12.0, 12.0, 4.0, null, 12.0, 4.0, 4.0);
        assertThat(values(table, "city_price_mean")).containsExactly(4.0, 4.0, 2.0, null, 4.0, 2.0, 2.0);
        assertThat((Double) values(table, "city_price_var").get(0)).isCloseTo(13, within(1e-12));
        assertThat((Double) values(table, "city_price_std").get(2)).isCloseTo(0, within(1e-12));
        assertThat(values(table, "city_price_max").get(0)).isEqualTo(8.0);
        Table pairs = transform(new JoinGroupby(List.of("city", "shop"), List.of(), List.of()));
        assertThat(values(pairs, "city_shop_count"))
                .as("a null beside a value is a group, nulls alone are none")
                .containsExactly(2L, 1L, 1L, 1L, 2L, 1L, 1L);
    }

    private Path largePrices(String... prices) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < prices.length; i++) {
            rows.append(i == 0 ? "" : ", ").append("('u', 7, " + i + ", 'a', 'x', " + prices[i] + "::double)");
        }
        return TestTables.write(
                folder.resolve("large.parquet"),
                "select * from (values " + rows + ") t(user, item, time, city, shop, price)");
    }

    private static void refused(Path events, Operator operator, String message) {
        assertThatThrownBy(() ->
                        Workflow.fit(new WorkflowConfig("user", "item", "time", List.of(operator)), events, SCHEMA))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("expected: smaller numbers, clip them first)");
    }

    @Test
    void squaresOfLargeNumbersAreOnlyTakenWhereTheyAreAskedFor() throws IOException {
        Path events = largePrices("1e200", "-1e200", "3e200");
        Path target = folder.resolve("out/out.parquet");
        Workflow workflow = Workflow.fit(
                new WorkflowConfig(
                        "user",
                        "item",
                        "time",
                        List.of(
                                new JoinGroupby(List.of("city"), List.of("price"), List.of("sum", "min")),
                                new RelativeToGroup(List.of("price"), List.of("city")))),
                events,
                SCHEMA);
        workflow.transform(events, target);
        assertThat(values(TestTables.read(target), "city_price_sum")).containsExactly(3e200, 3e200, 3e200);
        assertThat(values(TestTables.read(target), "price_relative_to_city")).containsExactly(0.0, -2.0, 2.0);
        refused(
                events,
                new JoinGroupby(List.of("city"), List.of("price"), List.of("std")),
                "join-groupby, columns [price]: no variance (");
        refused(events, new DataStats(List.of("price")), "column price: no mean and deviation (");
    }

    @Test
    void summariesThatCouldNotBeLoadedAgainAreRefused() {
        refused(
                largePrices("-1.7e308", "1.7e308"),
                new DataStats(List.of("price")),
                "column price: no mean and deviation (");
    }

    @Test
    void targetsAreEncodedWithoutTheirOwnFoldInTrainingOnly() throws IOException {
        TargetEncoding operator = new TargetEncoding(List.of("city"), "price", 2, 1.0, 42L, null);
        double mean = 21.0 / 6;
        List<@Nullable Object> whole = values(transform(operator), "TE_city_price");
        assertThat((Double) whole.get(0)).isCloseTo((12 + mean) / 4, within(1e-12));
        assertThat((Double) whole.get(2)).isCloseTo((4 + mean) / 3, within(1e-12));
        assertThat((Double) whole.get(3)).as("null").isCloseTo(mean, within(1e-12));
        Map<String, Long> fold = new LinkedHashMap<>();
        for (String user : List.of("u", "v", "w")) {
            fold.put(user, StableHash.bucket("42|" + user, 2));
        }
        List<@Nullable Object> training = values(transformTraining(operator), "TE_city_price");
        // city a: u has 1 and 3, w has 8
        double sum = fold.get("u").equals(fold.get("w")) ? 0 : 8;
        double count = fold.get("u").equals(fold.get("w")) ? 0 : 1;
        assertThat((Double) training.get(0)).isCloseTo((sum + mean) / (count + 1), within(1e-12));
        assertThat((Double) training.get(3))
                .as("null, of which its own 5 tells nothing")
                .isCloseTo(mean, within(1e-12));
    }

    @Test
    void trainingRowsOfTextsGoIntoAFolderToo() throws IOException {
        Workflow workflow = fit(new Popularity(null, null));
        Path text = folder.resolve("events.csv");
        Files.writeString(text, "user,item,time,city,shop,price\nu,7,10,a,x,1\nv,7,20,b,x,2\n");
        Path target = folder.resolve("parts");
        assertThat(WorkflowEngine.duckDb()
                        .transformTraining(
                                workflow,
                                DataSource.of(text),
                                target,
                                OutputLayout.single().inFiles(2)))
                .isEqualTo(2);
        assertThat(values(TestTables.read(target.resolve("part-00001.parquet")), "popularity"))
                .as("one event of 7 before; four where all are counted")
                .containsExactly(1L);
        assertThat(target.resolve("schema.pbtxt")).exists();
    }

    @Test
    void popularityCountsNoLaterEventInTrainingAndAllAfterwards() throws IOException {
        assertThat(values(transformTraining(new Popularity(null, null)), "popularity"))
                .as("7 at 10, 20, 40, 50; 8 at 20, 50")
                .containsExactly(0L, 0L, 1L, 0L, 2L, 1L, 3L);
        assertThat(values(transform(new Popularity(null, null)), "popularity"))
                .containsExactly(4L, 2L, 4L, 1L, 4L, 2L, 4L);
        assertThat(values(transformTraining(new Popularity("shop", "seen")), "seen"))
                .as("x at 10, 20, 30, 40; null has none")
                .containsExactly(0L, 0L, 1L, 2L, 3L, 0L, 1L);
    }

    @Test
    void pricesAreSeenRelativeToTheirGroup() throws IOException {
        assertThat(values(transform(new RelativeToGroup(List.of("price"), List.of("city"))), "price_relative_to_city"))
                .containsExactly(-0.75, -0.25, null, null, 1.0, 0.0, 0.0);
    }

    @Test
    void coreDropsItemsAndSessionsUntilBothBoundsHold() throws IOException {
        Table table = transform(new KCore(2, 2));
        assertThat(values(table, "item")).as("9 goes, then v has one event").containsExactly(7L, 8L, 7L, 8L, 7L);
        assertThat(values(transform(new KCore(3, 2)), "item"))
                .as("8 and 9 go, then only w has two events, then 7 has too few")
                .isEmpty();
    }

    @Test
    void groupbyMayGatherOtherGroupsInAnotherOrder() throws IOException {
        Map<String, List<String>> aggregations = new LinkedHashMap<>();
        aggregations.put("item", List.of("list"));
        aggregations.put("price", List.of("sum", "mean", "min", "max", "median", "std"));
        Table table = transform(new Groupby(aggregations, List.of("city"), List.of("price"), true));
        assertThat(values(table, "city")).as("in order of the last event").containsExactly("a", "b");
        assertThat(values(table, "item"))
                .as("prices fall, null last")
                .containsExactly(List.of(7L, 8L, 7L), List.of(8L, 7L, 7L));
        assertThat(values(table, "price-sum")).containsExactly(12.0, 4.0);
        assertThat(values(table, "price-median")).containsExactly(3.0, 2.0);
        assertThat(values(table, "price-max")).containsExactly(8.0, 2.0);
        assertThat((Double) values(table, "price-std").get(0)).isCloseTo(Math.sqrt(13), within(1e-12));
        assertThatThrownBy(() -> fit(new Groupby(Map.of("shop", List.of("mean")))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("column shop: text (expected: numbers for mean)");
    }

    @Test
    void tablesBesideTheEventsAreJoined() throws IOException {
        String items = TestTables.write(
                        folder.resolve("items.parquet"),
                        "select * from (values (7, 'shoe', ['s', 'm']), (8, 'hat', []), (8, 'cap', ['l'])) t(id, kind, sizes)")
                .toString();
        Operator unique =
                new JoinExternal(items, List.of("item"), List.of("id"), List.of(), JoinExternal.How.LEFT, true);
        Table table = transform(unique);
        assertThat(values(table, "kind")).containsExactly("shoe", "hat", "shoe", null, "shoe", "hat", "shoe");
        assertThat(values(table, "sizes").get(0)).isEqualTo(List.of("s", "m"));
        assertThat(values(table, "sizes").get(3)).isEqualTo(List.of());
        Operator inner =
                new JoinExternal(items, List.of("item"), List.of("id"), List.of("kind"), JoinExternal.How.INNER, true);
        assertThat(values(transform(inner), "item")).containsExactly(7L, 8L, 7L, 7L, 8L, 7L);
        Operator twice =
                new JoinExternal(items, List.of("item"), List.of("id"), List.of(), JoinExternal.How.LEFT, false);
        assertThatThrownBy(() -> fit(twice))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("key: 8 (expected: a value, each once)");
        assertThatThrownBy(
                        () -> fit(JoinExternal.of(folder.resolve("none.parquet").toString(), "item")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none.parquet");
    }

    @Test
    void columnsMayBeCalledAsAnythingIsWithinStatements() throws IOException {
        Table table = transform(
                new Copy(Map.of("price", "value")),
                new JoinGroupby(List.of("item"), List.of("value"), List.of("mean")),
                new RelativeToGroup(List.of("value"), List.of("item")),
                TargetEncoding.of("value", "item"));
        Table plain = transform(
                new JoinGroupby(List.of("item"), List.of("price"), List.of("mean")),
                new RelativeToGroup(List.of("price"), List.of("item")),
                TargetEncoding.of("price", "item"));
        assertThat(values(table, "item_value_mean"))
                .isEqualTo(values(plain, "item_price_mean"))
                .startsWith(11.0 / 3, 2.5);
        assertThat(values(table, "value_relative_to_item")).isEqualTo(values(plain, "price_relative_to_item"));
        assertThat(values(table, "TE_item_value")).isEqualTo(values(plain, "TE_item_price"));

        String items = TestTables.write(
                        folder.resolve("items.parquet"),
                        "select * from (values (7, 0.5, 'p', 1), (8, 1.5, 'q', 2), (8, 2.5, 'r', 3))"
                                + " t(key, value, place, nth)")
                .toString();
        Table joined = transform(
                new JoinExternal(items, List.of("item"), List.of("key"), List.of(), JoinExternal.How.LEFT, true));
        assertThat(values(joined, "value")).startsWith(0.5, 1.5, 0.5, null);
        assertThat(values(joined, "place")).startsWith("p", "q", "p", null);
        assertThat(values(joined, "nth")).startsWith(1L, 2L, 1L, null);
    }

    @Test
    void numbersOfTablesThatAreNotFiniteAreRefusedWithTheirKey() {
        for (String value : List.of("'nan'::float", "'-inf'::double", "[1.0, 'inf'::double, null]")) {
            String items = TestTables.write(
                            folder.resolve("items.parquet"),
                            "select 7 as item, 'a' as kind, null as weight union all select 8, 'b', " + value)
                    .toString();
            assertThatThrownBy(() -> fit(JoinExternal.of(items, "item")))
                    .as(value)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("items.parquet, key 8, column weight: [")
                    .hasMessageContaining("expected: finite numbers or null");
        }
    }

    @Test
    void similarityComparesVectors() throws IOException {
        String vectors = TestTables.write(
                        folder.resolve("vectors.parquet"),
                        "select * from (values ('a', [3.0, 4.0]), ('b', [1.0, 0.0]), ('x', [2.0, 0.0])) t(key, vector)")
                .toString();
        Table cosine =
                transform(new ColumnSimilarity("city", "shop", vectors, null, null, ColumnSimilarity.Metric.COSINE));
        assertThat((Double) values(cosine, "city_shop_sim").get(0)).isCloseTo(0.6, within(1e-12));
        assertThat((Double) values(cosine, "city_shop_sim").get(2)).isCloseTo(1, within(1e-12));
        assertThat(values(cosine, "city_shop_sim").get(1)).as("y has no vector").isNull();
        Table inner =
                transform(new ColumnSimilarity("city", "shop", vectors, null, null, ColumnSimilarity.Metric.INNER));
        assertThat(values(inner, "city_shop_sim").get(0)).isEqualTo(6.0);
    }

    @Test
    void ownFunctionsAreRefusedWhereTheyAreMissing() throws IOException {
        LambdaFunctions.register("twice", values -> 2 * (Double) values.get(0));
        Lambda both = new Lambda("double", List.of("price"), "{0} * 2", "twice", null);
        assertThat(values(transform(both), "double")).containsExactly(2.0, 6.0, null, 10.0, 16.0, 4.0, 4.0);
        assertThat(values(fit(both).requestPipeline().transform(request("city", "a")), "double"))
                .containsExactly(0.0);
        Workflow files = fit(new Lambda("double", List.of("price"), "{0} * 2", null, null));
        assertThatThrownBy(files::requestPipeline)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no Java function null");
        assertThatThrownBy(() -> transform(new Lambda("double", List.of("price"), null, "twice", null)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("lambda twice: no sql");
        for (String evil : List.of(
                "(select max(content) from read_text('/etc/hostname'))",
                "1) from read_text('/etc/hostname'), (select 1",
                "1; drop table x",
                "{0}) as a, (1",
                "{0}), (1",
                "sum({0}) over ()",
                "{0} + {1}",
                "{0} + item",
                "{0} + __row",
                "t.{0}",
                "#1 + {0}",
                "{0} + random()",
                "{0} + epoch(Now())",
                "{0} + extract(year from current_date)",
                "unnest([{0}, {0}])",
                "java_method('java.lang.System', 'exit', 1) + {0}",
                "{0} + length('{0}')",
                "{0} /* {0} */",
                "$$ {0} $$")) {
            assertThatThrownBy(() -> fit(new Lambda("double", List.of("price"), evil, null, null)))
                    .as(evil)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("expected: an expression");
        }
    }

    @Test
    void ownFunctionsThatDuckDbCannotRunAreRefusedBeforeTheWorkflowIs() {
        for (String sql : List.of("nofunc({0})", "sum({0})", "{0} + length({0})")) {
            assertThatThrownBy(() -> fit(new Lambda("x", List.of("price"), sql, null, null)))
                    .as(sql)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith("operator 0 (lambda), column x: sql " + sql + " (expected: functions");
        }
        assertThatThrownBy(() -> fit(new Lambda("x", List.of("time"), "epoch(age(make_timestamp({0})))", null, null)))
                .as("depends on today")
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("operator 0 (lambda), column x")
                .hasMessageContaining("not a plain expression: age");
        assertThat(fit(new Lambda(
                                "x", List.of("time"), "epoch(age(make_timestamp({0}), make_timestamp(0)))", null, null))
                        .outputSchema()
                        .contains("x"))
                .isTrue();
    }

    @Test
    void ownFunctionsThatFailOnAValueAreNamed() {
        Lambda failing = new Lambda("x", List.of("city"), "cast({0} as bigint)", null, "int64");
        assertThatThrownBy(() -> transform(failing))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("operator 0 (lambda), column x: Conversion Error: ");
        assertThatThrownBy(() -> fit(failing, new Normalize(List.of("x"))))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("operator 0 (lambda), column x: ")
                .hasMessageContaining("Conversion Error: ");
    }

    @Test
    void resultsOfOwnFunctionsThatAreNotFiniteAreNull() throws IOException {
        LambdaFunctions.register("share", values -> 1 / ((Double) values.get(0) - 3));
        Lambda share = new Lambda("x", List.of("price"), "1 / ({0} - 3)", "share", null);
        Table table = transform(share);
        assertThat(values(table, "x")).containsExactly(-0.5, null, null, 0.5, 0.2, -1.0, -1.0);
        TestTables.assertSame(
                "requests", table, fit(share).pipeline(Step.Place.DATA_SET).transform(TestTables.read(events())));
    }

    @Test
    void ownFunctionsGiveNullForNullOnFilesToo() throws IOException {
        LambdaFunctions.register("or zero", values -> ((Number) values.get(0)).doubleValue());
        Lambda lambda = new Lambda("x", List.of("price", "item"), "coalesce({0}, 0) -- and no more", "or zero", null);
        Table table = transform(lambda);
        assertThat(values(table, "x")).containsExactly(1.0, 3.0, null, 5.0, 8.0, 2.0, 2.0);
        TestTables.assertSame(
                "requests", table, fit(lambda).pipeline(Step.Place.DATA_SET).transform(TestTables.read(events())));
    }

    @Test
    void namesOfColumnsArePutIntoOwnFunctionsAsTheyAre() throws IOException {
        String evil = ") as double) as x, t.__row from (select * replace (0 as price) from stage_0) t --";
        Table table = transform(
                new Rename(Map.of("price", "{0}", "city", evil)),
                new Lambda("x", List.of(evil, "{0}"), "{1} + length({0})", null, null));
        assertThat(values(table, "x")).containsExactly(2.0, 4.0, null, null, 9.0, 3.0, 3.0);
    }

    @Test
    void summariesOfColumnsAreKept() {
        Map<String, Map<String, Double>> found =
                fit(new DataStats(List.of("city", "price"))).dataStatistics();
        assertThat(found.get("city"))
                .containsEntry("count", 6.0)
                .containsEntry("nulls", 1.0)
                .containsEntry("distinct", 2.0)
                .containsEntry("max", 1.0);
        assertThat(found.get("price"))
                .containsEntry("mean", 3.5)
                .containsEntry("min", 1.0)
                .containsEntry("distinct", 5.0);
    }
}
