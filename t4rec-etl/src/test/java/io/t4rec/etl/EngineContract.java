package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every engine has to hold: it gives the table that the request engine gives, with a workflow that it fitted itself and with one that the
 * embedded engine fitted, whatever the operators and the data.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EngineContract {
    /** The engine under test; it stays open. */
    protected abstract WorkflowEngine engine();

    /** Whether the engine under test is the embedded one, so that there is no other to exchange workflows with. */
    protected boolean isEmbedded() {
        return false;
    }

    /** How many random workflows are tried. */
    protected int compositions() {
        return 200;
    }

    /** Rows of a request and those that the engine writes. */
    private void assertSame(String what, WorkflowConfig config, Table events, Path own) throws IOException {
        Path file = TestTables.write(own.resolve("events.parquet"), events);
        Path target = own.resolve(what + "/out.parquet");
        Workflow workflow = engine().fit(config, file, RandomWorkflows.SCHEMA);
        engine().transform(workflow, file, target);
        TestTables.assertSame(
                what,
                TestTables.read(target),
                workflow.pipeline(Step.Place.DATA_SET).transform(events));
    }

    private static WorkflowConfig config(Operator... operators) {
        return new WorkflowConfig("session_id", "item_id", "time", List.of(operators));
    }

    @Test
    void tellsZerosOfEitherSignNotApart(@TempDir Path own) throws IOException {
        Table events = RandomWorkflows.events(new SplittableRandom(5), 60);
        double[] zeros = new double[60];
        Arrays.setAll(zeros, row -> row % 3 == 0 ? -0.0 : row % 3 == 1 ? 0.0 : row % 4);
        events = events.with("value", Column.of(zeros));
        Map<String, List<String>> lists = Map.of("item_id", List.of("list"));
        assertSame("groups", config(new Groupby(lists, List.of("value"), List.of(), false)), events, own);
        assertSame("pairs", config(new Groupby(lists, List.of("value", "session_id"), List.of(), false)), events, own);
        for (boolean descending : List.of(true, false)) {
            assertSame(
                    "descending " + descending,
                    config(new Groupby(lists, List.of(), List.of("value"), descending)),
                    events,
                    own);
        }
        assertSame(
                "differences",
                config(new DifferenceLag(List.of("item_id"), List.of(1), List.of("value"))),
                events,
                own);
    }

    @Test
    void givesEmptyListsWhereATableHasNoRow(@TempDir Path own) throws IOException {
        String table = TestTables.write(
                        own.resolve("words.parquet"),
                        "select 'a' as t, ['x', null] as words, [1, 2] as ids, [0.5] as shares")
                .toString();
        Table events = RandomWorkflows.events(new SplittableRandom(1), 40);
        assertSame("joined", config(JoinExternal.of(table, "t")), events, own);
    }

    @Test
    void givesNoDeviationOfNumbersTooLargeToSquare(@TempDir Path own) throws IOException {
        LambdaFunctions.register("huge", values -> (Double) values.get(0) * 1e200);
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        kinds.put("value", List.of("std", "var", "mean", "max"));
        kinds.put("count", List.of("std", "var"));
        WorkflowConfig config =
                config(new Lambda("value", List.of("value"), "{0} * 1e200", "huge", null), new Groupby(kinds));
        assertSame("huge", config, RandomWorkflows.events(new SplittableRandom(2), 40), own);
    }

    @Test
    void givesNoDeviationToLargeNumbersThatAreEqual(@TempDir Path own) throws IOException {
        Table events = RandomWorkflows.events(new SplittableRandom(6), 60);
        double[] equal = new double[60];
        Arrays.fill(equal, 1e9 + 0.1);
        WorkflowConfig config = config(new Groupby(Map.of("value", List.of("std"))));
        assertSame("equal", config, events.with("value", Column.of(equal)), own);
    }

    @Test
    void summarisesLargeIntegersThatLieClose(@TempDir Path own) {
        Table events = RandomWorkflows.events(new SplittableRandom(7), 60);
        long[] large = new long[60];
        Arrays.setAll(large, row -> (1L << 53) + 2 * (row % 2));
        Path file = TestTables.write(own.resolve("events.parquet"), events.with("number", Column.of(large)));
        Workflow workflow = engine().fit(config(new DataStats(List.of("number"))), file, RandomWorkflows.SCHEMA);
        assertThat(workflow.dataStatistics().get("number"))
                .containsEntry("mean", Math.pow(2, 53) + 1)
                .hasEntrySatisfying(
                        "deviation", deviation -> assertThat(deviation).isCloseTo(Math.sqrt(60 / 59.0), within(1e-9)));
    }

    @Test
    void givesNullForResultsThatAreNotFinite(@TempDir Path own) throws IOException {
        LambdaFunctions.register("infinite", values -> Math.exp((Double) values.get(0) * 1e4));
        LambdaFunctions.register("no number", values -> Math.pow(-1, (Double) values.get(0)));
        WorkflowConfig config = config(
                new Lambda("a", List.of("value"), "exp({0} * 1e4)", "infinite", null),
                new Lambda("b", List.of("value"), "power(-1, {0})", "no number", null));
        assertSame("infinite", config, RandomWorkflows.events(new SplittableRandom(3), 40), own);
    }

    @Test
    void ordersGroupsOfGroupsByATimeThatIsNoInteger(@TempDir Path own) throws IOException {
        Map<String, List<String>> first = new LinkedHashMap<>();
        first.put("time", List.of("mean"));
        first.put("value", List.of("max"));
        WorkflowConfig config =
                config(new Groupby(first), new Groupby(Map.of("time", List.of("max"), "value", List.of("last"))));
        assertSame("twice", config, RandomWorkflows.events(new SplittableRandom(4), 40), own);
    }

    LongStream seeds() {
        return LongStream.range(0, compositions());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void givesTheSameTableAsOtherEngines(long seed, @TempDir Path own) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Table known = RandomWorkflows.events(random, 1 + random.nextInt(60));
        Path train = TestTables.write(own.resolve("train.parquet"), known);
        WorkflowConfig config = RandomWorkflows.config(random, own);
        String what = "seed " + seed + ", " + config;
        Workflow workflow = engine().fit(config, train, RandomWorkflows.SCHEMA);
        Path saved = Files.createDirectory(own.resolve("workflow"));
        workflow.save(saved);
        Workflow loaded = Workflow.load(saved);
        assertThat(loaded.outputSchema()).as(what).isEqualTo(workflow.outputSchema());

        Table other = RandomWorkflows.events(random, random.nextInt(40) + 1);
        Path events = TestTables.write(own.resolve("other.parquet"), other);
        Path target = own.resolve("out/out.parquet");
        engine().transform(loaded, events, target);
        Table expected = workflow.pipeline(Step.Place.DATA_SET).transform(other);
        assertThat(List.copyOf(expected.columnNames()))
                .as(what)
                .isEqualTo(workflow.outputSchema().names());
        Table actual = TestTables.read(target);
        TestTables.assertSame(what, actual, expected);
        assertThat(Schema.read(target.resolveSibling("schema.pbtxt"))).isEqualTo(workflow.outputSchema());

        Workflow embedded = workflow;
        if (!isEmbedded()) {
            embedded = Workflow.fit(config, train, RandomWorkflows.SCHEMA);
            assertThat(embedded.outputSchema()).as(what).isEqualTo(workflow.outputSchema());
            Path exchanged = own.resolve("exchanged.parquet");
            engine().transform(embedded, events, exchanged);
            TestTables.assertSame(what + ", fitted by DuckDB", TestTables.read(exchanged), actual);
        }

        Path training = own.resolve("training/out.parquet");
        engine().transformTraining(embedded, train, training);
        TestTables.assertSame(
                what + ", training data",
                workflow.pipeline(Step.Place.TRAINING_DATA).transform(known),
                TestTables.read(training));
    }
}
