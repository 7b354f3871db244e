package io.t4rec.bench;

import io.t4rec.data.Table;
import io.t4rec.model.RecommendOptions;
import io.t4rec.model.Recommender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Latency of one recommendation within the process. */
final class RecommendQuestion implements Question {
    private static final int K = 20;
    private static final int SESSIONS = 500;

    /** @param goal milliseconds that are wanted */
    private record Part(int items, int calls, String goal) {
        private String title() {
            return String.format(Locale.ROOT, "GPT-2 causal, %,d items", items);
        }
    }

    private static final List<Part> PARTS = List.of(
            new Part(1_000, 5_000, "p50 1.0, better 0.6"),
            new Part(40_000, 3_000, "p50 2.2, better 1.2"),
            new Part(1_000_000, 300, "p99 30"));

    @Override
    public String name() {
        return "recommend";
    }

    @Override
    public String asks() {
        return "How long does one recommendation take, from 20 raw events to 20 raw item ids, all items scored exactly, one thread?"
                + " The floor is the item table times one vector.";
    }

    @Override
    public String goal() {
        return "in the table; traced Transformers4Rec models alone, without workflow, take 1.2 ms (1,000 items) and 2.8 ms (40,000).";
    }

    @Override
    public List<String> parts() {
        return PARTS.stream().map(Part::title).toList();
    }

    @Override
    public List<String> javaOptions(String part) {
        return List.of("-Xmx2g"); // a vocabulary of a million items
    }

    @Override
    public Measured measure(String title, BenchSettings settings, Consumer<String> progress) throws IOException {
        Part part = PARTS.stream()
                .filter(candidate -> candidate.title().equals(title))
                .findFirst()
                .orElseThrow();
        Recommender recommender = new Recommender(FreshBundle.of(Models.gpt2(), part.items, settings.seed()));
        double[] seconds = seconds(recommender, part.items, part.calls, settings.seed());
        Row row = Row.of(title)
                .with("p50, ms", seconds[seconds.length / 2] * 1e3, 2)
                .with("p90, ms", seconds[seconds.length * 9 / 10] * 1e3, 2)
                .with("p99, ms", seconds[seconds.length * 99 / 100] * 1e3, 2)
                .with("goal, ms", part.goal);
        return new Measured(
                List.of(row),
                () -> row.share(Floors.matrixVector(part.items, Models.WIDTH), seconds[seconds.length / 2]));
    }

    /** Seconds of each call after as many to warm up, rising. */
    static double[] seconds(Recommender recommender, int items, int calls, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Table> sessions = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            sessions.add(FreshBundle.session(ZipfBatches.LENGTH, items, random));
        }
        double[] seconds = new double[calls];
        for (int call = -calls; call < calls; call++) {
            Table session = sessions.get(Math.floorMod(call, SESSIONS));
            long start = System.nanoTime();
            recommender.recommend(session, K, RecommendOptions.defaults());
            if (call >= 0) {
                seconds[call] = (System.nanoTime() - start) / 1e9;
            }
        }
        Arrays.sort(seconds);
        return seconds;
    }
}
