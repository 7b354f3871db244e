package io.t4rec.etl;

import static io.t4rec.etl.TestTables.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workflows fitted further on new data: ids stay, statistics are those of all the data. */
class ExtensionTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("user", DType.STRING).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("city", DType.STRING),
            ColumnSchema.scalar("price", DType.FLOAT64));

    private static final String OLD = """
            select * from (values ('u', 7, 10, 'a', 1.0), ('u', 7, 20, 'a', 4.0), ('v', 8, 30, 'b', null), ('w', 9, 5, null, 2.0))
              t(user, item, time, city, price)
            """;

    private static final String NEW = """
            select * from (values ('x', 5, 40, 'c', 9.0), ('x', 5, 41, 'c', 3.0), ('x', 8, 42, 'b', 5.0), ('y', 6, 2, 'a', 6.0),
                ('y', 7, 1, 'd', 6.5)) t(user, item, time, city, price)
            """;

    @TempDir
    Path folder;

    private Path old() {
        return TestTables.write(folder.resolve("old.parquet"), OLD);
    }

    private Path added() {
        return TestTables.write(folder.resolve("new.parquet"), NEW);
    }

    private Path all() {
        return TestTables.write(folder.resolve("all.parquet"), OLD + " union all " + NEW);
    }

    private static WorkflowConfig config(Operator... operators) {
        return new WorkflowConfig("user", "item", "time", List.of(operators));
    }

    private Extension extend(Operator... operators) {
        return Workflow.fit(config(operators), old(), SCHEMA).extend(added());
    }

    @Test
    void newValuesGetTheIdsBehindThoseThatStay() {
        Workflow before = Workflow.fit(config(Categorify.of("item", "city")), old(), SCHEMA);
        Extension extension = before.extend(added());
        Vocabulary items = extension.workflow().vocabulary("item");
        assertThat(List.of(items.id(7L), items.id(8L), items.id(9L))).containsExactly(3L, 4L, 5L);
        assertThat(List.of(items.id(5L), items.id(6L)))
                .as("the more frequent first")
                .containsExactly(6L, 7L);
        assertThat(items.count(3)).as("twice before, once now").isEqualTo(3);
        assertThat(before.vocabulary("item").cardinality())
                .as("the old workflow stays")
                .isEqualTo(6);
        assertThat(extension.workflow().outputSchema().get("item").cardinality())
                .isEqualTo(8);
        assertThat(extension.growingTables())
                .containsExactly(
                        new Extension.Change("item", Extension.Change.Kind.VOCABULARY, 6, 8),
                        new Extension.Change("city", Extension.Change.Kind.VOCABULARY, 5, 7));
    }

    @Test
    void boundsHoldForNewValuesToo() {
        Extension rare = extend(new Categorify(List.of("city"), 2, 0, false));
        assertThat(rare.workflow().vocabulary("city").values())
                .as("d comes once")
                .containsExactly("a", "c");
        Extension full = extend(new Categorify(List.of("city"), 0, 3, false));
        assertThat(full.workflow().vocabulary("city").values()).containsExactly("a", "b", "c");
        Extension single = extend(new Categorify(List.of("city", "item"), 0, 0, false, false, true, 1, 0, Map.of()));
        assertThat(single.growingTables()).as("ids of the next column follow").isEmpty();
    }

    @Test
    void statisticsBecomeThoseOfAllTheData() throws IOException {
        Operator[] operators = {
            new Normalize(List.of("price")),
            new NormalizeMinMax(List.of("time2")),
            new JoinGroupby(List.of("city"), List.of("stock"), List.of("count", "sum", "mean", "std", "min", "max")),
            new TargetEncoding(List.of("item"), "stock", 1, 2.0, null, null),
            TimeFeatures.of("recency"),
            new Popularity(null, null)
        };
        WorkflowConfig config =
                config(new Copy(Map.of("time", "time2", "price", "stock"))).then(operators);
        Workflow extended = Workflow.fit(config, old(), SCHEMA).extend(added()).workflow();
        Workflow whole = Workflow.fit(config, all(), SCHEMA);
        Path target = folder.resolve("out").resolve("out.parquet");
        extended.transform(all(), target);
        Table actual = TestTables.read(target);
        whole.transform(all(), target);
        TestTables.assertSame("extended and fitted at once", actual, TestTables.read(target));
    }

    @Test
    void tellsApartWhatGrowsWhatIsLookedForAloneAndWhatStays() {
        String kinds = TestTables.write(folder.resolve("kinds.parquet"), "select 7 as item, 'x' as kind")
                .toString();
        Extension extension = extend(
                new MinSupport("item", 1),
                new KCore(1, 1),
                JoinExternal.of(kinds, "item"),
                new Categorify(
                        List.of("item", "city"), 0, 0, false, false, false, 1, 0, Map.of("city", List.of("a", "b"))));
        assertThat(extension.growingTables())
                .extracting(Extension.Change::name)
                .as("supports have no embedding table")
                .containsExactly("item");
        assertThat(extension.changes().stream().filter(change -> change.kind() == Extension.Change.Kind.KEPT))
                .extracting(Extension.Change::name)
                .containsExactly("2.item.table", "city");
    }

    @Test
    void whatCannotBePutTogetherStays() {
        Extension extension = extend(new FillMedian(List.of("price"), false));
        assertThat(extension.changes()).extracting(Extension.Change::kind).containsExactly(Extension.Change.Kind.KEPT);
        Table table = extension.workflow().pipeline(Step.Place.DATA_SET).transform(TestTables.read(old()));
        assertThat((Double) values(table, "price").get(2)).isCloseTo(2.0, within(0.0));
    }

    @Test
    void anExtendedWorkflowIsSavedAndExtendedAgain() throws IOException {
        Workflow once =
                extend(Categorify.of("item"), new Normalize(List.of("price"))).workflow();
        Path saved = Files.createDirectory(folder.resolve("saved"));
        once.save(saved);
        Extension twice = Workflow.load(saved).extend(added());
        assertThat(twice.growingTables()).isEmpty();
        assertThat(twice.workflow().vocabulary("item").values())
                .isEqualTo(once.vocabulary("item").values());
    }
}
