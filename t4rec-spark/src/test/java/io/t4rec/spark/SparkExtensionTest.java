package io.t4rec.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.Database;
import io.t4rec.etl.Categorify;
import io.t4rec.etl.Extension;
import io.t4rec.etl.ExtensionContract;
import io.t4rec.etl.JoinGroupby;
import io.t4rec.etl.Operator;
import io.t4rec.etl.StoredWorkflows;
import io.t4rec.etl.TimeFeatures;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.etl.WorkflowEngine;
import io.t4rec.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Spark fits workflows further as DuckDB does, within what the driver may hold. */
class SparkExtensionTest extends ExtensionContract {
    private static final SparkSession SESSION = LocalSpark.small();

    @Override
    protected WorkflowEngine engine() {
        return SparkEngine.on(SESSION, SparkSettings.defaults());
    }

    /** Fewer than of the others: a job of Spark takes its time. */
    @Override
    protected int compositions() {
        return Integer.getInteger("t4rec.compositions", 4);
    }

    private static Path write(Path file, int from, int to) {
        try (Database database = Database.openInOrder()) {
            database.execute("copy (select cast(range as varchar) as user, range as item, range as time, 'c' as city,"
                    + " 0.5 as price, true as bought, ['w'] as words from range(" + from + ", " + to + ")) to "
                    + Database.literal(file.toString()) + " (format parquet)");
        }
        return file;
    }

    @Test
    void aDataFrameExtendsAWorkflow(@TempDir Path own) {
        WorkflowConfig config = new WorkflowConfig("user", "item", "time", List.of(Categorify.of("item", "words")));
        SparkEngine engine = SparkEngine.on(SESSION, SparkSettings.defaults());
        Workflow workflow = engine.fit(config, write(own.resolve("old.parquet"), 0, 3), SCHEMA);
        Path added = write(own.resolve("new.parquet"), 2, 5);
        Extension extension = engine.extend(workflow, SESSION.read().parquet(added.toString()));
        assertThat(extension.workflow().vocabulary("item").values()).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(extension.changes())
                .isEqualTo(engine.extend(workflow, added.toString()).changes())
                .isEqualTo(workflow.extend(added).changes());
    }

    static Stream<Operator> operatorsThatGrow() {
        return Stream.of(
                Categorify.of("item"),
                new JoinGroupby(List.of("item"), List.of("price"), List.of("mean")),
                new TimeFeatures(List.of("recency")));
    }

    @ParameterizedTest
    @MethodSource("operatorsThatGrow")
    void refusesWhatTheDriverMayNotHold(Operator operator, @TempDir Path own) throws IOException {
        WorkflowConfig config = new WorkflowConfig("user", "item", "time", List.of(operator));
        Path few = write(own.resolve("few.parquet"), 0, 3);
        Path many = write(own.resolve("many.parquet"), 0, 9);
        Path places = Files.createDirectory(own.resolve("state"));
        try (SparkEngine engine = SparkEngine.on(SESSION, new SparkSettings(4, Places.toWrite(places)))) {
            Workflow small = engine.fit(config, few, SCHEMA);
            assertThatThrownBy(() -> engine.extend(small, many))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageMatching("extend: .*item.*: 9 rows found in new events \\(expected: at most"
                            + " t4rec.driverRows, 4, since .*; set a larger one, .*, or extend with DuckDB\\)");
            assertThat(places).as("nothing was written").isEmptyDirectory();
            Workflow large = engine.fit(config, many, SCHEMA);
            assertThatThrownBy(() -> engine.extend(large, few))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageMatching("extend: .*item.*: 9 rows fitted before \\(expected: .*\\)");
            assertThat(large.extend(few).changes()).as("by DuckDB").isNotEmpty();
            Path saved = Files.createDirectory(own.resolve("saved"));
            large.save(saved);
            assertThat(SparkEngine.on(SESSION, SparkSettings.defaults())
                            .extend(StoredWorkflows.load(saved), few)
                            .changes())
                    .isEqualTo(large.extend(few).changes());
        }
    }

    @Test
    void keepsATableThatTheDriverMayNotHoldWhereItLies(@TempDir Path own) throws IOException {
        WorkflowConfig config = new WorkflowConfig(
                "user",
                "item",
                "time",
                List.of(
                        new Categorify(List.of("item"), 0, 0, false, false, true, 1, 0, Map.of()),
                        Categorify.of("city")));
        Path events = write(own.resolve("events.parquet"), 0, 9);
        try (SparkEngine engine =
                SparkEngine.on(SESSION, SparkSettings.defaults().withDriverRows(4))) {
            Extension extension = engine.extend(engine.fit(config, events, SCHEMA), events);
            assertThat(extension.workflow().vocabulary("item").stored()).isNotNull();
            Path target = own.resolve("out/rows.parquet");
            assertThat(engine.transform(extension.workflow(), events, target)).isEqualTo(9);
        }
    }
}
