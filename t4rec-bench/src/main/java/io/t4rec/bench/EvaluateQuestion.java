package io.t4rec.bench;

import io.t4rec.data.BatchLoader;
import io.t4rec.model.Exclusion;
import io.t4rec.model.SessionModel;
import io.t4rec.train.Evaluator;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Time of an evaluation with full ranking. */
final class EvaluateQuestion implements Question {
    private static final String PART = "GPT-2 causal, 40,000 items";
    private static final int ITEMS = 40_000;
    private static final int BATCH = 128;
    private static final int ROWS = 32 * BATCH;
    private static final int RUNS = 5;

    @Override
    public String name() {
        return "evaluate";
    }

    @Override
    public String asks() {
        return "How many sequences of 20 items a second are evaluated: last item, recall, NDCG and MRR at 20 over 40,000 items?"
                + " Median of 5 runs over 4,096 sequences; the floor is the product of states and item table.";
    }

    @Override
    public String goal() {
        return "2,380 sequences/s, better 3,570, where Transformers4Rec does 1,190.";
    }

    @Override
    public List<String> parts() {
        return List.of(PART);
    }

    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        SessionModel model = SessionModel.create(Models.gpt2(), ZipfBatches.schema(ITEMS), settings.seed());
        double median = seconds(model, ITEMS, ROWS, RUNS, settings, progress);
        Row row = Row.of(part).with("sequences/s", ROWS / median, 0).with("ms for 4,096", median * 1e3, 1);
        return new Measured(
                List.of(row), () -> row.share(Floors.scores(ROWS, Models.WIDTH, ITEMS, settings.workers()), median));
    }

    /** Median seconds of evaluations of so many sequences, after one to warm up. */
    static double seconds(
            SessionModel model, int items, int rows, int runs, BenchSettings settings, Consumer<String> progress)
            throws IOException {
        Evaluator evaluator = new Evaluator(false, Exclusion.NONE, settings.threads());
        double[] seconds = new double[runs];
        try (BatchLoader loader = ZipfBatches.loader(items, rows, BATCH)) {
            evaluator.rank(model, loader);
            for (int run = 0; run < runs; run++) {
                long start = System.nanoTime();
                Map<String, Double> means = evaluator.rank(model, loader).means(20);
                seconds[run] = (System.nanoTime() - start) / 1e9;
                progress.accept("run " + (run + 1) + ": " + means);
            }
        }
        Arrays.sort(seconds);
        return seconds[runs / 2];
    }
}
