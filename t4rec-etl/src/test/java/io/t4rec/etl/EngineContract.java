package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.Table;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
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
