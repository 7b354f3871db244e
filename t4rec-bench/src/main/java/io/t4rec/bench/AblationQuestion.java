package io.t4rec.bench;

import io.t4rec.data.BatchLoader;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.nn.loss.CatalogueCrossEntropy;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import io.t4rec.train.Evaluator;
import io.t4rec.train.TrainingConfig;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** What each technique of the training engine brings: speed, memory, quality. */
final class AblationQuestion implements Question {
    private static final String DEFAULT = "as shipped: groups of like length within a batch, 2 threads";
    private static final String BUCKETS = "whole batches of like length, 2 threads";
    private static final String ONE_THREAD = "as shipped, 1 thread";
    private static final String SAMPLED = "sampled softmax, 512 negatives, 2 threads";
    private static final String LAZY = "the same, table updated by its used rows, 2 threads";
    private static final String GROUPS = "own loop, groups of like length, 1 thread";
    private static final String BATCH = "own loop, padded to the batch's longest, 1 thread";
    private static final String FIXED = "own loop, padded to 20, 1 thread";
    private static final String CHUNKED = "head alone, in chunks as shipped, 1 thread";
    private static final String PLAIN = "head alone, all scores at once, 1 thread";
    private static final String LARGE = "sampled softmax of 512 over 200,000 items, all rows updated, 2 threads";
    private static final String LARGE_LAZY = "sampled softmax of 512 over 200,000 items, used rows updated, 2 threads";
    private static final int EPOCHS = 10;
    private static final int LENGTH = 20;
    private static final int BATCH_SIZE = 128;
    private static final int NEGATIVES = 512;
    private static final int ROWS = 2_432;
    private static final int ITEMS = 40_000;
    private static final int HEAD_RUNS = 5;
    private static final int LARGE_ITEMS = 200_000;
    private static final int WARM_UP = 2;
    private static final int STEPS = 20;

    @Override
    public String name() {
        return "ablation";
    }

    @Override
    public String asks() {
        return "What does each technique bring? The default model on yoochoose-100k, 10 epochs, last item of each test session ranked"
                + " among all, seconds as median of the epochs; below, loss and gradients of 2,432 targets over 40,000 items, width 64,"
                + " and a step of the default model on a large catalogue, as the question train has it.";
    }

    @Override
    public String goal() {
        return "each technique quicker or smaller than without it, recall@20 within two standard errors (0.016).";
    }

    @Override
    public List<String> parts() {
        return List.of(
                DEFAULT, BUCKETS, ONE_THREAD, SAMPLED, LAZY, GROUPS, BATCH, FIXED, CHUNKED, PLAIN, LARGE, LARGE_LAZY);
    }

    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        Row row = Row.of(part);
        switch (part) {
            case CHUNKED, PLAIN -> row.with("head, ms", 1e3 * headSeconds(part.equals(PLAIN), settings), 1);
            case LARGE, LARGE_LAZY ->
                row.with("step, ms", 1e3 * stepSeconds(part.equals(LARGE_LAZY) ? "lazy" : "dense", settings), 1);
            case GROUPS -> ownLoop(row, AblationLoop.Padding.GROUPS, settings);
            case BATCH -> ownLoop(row, AblationLoop.Padding.BATCH, settings);
            case FIXED -> ownLoop(row, AblationLoop.Padding.FIXED, settings);
            default -> trainer(row, part, settings, progress);
        }
        return Measured.of(List.of(row));
    }

    private static void trainer(Row row, String part, BenchSettings settings, Consumer<String> progress)
            throws IOException {
        TrainingConfig training = TrainingConfig.defaults()
                .edit()
                .epochs(EPOCHS)
                .seed(settings.seed())
                .threads(part.equals(ONE_THREAD) ? 1 : 2)
                .tableOptimizer(part.equals(LAZY) ? "lazy" : "auto")
                .build();
        ModelConfig model = part.equals(SAMPLED) || part.equals(LAZY)
                ? Models.sampled(ModelConfig.defaults(), NEGATIVES)
                : ModelConfig.defaults();
        YoochooseRun run =
                YoochooseRun.of(Yoochoose.prepare(settings), model, training, part.equals(BUCKETS), progress);
        figures(row, run.secondsAnEpoch(), run.metrics());
    }

    private static void ownLoop(Row row, AblationLoop.Padding padding, BenchSettings settings) throws IOException {
        Yoochoose data = Yoochoose.prepare(settings);
        SessionModel model =
                SessionModel.create(ModelConfig.defaults(), data.workflow().outputSchema(), settings.seed());
        try (BatchLoader loader = data.training(BATCH_SIZE, settings.seed(), false);
                BatchLoader testing = data.testing()) {
            List<Double> seconds = new AblationLoop(model, padding, LENGTH, settings.seed())
                    .train(loader, EPOCHS).stream().sorted().toList();
            figures(
                    row,
                    seconds.get(EPOCHS / 2),
                    Evaluator.lastItem().rank(model, testing).means(20));
        }
    }

    private static void figures(Row row, double seconds, Map<String, Double> metrics) {
        row.with("s an epoch", seconds, 2)
                .with("recall@20", metrics.getOrDefault("recall@20", Double.NaN), 4)
                .with("NDCG@20", metrics.getOrDefault("ndcg@20", Double.NaN), 4);
    }

    private static double stepSeconds(String tableOptimizer, BenchSettings settings) throws IOException {
        TrainingConfig training =
                TrainingConfig.defaults().edit().tableOptimizer(tableOptimizer).build();
        return TrainQuestion.stepSeconds(
                Models.sampled(ModelConfig.defaults(), NEGATIVES), LARGE_ITEMS, WARM_UP, STEPS, training, settings);
    }

    private static double headSeconds(boolean plain, BenchSettings settings) {
        SplittableRandom random = new SplittableRandom(settings.seed());
        Generator generator = new Generator(settings.seed());
        double[] seconds = new double[HEAD_RUNS];
        try (Scope scope = Scope.open();
                CatalogueCrossEntropy loss = new CatalogueCrossEntropy(1, 0)) {
            Tensor hidden = normal(generator, ROWS, Models.WIDTH).requireGradient(true);
            Tensor table = normal(generator, ITEMS, Models.WIDTH).requireGradient(true);
            Tensor gradient = Tensors.zeros(ITEMS, Models.WIDTH);
            Tensor targets = Tensors.of(random.longs(ROWS, 0, ITEMS).toArray());
            for (int run = -1; run < HEAD_RUNS; run++) {
                long start = System.nanoTime();
                if (plain) {
                    PlainHead.step(hidden, table, targets);
                } else {
                    try (Scope step = Scope.open()) {
                        loss.lossAndGradients(hidden, table, targets, ROWS, gradient);
                    }
                }
                if (run >= 0) {
                    seconds[run] = (System.nanoTime() - start) / 1e9;
                }
            }
        }
        Arrays.sort(seconds);
        return seconds[HEAD_RUNS / 2];
    }

    private static Tensor normal(Generator generator, long... shape) {
        return Tensors.empty(DataType.FLOAT32, shape).normalInPlace(0, 0.1, generator);
    }
}
