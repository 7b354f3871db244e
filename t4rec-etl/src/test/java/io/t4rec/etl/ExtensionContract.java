package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every engine has to hold about workflows that it fits further: they have the state, and tell the growth, of those of the embedded engine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ExtensionContract {
    /** Of the events. */
    protected static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("user", DType.STRING).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("city", DType.STRING),
            ColumnSchema.scalar("price", DType.FLOAT64),
            ColumnSchema.scalar("bought", DType.BOOL),
            ColumnSchema.ragged("words", DType.STRING));

    private static final String COLUMNS = ") t(user, item, time, city, price, bought, words)";

    private static final String OLD = "select * from (values ('u', 7, 10, 'a', 1.0, true, ['x', null, 'é']),"
            + " ('u', 7, 20, 'a', 4.0, false, []), ('v', 8, 30, 'b', null, true, null),"
            + " ('w', 9, 5, null, 2.0, true, ['x'])" + COLUMNS;

    private static final String NEW = "select * from (values ('x', 5, 40, 'c', 9.0, true, ['y', '😀', 'ﬀ']),"
            + " ('x', 5, 41, 'c', 3.0, false, ['é', 'y']), ('x', 8, 42, 'b', 5.0, true, [null]),"
            + " ('y', 6, 2, 'a', 6.0, true, []), ('y', 7, 1, 'd', 6.5, null, null)" + COLUMNS;

    @TempDir
    Path folder;

    /** The engine under test; it stays open. */
    protected abstract WorkflowEngine engine();

    /** How many random workflows are tried. */
    protected int compositions() {
        return 30;
    }

    private Path events(String name, String query) {
        return TestTables.write(folder.resolve(name), query);
    }

    private static WorkflowConfig config(Operator... operators) {
        return new WorkflowConfig("user", "item", "time", List.of(operators));
    }

    private static FittedState state(Workflow workflow, Path own) throws IOException {
        Path saved = Files.createTempDirectory(own, "saved");
        workflow.save(saved);
        return WorkflowFiles.read(saved, Long.MAX_VALUE).state();
    }

    private static void assertSame(String what, Extension actual, Extension expected, Path own) throws IOException {
        assertThat(actual.changes()).as(what).isEqualTo(expected.changes());
        assertThat(actual.workflow().outputSchema())
                .as(what)
                .isEqualTo(expected.workflow().outputSchema());
        FittedState a = state(actual.workflow(), own);
        FittedState b = state(expected.workflow(), own);
        assertThat(a.vocabularies().keySet())
                .as(what)
                .isEqualTo(b.vocabularies().keySet());
        b.vocabularies().forEach((name, vocabulary) -> {
            String which = what + ", vocabulary " + name;
            assertThat(a.vocabulary(name).layout()).as(which).isEqualTo(vocabulary.layout());
            TestTables.assertSame(which, StateTables.of(a.vocabulary(name)), StateTables.of(vocabulary));
        });
        assertThat(a.numbers().keySet()).as(what).isEqualTo(b.numbers().keySet());
        b.numbers()
                .forEach((name, numbers) -> TestTables.assertSame(
                        what + ", numbers " + name, StateTables.of(a.numbers(name)), StateTables.of(numbers)));
        assertThat(a.tables().keySet()).as(what).isEqualTo(b.tables().keySet());
        b.tables()
                .forEach((name, table) -> TestTables.assertSame(
                        what + ", table " + name, a.table(name).table(), table.table()));
        assertThat(a.statistics().keySet()).as(what).isEqualTo(b.statistics().keySet());
        b.statistics()
                .forEach((name, value) -> assertThat(a.statistic(name))
                        .as(what + ", " + name)
                        .isCloseTo(value, within(1e-9 * Math.max(1, Math.abs(value)))));
    }

    static Stream<List<Operator>> operators() {
        return Stream.of(
                List.of(
                        Categorify.of("item", "city", "words"),
                        new Normalize(List.of("price")),
                        new Copy(Map.of("time", "when")),
                        new NormalizeMinMax(List.of("when")),
                        new DataStats(List.of("city", "price"))),
                List.of(
                        new Categorify(List.of("city", "words"), 2, 4, false, false, false, 3, 10, Map.of()),
                        Categorify.combined("item", "user")),
                List.of(new Categorify(List.of("city", "words"), 0, 3, true)),
                List.of(new Categorify(List.of("item", "city"), 0, 0, false, false, true, 1, 0, Map.of())),
                List.of(
                        new MinSupport("item", 1),
                        new KCore(1, 1),
                        new FillMedian(List.of("price"), false),
                        new Categorify(
                                List.of("item", "city"),
                                0,
                                0,
                                false,
                                false,
                                false,
                                1,
                                0,
                                Map.of("city", List.of("a")))),
                List.of(
                        new JoinGroupby(
                                List.of("city"),
                                List.of("price"),
                                List.of("count", "sum", "mean", "std", "min", "max")),
                        new TargetEncoding(List.of("item"), "price", 1, 2.0, null, null),
                        TimeFeatures.of("recency"),
                        new Popularity(null, null),
                        Categorify.of("item"),
                        new Groupby(Map.of("item", List.of("list"), "price", List.of("mean"))),
                        new Normalize(List.of("price"))));
    }

    @ParameterizedTest
    @MethodSource("operators")
    void givesTheStateAndTheReportOfTheEmbeddedEngine(List<Operator> operators) throws IOException {
        WorkflowConfig config = config(operators.toArray(Operator[]::new));
        Path old = events("old.parquet", OLD);
        Path added = events("new.parquet", NEW);
        Workflow embedded = Workflow.fit(config, old, SCHEMA);
        Extension expected = embedded.extend(added);
        Workflow own = engine().fit(config, old, SCHEMA);
        Extension extension = engine().extend(own, added);
        assertSame("fitted and extended by the engine", extension, expected, folder);
        assertSame("fitted by DuckDB", engine().extend(embedded, added), expected, folder);
        assertSame("extended by DuckDB", own.extend(added), expected, folder);
        Path saved = Files.createTempDirectory(folder, "saved");
        embedded.save(saved);
        assertSame("loaded", engine().extend(StoredWorkflows.load(saved), added), expected, folder);
        assertSame(
                "twice",
                engine().extend(extension.workflow(), old),
                expected.workflow().extend(old),
                folder);
    }

    LongStream seeds() {
        return LongStream.range(0, compositions());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void keepsIdsWhateverTheOperators(long seed, @TempDir Path own) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Path train =
                TestTables.write(own.resolve("train.parquet"), RandomWorkflows.events(random, 1 + random.nextInt(60)));
        WorkflowConfig config = RandomWorkflows.config(random, own);
        Path other =
                TestTables.write(own.resolve("other.parquet"), RandomWorkflows.events(random, 1 + random.nextInt(60)));
        String what = "seed " + seed + ", " + config;
        Workflow workflow = Workflow.fit(config, train, RandomWorkflows.SCHEMA);
        Extension extension = engine().extend(workflow, other);
        assertSame(what, extension, workflow.extend(other), own);
        FittedState before = state(workflow, own);
        FittedState after = state(extension.workflow(), own);
        before.vocabularies().forEach((name, vocabulary) -> {
            assertThat(after.vocabulary(name).layout()).as(what).isEqualTo(vocabulary.layout());
            assertThat(after.vocabulary(name).values().subList(0, (int) vocabulary.size()))
                    .as(what + ", " + name)
                    .isEqualTo(vocabulary.values());
        });
    }

    @Test
    void extendsByWhatServingGoesWithoutToo() throws IOException {
        Path old = events("old.parquet", OLD);
        Path added = events("new.parquet", NEW);
        Workflow whole = engine().fit(
                        config(
                                new TargetEncoding(List.of("item"), "price", 1, 2.0, null, null),
                                Categorify.of("item", "city")),
                        old,
                        SCHEMA);
        Workflow serving = whole.withoutInputs(List.of("price", "city"));
        assertThat(serving.fittedSchema().names()).isEqualTo(SCHEMA.names());
        Extension extension = engine().extend(serving, added);
        assertThat(extension.workflow().inputSchema()).isEqualTo(serving.inputSchema());
        assertThat(extension.workflow().fittedSchema()).isEqualTo(serving.fittedSchema());
        assertThat(extension.workflow().outputSchema().names())
                .isEqualTo(serving.outputSchema().names())
                .contains("TE_item_price");
        assertThat(extension.changes()).isEqualTo(engine().extend(whole, added).changes());
        Path saved = Files.createTempDirectory(folder, "saved");
        extension.workflow().save(saved);
        assertThat(Workflow.load(saved).inputSchema()).isEqualTo(serving.inputSchema());
        Path without = events("without.parquet", "select * exclude (price) from (" + NEW + ")");
        assertThatThrownBy(() -> engine().extend(serving, without))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(without + ": no column price");
    }

    @Test
    void leavesTheWorkflowAsItWasWhenEventsCannotBeUsed() throws IOException {
        Path old = events("old.parquet", OLD);
        Workflow workflow = engine().fit(config(Categorify.of("city"), new Normalize(List.of("price"))), old, SCHEMA);
        Path bad = events("bad.parquet", "select * replace ('nan'::double as price) from (" + NEW + ")");
        assertThatThrownBy(() -> engine().extend(workflow, bad))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(bad + ", row 1, column price: ")
                .hasMessageContaining("(expected: ");
        assertThatThrownBy(() -> engine().extend(workflow, folder.resolve("none.parquet")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none.parquet");
        assertThat(workflow.vocabulary("city").values()).containsExactly("a", "b");
    }
}
