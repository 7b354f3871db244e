package io.t4rec.bench.micro;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.etl.Bucketize;
import io.t4rec.etl.Categorify;
import io.t4rec.etl.FillMissing;
import io.t4rec.etl.Groupby;
import io.t4rec.etl.HashBucket;
import io.t4rec.etl.JoinGroupby;
import io.t4rec.etl.ListSlice;
import io.t4rec.etl.Log;
import io.t4rec.etl.Normalize;
import io.t4rec.etl.RequestPipeline;
import io.t4rec.etl.TimeFeatures;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long does the workflow take for one session of 20 events and ten features, at the 99th percentile? One thread. */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class FeatureRequestBenchmark {
    private static final int EVENTS = 20;
    private static final int KNOWN = 20_000;
    private static final int SESSIONS = 1_000;
    private static final long MINUTE = 60_000_000;

    private final Table[] sessions = new Table[SESSIONS];
    private RequestPipeline pipeline;
    private int next;

    /** Fits a workflow with ten features and makes sessions. */
    @Setup
    public void make() throws IOException {
        Schema schema = Schema.of(
                ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION_ID),
                ColumnSchema.scalar("item_id", DType.INT64).withTags(Tag.ITEM_ID),
                ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
                ColumnSchema.scalar("category", DType.STRING),
                ColumnSchema.scalar("agent", DType.STRING),
                ColumnSchema.scalar("price", DType.FLOAT64),
                ColumnSchema.scalar("stock", DType.FLOAT64));
        Path events = Files.createTempDirectory("requests").resolve("events.parquet");
        try (Database database = Database.openInOrder()) {
            database.register("events", events(new SplittableRandom(1), KNOWN, EVENTS));
            database.writeParquet("from events", events);
        }
        pipeline = Workflow.fit(config(), events, schema).requestPipeline();
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < SESSIONS; i++) {
            sessions[i] = session(random);
        }
    }

    private static WorkflowConfig config() {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        List.of(
                        "item_id",
                        "category",
                        "agent",
                        "price",
                        "stock",
                        "hour_sin",
                        "hour_cos",
                        "elapsed",
                        "recency",
                        "category_count")
                .forEach(name -> lists.put(name, List.of("list")));
        return new WorkflowConfig(
                "session_id",
                "item_id",
                "time",
                List.of(
                        TimeFeatures.of("hour_sin", "hour_cos", "elapsed", "recency"),
                        new Log(List.of("elapsed", "recency", "price")),
                        new Normalize(List.of("elapsed", "recency", "price")),
                        new FillMissing(List.of("price"), 0),
                        new Bucketize(List.of("stock"), List.of(1.0, 10.0, 50.0)),
                        new HashBucket(List.of("agent"), 1_000),
                        new JoinGroupby(List.of("category"), List.of(), List.of()),
                        Categorify.of("item_id", "category"),
                        new Groupby(lists),
                        new ListSlice(-EVENTS, null)));
    }

    private static Table events(SplittableRandom random, int count, int sessionLength) {
        long[][] ids = new long[3][count];
        double[][] numbers = new double[2][count];
        String[] category = new String[count];
        String[] agent = new String[count];
        for (int i = 0; i < count; i++) {
            ids[0][i] = i / sessionLength;
            ids[1][i] = random.nextInt(5_000);
            ids[2][i] = i * MINUTE;
            numbers[0][i] = random.nextDouble(1, 100);
            numbers[1][i] = random.nextInt(100);
            category[i] = "category " + random.nextInt(100);
            agent[i] = "agent " + random.nextInt(1_000);
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("session_id", Column.of(ids[0]));
        columns.put("item_id", Column.of(ids[1]));
        columns.put("time", Column.of(ids[2]));
        columns.put("category", Column.of(category));
        columns.put("agent", Column.of(agent));
        columns.put("price", Column.of(numbers[0]));
        columns.put("stock", Column.of(numbers[1]));
        return Table.of(columns);
    }

    /** A session of 20 events. */
    public static Table session(SplittableRandom random) {
        return events(random, EVENTS, EVENTS);
    }

    /** Raw events to ten lists, one session after another. */
    @Benchmark
    public Table features() {
        next = (next + 1) % SESSIONS;
        return features(sessions[next]);
    }

    /** Raw events to ten lists. */
    public Table features(Table session) {
        return pipeline.transform(session);
    }
}
