package io.t4rec.bench;

import io.t4rec.bench.micro.FeatureRequestBenchmark;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Latency of the request engine by JMH, and what is left on the heap after many requests. */
final class FeaturesQuestion implements Question {
    private static final String REQUESTS = "1,000,000 requests";
    private static final int CALLS = 1_000_000;

    private final MicroQuestion latency = new MicroQuestion(
            "features",
            "How long does the workflow take for a request of 20 events and ten features, one thread, and what do a million requests,"
                    + " each another session, leave on the Java heap? KiB that are alive; bytes allocated since the column before.",
            "p99 below 200 us; neither heap nor allocation grow from a tenth of the run to its end.",
            FeatureRequestBenchmark.class,
            params -> 0);

    @Override
    public String name() {
        return latency.name();
    }

    @Override
    public String asks() {
        return latency.asks();
    }

    @Override
    public String goal() {
        return latency.goal();
    }

    @Override
    public List<String> parts() {
        return List.of(latency.parts().get(0), REQUESTS);
    }

    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        if (!part.equals(REQUESTS)) {
            return latency.measure(part, settings, progress);
        }
        FeatureRequestBenchmark requests = new FeatureRequestBenchmark();
        requests.make();
        SplittableRandom random = new SplittableRandom(settings.seed());
        Row row = Row.of(part);
        HeapWatch.watch(row, CALLS, () -> FeatureRequestBenchmark.session(random), requests::features, progress);
        return Measured.of(List.of(row));
    }
}
