package io.t4rec.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.Database;
import io.t4rec.etl.Categorify;
import io.t4rec.etl.Groupby;
import io.t4rec.etl.InverseCategorify;
import io.t4rec.etl.JoinGroupby;
import io.t4rec.etl.Operator;
import io.t4rec.etl.StoredWorkflows;
import io.t4rec.etl.TargetEncoding;
import io.t4rec.etl.TimeFeatures;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** State that is larger than what the driver may hold is fitted and joined by the executors, with the same result. */
class LargeStateTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item_id", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("brand", DType.STRING),
            ColumnSchema.scalar("colour", DType.STRING),
            ColumnSchema.scalar("price", DType.FLOAT64),
            ColumnSchema.ragged("words", DType.STRING));

    private static final SparkSession SESSION = LocalSpark.small();

    @TempDir
    Path folder;

    private static String rows(int from, int to) {
        return "select range * 13 % 29 as session_id, range * range % 47 as item_id, range * 1000000 as time,"
                + " nullif('brand ' || (range * 7 % 19), 'brand 4') as brand,"
                + " ['a', 'é', 'Zoë', '😀', 'brand 3', null][1 + range * range % 6] as colour,"
                + " range % 10 / 4.0 as price, [brand, 'x' || (range % 8), null] as words from range(" + from + ", "
                + to
                + ")";
    }

    private Path write(String name, String query) {
        Path file = folder.resolve(name);
        try (Database database = Database.openInOrder()) {
            database.execute("copy (" + query + ") to " + Database.literal(file.toString()) + " (format parquet)");
        }
        return file;
    }

    private static List<String> read(Path file) {
        List<String> rows = new ArrayList<>();
        try (Database database = Database.openInOrder()) {
            String source = "read_parquet(" + Database.literal(file.toString()) + ")";
            int columns = database.describe("select * from " + source).size();
            database.forEach("select * from " + source, row -> {
                StringBuilder text = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    Object value = row.getObject(i);
                    text.append(value instanceof Double number ? String.valueOf(number.floatValue()) : value)
                            .append('|');
                }
                rows.add(text.toString());
            });
        }
        return rows;
    }

    /** With twelve decimals; sums of floating-point numbers differ in the last. */
    private static String description(Path workflow) throws IOException {
        return Files.readString(workflow.resolve("workflow.json")).replaceAll("([.][0-9]{12})[0-9]+", "$1");
    }

    static Stream<List<Operator>> operators() {
        return Stream.of(
                List.of(
                        new Categorify(List.of("item_id"), 2, 7, false),
                        new Categorify(List.of("brand", "words"), 4, 0, false, false, false, 3, 10, Map.of()),
                        new InverseCategorify(List.of("words"))),
                List.of(
                        Categorify.combined("colour", "brand", "item_id").withBuckets(2),
                        new Categorify(List.of("brand", "colour", "words"), 0, 0, true)),
                List.of(
                        new Categorify(List.of("item_id", "brand", "words"), 0, 9, false, false, true, 2, 5, Map.of()),
                        new Groupby(Map.of("brand", List.of("list"), "item_id", List.of("last")))),
                List.of(
                        new TimeFeatures(List.of("recency")),
                        new JoinGroupby(List.of("brand"), List.of("price"), List.of("count", "mean", "std")),
                        TargetEncoding.of("price", "colour")));
    }

    @ParameterizedTest
    @MethodSource("operators")
    void givesTheFilesAndRowsThatDuckDbGives(List<Operator> operators) throws IOException {
        WorkflowConfig config = new WorkflowConfig("session_id", "item_id", "time", operators);
        Path events = write("events.parquet", rows(0, 400));
        Path other = write("other.parquet", rows(300, 600));
        Path temporary = Files.createDirectory(folder.resolve("state [of] *"));
        SparkSettings settings = new SparkSettings(2, Places.toWrite(temporary));
        Path expected = Files.createDirectory(folder.resolve("expected"));
        Workflow embedded = Workflow.fit(config, events, SCHEMA);
        embedded.save(expected);
        Path expectedRows = folder.resolve("expected-rows/rows.parquet");
        embedded.transform(other, expectedRows);
        Path saved = Files.createDirectory(folder.resolve("saved"));
        try (SparkEngine engine = SparkEngine.on(SESSION, settings)) {
            Workflow workflow = engine.fit(config, events, SCHEMA);
            try (Stream<Path> left = Files.list(temporary)) {
                assertThat(left).as("state in files").isNotEmpty();
            }
            workflow.save(saved);
            Path target = folder.resolve("fitted/rows.parquet");
            engine.transform(workflow, other, target);
            assertThat(read(target)).isEqualTo(read(expectedRows));
            Path again = folder.resolve("loaded/rows.parquet");
            engine.transform(StoredWorkflows.load(saved), other, again);
            assertThat(read(again)).isEqualTo(read(expectedRows));
        }
        assertThat(temporary).isEmptyDirectory();
        assertThat(description(saved)).isEqualTo(description(expected));
        try (Stream<Path> files = Files.list(expected)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".parquet")).toList()) {
                assertThat(read(saved.resolve(file.getFileName())))
                        .as(file.getFileName().toString())
                        .isEqualTo(read(file));
            }
        }
        Path embeddedRows = folder.resolve("embedded/rows.parquet");
        Workflow.load(saved).transform(other, embeddedRows);
        assertThat(read(embeddedRows)).isEqualTo(read(expectedRows));
    }

    @Test
    void collectsNothingThatGrowsWithTheState() throws Exception {
        int values = 20_000;
        Path events = write(
                "events.parquet",
                "select range // 5 as session_id, range % 9000 as item_id, range as time, md5(range::varchar) as brand,"
                        + " 'c' as colour, 0.5 as price, [md5(range::varchar)] as words from range(" + values + ")");
        WorkflowConfig config = new WorkflowConfig(
                "session_id",
                "item_id",
                "time",
                List.of(
                        Categorify.of("words"),
                        new JoinGroupby(List.of("item_id"), List.of("price"), List.of("mean"))));
        long all = collected(SparkSettings.defaults(), config, events);
        long few = collected(SparkSettings.defaults().withDriverRows(1000), config, events);
        assertThat(all).as("bytes of 20,000 values of 32 letters").isGreaterThan(values * 32L);
        assertThat(few).as("bytes of a task's report").isLessThan(values * 32L / 8);
    }

    /** Most bytes that one task gave to the driver. */
    private long collected(SparkSettings settings, WorkflowConfig config, Path events) throws Exception {
        AtomicLong bytes = new AtomicLong();
        SparkListener listener = new SparkListener() {
            @Override
            public void onTaskEnd(SparkListenerTaskEnd end) {
                bytes.accumulateAndGet(end.taskMetrics().resultSize(), Math::max);
            }
        };
        SESSION.sparkContext().addSparkListener(listener);
        try (SparkEngine engine = SparkEngine.on(SESSION, settings)) {
            Workflow workflow = engine.fit(config, events, SCHEMA);
            Path saved = Files.createTempDirectory(folder, "saved");
            workflow.save(saved);
            engine.transform(StoredWorkflows.load(saved), events, saved.resolve("out/rows.parquet"));
            SESSION.sparkContext().listenerBus().waitUntilEmpty();
        } finally {
            SESSION.sparkContext().removeSparkListener(listener);
        }
        return bytes.get();
    }

    @Test
    void saysWhatToDoAboutStateThatIsGoneOrHasNoPlace() throws IOException {
        Path events = write("events.parquet", rows(0, 100));
        WorkflowConfig config = new WorkflowConfig("session_id", "item_id", "time", List.of(Categorify.of("brand")));
        Workflow workflow;
        try (SparkEngine engine =
                SparkEngine.on(SESSION, SparkSettings.defaults().withDriverRows(2))) {
            workflow = engine.fit(config, events, SCHEMA);
        }
        assertThatThrownBy(() -> workflow.save(Files.createDirectory(folder.resolve("saved"))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expected: the workflow to be saved before its engine is closed");
        String file = "file:" + events;
        try (SparkEngine engine = SparkEngine.on(SESSION, new SparkSettings(2, file))) {
            assertThatThrownBy(() -> engine.fit(config, events, SCHEMA))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("t4rec.stateFolder: " + file)
                    .hasMessageContaining("expected: a folder that can be written");
        }
    }
}
