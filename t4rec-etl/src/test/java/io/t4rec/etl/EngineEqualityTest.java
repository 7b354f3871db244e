package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The file engine and the request engine give the same table, whatever the operators and the data. */
class EngineEqualityTest {
    @TempDir
    Path folder;

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void givesTheSameTableOnBothEngines(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Path train = TestTables.write(
                folder.resolve("train.parquet"), RandomWorkflows.events(random, 1 + random.nextInt(60)));
        WorkflowConfig config = RandomWorkflows.config(random);
        String what = "seed " + seed + ", " + config;
        Workflow workflow = Workflow.fit(config, train, RandomWorkflows.SCHEMA);
        Path saved = Files.createDirectory(folder.resolve("workflow"));
        workflow.save(saved);
        Workflow loaded = Workflow.load(saved);
        assertThat(loaded.outputSchema()).as(what).isEqualTo(workflow.outputSchema());

        Table other = RandomWorkflows.events(random, random.nextInt(40) + 1);
        Path target = folder.resolve("out.parquet");
        loaded.transform(TestTables.write(folder.resolve("other.parquet"), other), target);
        Table actual = workflow.pipeline(Step.Scope.DATA_SETS).transform(other);
        assertThat(List.copyOf(actual.columnNames()))
                .as(what)
                .isEqualTo(workflow.outputSchema().names());
        TestTables.assertSame(what, actual, TestTables.read(target));
    }
}
