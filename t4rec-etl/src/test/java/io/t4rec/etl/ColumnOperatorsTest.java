package io.t4rec.etl;

import static io.t4rec.etl.TestTables.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.IntDomain;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operators on single columns make of a few events, computed by hand. */
class ColumnOperatorsTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("user", DType.STRING).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("city", DType.STRING),
            ColumnSchema.scalar("price", DType.FLOAT64),
            ColumnSchema.scalar("stock", DType.INT64),
            ColumnSchema.scalar("constant", DType.FLOAT64),
            ColumnSchema.scalar("empty", DType.FLOAT64),
            ColumnSchema.ragged("sizes", DType.FLOAT64));

    private static final String EVENTS = """
            select * from (values
              ('u', 7, 10, 'a',   1.0,  300, 4.0, null::double, [1.0, null]),
              ('v', 7, 20, 'b|',  null, -1,  4.0, null,         []),
              ('u', 8, 30, 'a',   3.0,  2,   4.0, null,         [5.0]),
              ('u', 9, 25, null, -2.0,  null, null, null,       null),
              ('v', 7, 15, '😀',  8.0,  5,   4.0, null,         [3.0, 2.0, 9.0]))
              t(user, item, time, city, price, stock, constant, empty, sizes)
            """;

    @TempDir
    Path folder;

    private Workflow fit(Operator... operators) {
        Path events = TestTables.write(folder.resolve("events.parquet"), EVENTS);
        return Workflow.fit(new WorkflowConfig("user", "item", "time", List.of(operators)), events, SCHEMA);
    }

    private Table transform(Operator... operators) throws IOException {
        Path target = folder.resolve("out.parquet");
        fit(operators).transform(folder.resolve("events.parquet"), target);
        return TestTables.read(target);
    }

    @Test
    void fillsWithMedianAndTellsWhereValuesWereMissing() throws IOException {
        Table table = transform(new FillMedian(List.of("price", "empty", "sizes"), true));
        assertThat(values(table, "price")).as("of -2, 1, 3, 8").containsExactly(1.0, 2.0, 3.0, -2.0, 8.0);
        assertThat(values(table, "price_filled")).containsExactly(0L, 1L, 0L, 0L, 0L);
        assertThat(values(table, "empty")).containsOnly(0.0);
        assertThat(values(table, "sizes"))
                .as("of 1, 2, 3, 5, 9; elements are filled, not lists")
                .containsExactly(List.of(1.0, 3.0), List.of(), List.of(5.0), List.of(), List.of(3.0, 2.0, 9.0));
        assertThat(values(table, "sizes_filled"))
                .containsExactly(List.of(0L, 1L), List.of(), List.of(0L), List.of(), List.of(0L, 0L, 0L));
        assertThat(fit(new FillMissing(List.of("stock"), 3L, true))
                        .outputSchema()
                        .get("stock_filled")
                        .dtype())
                .isEqualTo(DType.BOOL);
    }

    @Test
    void scalesToTheRangeOfTheDataAndAConstantToAHalf() throws IOException {
        Table table = transform(new NormalizeMinMax(List.of("price", "constant", "sizes")));
        assertThat(values(table, "price")).containsExactly(0.3, null, 0.5, 0.0, 1.0);
        assertThat(values(table, "constant")).containsExactly(0.5, 0.5, 0.5, null, 0.5);
        assertThat(values(table, "sizes").get(2)).isEqualTo(List.of(0.5));
    }

    @Test
    void refusesARangeThatIsNoNumber() {
        assertThatThrownBy(() -> Workflow.fit(
                        new WorkflowConfig("user", "item", "time", List.of(new NormalizeMinMax(List.of("price")))),
                        TestTables.write(
                                folder.resolve("far.parquet"),
                                EVENTS.replace("  1.0, ", "1e308, ").replace("-2.0", "-1e308")),
                        SCHEMA))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("operator 0 (normalize-min-max), column price: -1.0E308 to 1.0E308")
                .hasMessageContaining("clip the column first");
    }

    @Test
    void bucketsBeginAtTheirBoundaryAndLeavePaddingAndNullApart() throws IOException {
        Workflow workflow = fit(new Bucketize(List.of("price", "stock"), List.of(0.0, 3.0)));
        Table table = transform(new Bucketize(List.of("price", "stock"), List.of(0.0, 3.0)));
        assertThat(values(table, "price")).containsExactly(3L, 1L, 4L, 2L, 4L);
        assertThat(values(table, "stock")).containsExactly(4L, 2L, 3L, 1L, 4L);
        ColumnSchema price = workflow.outputSchema().get("price");
        assertThat(price.intDomain()).isEqualTo(IntDomain.of(0, 4));
        assertThat(price.tags()).contains(Tag.CATEGORICAL);
        assertThat(price.properties()).containsEntry("embedding_sizes", Map.of("cardinality", 5L, "dimension", 16L));
    }

    @Test
    void hashesTextAndIntegersAsDocumented() throws IOException {
        assertThat(StableHash.of("a")).isEqualTo(919145239626757800L);
        assertThat(Long.toUnsignedString(StableHash.of(1))).isEqualTo("14180219187711517570");
        assertThat(StableHash.of(1)).isEqualTo(StableHash.of("1"));
        Table table = transform(new HashBucket(List.of("city", "item"), 10));
        assertThat(values(table, "city")).containsExactly(2 + 0L, bucket("b|", 10), 2L, 1L, bucket("😀", 10));
        assertThat(values(table, "item"))
                .containsExactly(bucket("7", 10), bucket("7", 10), bucket("8", 10), bucket("9", 10), bucket("7", 10));
        assertThat(fit(new HashBucket(List.of("city"), 10))
                        .outputSchema()
                        .get("city")
                        .intDomain())
                .isEqualTo(IntDomain.of(0, 11));
    }

    private static long bucket(String text, long buckets) {
        return 2 + StableHash.bucket(text, buckets);
    }

    @Test
    void crossesColumnsSoThatPartsStayApart() throws IOException {
        Table table = transform(new HashedCross(List.of("city", "stock"), 1_000_000, null));
        assertThat(values(table, "city_X_stock"))
                .containsExactly(
                        bucket("a|300", 1_000_000),
                        bucket("b\\||-1", 1_000_000),
                        bucket("a|2", 1_000_000),
                        1L,
                        bucket("😀|5", 1_000_000));
        assertThat(TupleText.values("b\\||\\N|\\\\N")).containsExactly("b|", null, "\\N");
    }

    @Test
    void differencesLookBackAndAheadWithinTheGroup() throws IOException {
        Table table = transform(new DifferenceLag(List.of("price", "stock"), List.of(1, -1), List.of()));
        // u in order of time: 1, -2, 3; v: 8, null
        assertThat(values(table, "price_difference_lag_1")).containsExactly(null, null, 5.0, -3.0, null);
        assertThat(values(table, "price_difference_lag_-1")).containsExactly(3.0, null, null, -5.0, null);
        assertThat(values(table, "stock_difference_lag_1")).containsExactly(null, -6.0, null, null, null);
        Table byItem = transform(new DifferenceLag(List.of("stock"), List.of(), List.of("item")));
        assertThat(values(byItem, "stock_difference_lag_1"))
                .as("item 7 in order of time: 300, 5, -1, over sessions")
                .containsExactly(null, -6.0, null, null, -295.0);
    }

    private Path extremes() {
        return TestTables.write(folder.resolve("extremes.parquet"), """
                select * from (values
                  ('u', 7, 10, 'a', 1.0,  9223372036854775807, 4.0, null::double, [1.0]),
                  ('u', 7, 20, 'a', 1.0, -9223372036854775807, 4.0, null,         [1.0]),
                  ('u', 7, 30, 'a', 1.0, -9223372036854775807, 4.0, null,         [1.0]),
                  ('u', 7, 40, 'a', 1.0, -9223372036854775807, 4.0, null,         [1.0]))
                  t(user, item, time, city, price, stock, constant, empty, sizes)
                """);
    }

    @Test
    void differencesOfIntegersMayLieBeyond64Bits() throws IOException {
        Workflow workflow = fit(new DifferenceLag(List.of("stock"), List.of(), List.of()));
        Path target = folder.resolve("out.parquet");
        workflow.transform(extremes(), target);
        Table table = TestTables.read(target);
        assertThat(values(table, "stock_difference_lag_1")).containsExactly(null, -0x1p64, 0.0, 0.0);
        Table request = workflow.pipeline(Step.Place.DATA_SET).transform(TestTables.read(extremes()));
        TestTables.assertSame("request", request, table);
    }

    @Test
    void sumsAndSmallTypesThatDoNotFitSayWhatWasMade() {
        Workflow sums = fit(new Groupby(Map.of("stock", List.of("sum"), "price", List.of("mean"))));
        assertThatThrownBy(() -> sums.transform(extremes(), folder.resolve("out.parquet")))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("groupby, sums [stock]: ");
        assertThatThrownBy(() -> sums.requestPipeline().transform(TestTables.read(extremes())))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("columns [stock]: ")
                .hasMessageContaining("expected: integers of 64 bits");
        Workflow small = fit(new ReduceDtypeSize(List.of("stock", "price")));
        assertThatThrownBy(() -> small.transform(extremes(), folder.resolve("out.parquet")))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("writing columns [stock INT16]: ");
    }

    @Test
    void rowsWithoutAValueGo() throws IOException {
        assertThat(values(transform(new DropMissing(List.of("price", "city"))), "item"))
                .containsExactly(7L, 8L, 7L);
    }

    @Test
    void typesShrinkToWhatTheDataNeeds() throws IOException {
        ReduceDtypeSize operator = new ReduceDtypeSize(List.of("*"));
        Schema schema = fit(operator).outputSchema();
        assertThat(schema.get("stock").dtype()).isEqualTo(DType.INT16);
        assertThat(schema.get("item").dtype()).isEqualTo(DType.INT8);
        assertThat(schema.get("sizes").dtype()).isEqualTo(DType.FLOAT32);
        assertThat(schema.get("city").dtype()).isEqualTo(DType.STRING);
        Table table = transform(operator);
        assertThat(values(table, "stock")).containsExactly(300L, -1L, 2L, null, 5L);
        assertThat(TestTables.query("select typeof(stock) as a, typeof(sizes) as b from read_parquet("
                                + TestTables.literal(folder.resolve("out.parquet")) + ") limit 1")
                        .row(0))
                .containsEntry("a", "SMALLINT")
                .containsEntry("b", "FLOAT[]");
    }

    @Test
    void lengthsGoIntoTheSchemaAndListsAreFilledUp() throws IOException {
        assertThat(fit(new ValueCount(List.of("sizes")))
                        .outputSchema()
                        .get("sizes")
                        .shape())
                .isEqualTo(ColumnShape.ragged(0, 3));
        Operator slice = new ListSlice(-2, null, 2, -1);
        assertThat(values(transform(slice), "sizes"))
                .containsExactly(
                        Arrays.asList(1.0, null),
                        List.of(-1.0, -1.0),
                        List.of(5.0, -1.0),
                        List.of(-1.0, -1.0),
                        List.of(2.0, 9.0));
        assertThat(fit(slice).outputSchema().get("sizes").shape()).isEqualTo(ColumnShape.fixed(2));
    }

    @Test
    void onlyTheListsThatAreChosenAreCut() throws IOException {
        Operator[] operators = {
            new Groupby(Map.of("item", List.of("list"), "sizes", List.of("first"))),
            new ListSlice(-1, null, 0, 0, List.of("item"))
        };
        Table table = transform(operators);
        assertThat(values(table, "item")).containsExactly(List.of(7L), List.of(8L));
        assertThat(values(table, "sizes"))
                .as("of the first event")
                .containsExactly(List.of(3.0, 2.0, 9.0), Arrays.asList(1.0, null));
        assertThat(fit(operators).outputSchema().get("sizes").shape()).isEqualTo(ColumnShape.ragged(0, 0));
        assertThatThrownBy(() -> fit(new ListSlice(-1, null, 0, 0, List.of("stock", "sizes"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("operator 0 (list-slice), column stock: no list");
    }

    @Test
    void truthValuesAreGivenAsSuchOrAsZeroAndOne() throws IOException {
        Schema schema = Schema.of(
                ColumnSchema.scalar("user", DType.INT64).withTags(Tag.SESSION_ID),
                ColumnSchema.scalar("item", DType.INT64).withTags(Tag.ITEM_ID),
                ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
                ColumnSchema.scalar("sold", DType.BOOL));
        Path events = TestTables.write(
                folder.resolve("sold.parquet"),
                "select * from (values (1, 7, 10, true), (1, 8, 20, null), (1, 9, 30, false)) t(user, item, time, sold)");
        Path target = folder.resolve("out.parquet");
        for (Object yes : List.of(true, 1)) {
            Workflow.fit(
                            new WorkflowConfig(
                                    "user",
                                    "item",
                                    "time",
                                    List.of(
                                            new FillMissing(List.of("sold"), yes),
                                            new Filter("sold", Filter.Test.EQUAL, yes),
                                            new Filter("sold", Filter.Test.IN, List.of(yes)))),
                            events,
                            schema)
                    .transform(events, target);
            assertThat(values(TestTables.read(target), "item")).containsExactly(7L, 8L);
        }
        Operator list = new Groupby(Map.of("sold", List.of("list")));
        for (List<Operator> wrong : List.of(
                List.<Operator>of(new FillMissing(List.of("sold"), 7)),
                List.<Operator>of(new Filter("sold", Filter.Test.EQUAL, 2)),
                List.<Operator>of(new Filter("item", Filter.Test.EQUAL, true)),
                List.<Operator>of(new FillMissing(List.of("item"), true)),
                List.of(list, new ListSlice(0, null, 3, 7)))) {
            assertThatThrownBy(() -> Workflow.fit(new WorkflowConfig("user", "item", "time", wrong), events, schema))
                    .as(wrong.toString())
                    .isInstanceOf(ConfigException.class);
        }
    }

    @Test
    void categoriesOfFewIdsGo() {
        Schema schema =
                fit(Categorify.of("city", "stock"), new DropLowCardinality(6)).outputSchema();
        assertThat(schema.names())
                .as("city has ids up to 5, stock up to 6")
                .contains("stock")
                .doesNotContain("city");
    }

    @Test
    void columnsAreChosenByNamePatternTagAndType() {
        assertThat(ColumnSelection.of(List.of("type:float64", "-sizes", "tag:item_id"), SCHEMA))
                .containsExactly("price", "constant", "empty", "item");
        assertThat(ColumnSelection.of(List.of("*i*", "-tag:id"), SCHEMA))
                .containsExactly("time", "city", "price", "sizes");
        Schema awkward = Schema.of(ColumnSchema.scalar("tag:x", DType.INT64), ColumnSchema.scalar("a*", DType.INT64));
        assertThat(ColumnSelection.of(List.of("tag:x"), awkward)).containsExactly("tag:x");
        assertThatThrownBy(() -> fit(new Select(List.of("pric"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("operator 0 (select), column pric: absent (expected: one of");
        assertThatThrownBy(() -> fit(new Select(List.of("tag:target"))))
                .hasMessageContaining("column tag:target: absent (expected: a tag of a column:");
        assertThat(fit(new Select(List.of("price"))).outputSchema().names())
                .as("sessions and time stay")
                .containsExactly("user", "time", "price");
    }

    @Test
    void metadataChangesTheSchemaAlone() throws IOException {
        Operator[] operators = {
            new TagAs(List.of("city"), TagAs.Role.USER_FEATURES),
            new AddMetadata(List.of("price"), List.of("target"), Map.of("currency", "EUR")),
            new Rename(Map.of(), List.of("tag:user"), "_id")
        };
        Schema schema = fit(operators).outputSchema();
        assertThat(schema.get("city_id").tags()).contains(Tag.USER);
        assertThat(schema.get("price").properties()).containsEntry("currency", "EUR");
        assertThat(values(transform(operators), "price")).containsExactly(1.0, null, 3.0, -2.0, 8.0);
    }

    @Test
    void embeddingsWidenAsUsual() {
        assertThat(List.of(
                        IdColumns.dimension(3),
                        IdColumns.dimension(100),
                        IdColumns.dimension(1000),
                        IdColumns.dimension(10_000),
                        IdColumns.dimension(1_000_000)))
                .containsExactly(16L, 21L, 77L, 278L, 512L);
    }
}
