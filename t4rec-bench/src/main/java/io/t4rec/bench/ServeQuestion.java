package io.t4rec.bench;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.EventImporter;
import io.t4rec.data.Table;
import io.t4rec.model.Bundle;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.Recommender;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.DataException;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.serve.RecommendServer;
import io.t4rec.serve.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Latency of the server under load from a second process. */
final class ServeQuestion implements Question {
    private static final String YOOCHOOSE = "yoochoose-100k, 2,933 items, default model";
    private static final String LARGE = "40,000 items, GPT-2 causal with 4 heads";
    private static final int ITEMS = 40_000;
    private static final int SESSIONS = 2_000;
    private static final int WARM_UP_SECONDS = 8;
    private static final Duration OWN_WARM_UP = Duration.ofSeconds(30);
    private static final int K = 20;

    @Override
    public String name() {
        return "serve";
    }

    @Override
    public String asks() {
        return "How soon does the server answer POST /recommend on loopback, one session and 20 items a request, when a second process on"
                + " the same cores sends requests at random moments of a fixed rate, whether or not earlier ones were answered?"
                + " Timed from the moment a request was due, after the server's own warm-up, the usual one, and 8 s of"
                + " requests that don't count; real test sessions, or sessions of 1 to 20 items.";
    }

    @Override
    public String goal() {
        return "500 requests/s, p90 below 10 ms, no error.";
    }

    @Override
    public List<String> parts() {
        return List.of(YOOCHOOSE, LARGE);
    }

    /** A session as sent. */
    private record Body(List<Map<String, Long>> events, int k) {
        static String of(LongStream items) {
            return ConfigFiles.toJson(
                    new Body(items.mapToObj(item -> Map.of("item_id", item)).toList(), K));
        }
    }

    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        boolean real = part.equals(YOOCHOOSE);
        Recommender recommender;
        List<String> bodies;
        if (real) {
            Yoochoose data = Yoochoose.prepare(settings);
            SessionModel model =
                    SessionModel.create(ModelConfig.defaults(), data.workflow().outputSchema(), settings.seed());
            recommender = new Recommender(new Bundle(model, data.workflow(), Map.of(), "untrained"));
            bodies = sessions(data.testEvents());
        } else {
            recommender = new Recommender(FreshBundle.of(Models.gpt2(), ITEMS, settings.seed()));
            SplittableRandom random = new SplittableRandom(settings.seed());
            bodies = Stream.generate(() -> Body.of(LongStream.generate(() -> 1 + random.nextInt(ITEMS))
                            .limit(1 + random.nextInt(ZipfBatches.LENGTH))))
                    .limit(SESSIONS)
                    .toList();
        }
        Load load = load(recommender, bodies, settings, progress);
        LoadProcess.Result result = load.result();
        int sent = settings.rate() * (WARM_UP_SECONDS + settings.seconds());
        List<Double> milliseconds = result.milliseconds();
        return Measured.of(List.of(Row.of(part)
                .with("requests", result.requests(), 0)
                .with("requests/s", result.rate(), 1)
                .with("p50, ms", milliseconds.get(0), 2)
                .with("p90, ms", milliseconds.get(1), 2)
                .with("p99, ms", milliseconds.get(2), 2)
                .with("longest, ms", milliseconds.get(3), 1)
                .with("errors", result.errors(), 0)
                .with("server's CPU, ms a request", load.cpu().toNanos() / 1e6 / sent, 2)));
    }

    /** Of this process so far, all threads together; the second process is another. */
    private static Duration cpuTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static List<String> sessions(Path events) {
        try (Database database = Database.openInOrder()) {
            Table table = database.query("select list(" + EventImporter.ITEM + " order by \"" + EventImporter.TIME
                    + "\") as items from read_parquet(" + Database.literal(events.toString()) + ") group by "
                    + EventImporter.SESSION + " order by " + EventImporter.SESSION + " limit " + SESSIONS);
            Column.Lists lists = table.lists("items");
            long[] items = ((Column.Longs) lists.elements()).values();
            return IntStream.range(0, table.rowCount())
                    .mapToObj(row -> Body.of(Arrays.stream(items, lists.offsets()[row], lists.offsets()[row + 1])))
                    .toList();
        }
    }

    /** @param cpu what the server took of the processors meanwhile */
    private record Load(LoadProcess.Result result, Duration cpu) {}

    private static Load load(
            Recommender recommender, List<String> bodies, BenchSettings settings, Consumer<String> progress)
            throws IOException {
        Path folder = Files.createTempDirectory("load");
        Path in = folder.resolve("plan.json");
        Path out = folder.resolve("result.json");
        try (RecommendServer server = RecommendServer.start(
                recommender, ServerConfig.builder().port(0).warmUp(OWN_WARM_UP).build())) {
            server.ready().join();
            String url = "http://127.0.0.1:" + server.port() + "/recommend";
            progress.accept(settings.rate() + " requests/s for " + settings.seconds() + " s to " + url);
            ConfigFiles.writeJson(
                    in,
                    new LoadProcess.Plan(
                            url, bodies, settings.rate(), WARM_UP_SECONDS, settings.seconds(), settings.seed()));
            Duration before = cpuTime();
            Process process = new ProcessBuilder(JavaCommand.of(
                            LoadProcess.class, List.of("-Xmx256m"), List.of(in.toString(), out.toString())))
                    .inheritIO()
                    .start();
            Thread end = new Thread(process::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(end);
            if (process.waitFor() != 0) {
                throw new DataException("load: the second process failed (expected: figures; see its lines)");
            }
            Runtime.getRuntime().removeShutdownHook(end);
            return new Load(
                    ConfigFiles.readJson(out, LoadProcess.Result.class),
                    cpuTime().minus(before));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("load: interrupted", e);
        }
    }
}
