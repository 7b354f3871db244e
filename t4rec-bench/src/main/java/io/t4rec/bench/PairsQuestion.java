package io.t4rec.bench;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.SequenceBatch;
import io.t4rec.etl.Vocabulary;
import io.t4rec.model.HeadConfig;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.TransformerRegistry;
import io.t4rec.model.TransformerSettings;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.masking.Masking;
import io.t4rec.model.masking.PermutationMasking;
import io.t4rec.model.masking.ReplacedItemMasking;
import io.t4rec.schema.ConfigException;
import io.t4rec.train.Evaluator;
import io.t4rec.train.RankedCases;
import io.t4rec.train.TrainingConfig;
import io.t4rec.train.baseline.Baseline;
import io.t4rec.train.baseline.Markov;
import io.t4rec.train.baseline.Popularity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Every body on every task that it may be trained on: the registry's whole table, with simple baselines beside it. */
final class PairsQuestion implements Question {
    private static final String SEPARATOR = " ";
    private static final String BASELINES = "baselines";
    private static final int HEADS = 2;
    private static final int LAYERS = 2;
    private static final double DROPOUT = 0.2;
    private static final double LEARNING_RATE = 2e-3;
    private static final double AVERAGING = 0.98;

    @Override
    public String name() {
        return "pairs";
    }

    @Override
    public String asks() {
        return "How good is each body on each of its tasks on yoochoose-100k? Trained on train_full, the last item of each of 3,416 test"
                + " sessions ranked among all, seen items compete; width " + Models.WIDTH + ", " + LAYERS + " layers, "
                + HEADS
                + " heads, dropout " + DROPOUT
                + ", usual inner width, Adam " + LEARNING_RATE + ", weights averaged by " + AVERAGING
                + ", batch 128, the same seed and epochs for all, last epoch, no choice by validation.";
    }

    @Override
    public String goal() {
        return "every pair above popularity and first-order Markov at HR@20.";
    }

    @Override
    public List<String> parts() {
        List<String> parts = new ArrayList<>(List.of(BASELINES));
        TransformerRegistry.tasks()
                .forEach((body, tasks) -> tasks.stream().sorted().forEach(task -> parts.add(body + SEPARATOR + task)));
        return parts;
    }

    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        Yoochoose data = Yoochoose.prepare(settings);
        if (part.equals(BASELINES)) {
            return Measured.of(baselines(data, settings));
        }
        int at = part.indexOf(SEPARATOR);
        TrainingConfig training = TrainingConfig.defaults()
                .edit()
                .epochs(settings.epochs())
                .learningRate(LEARNING_RATE)
                .averaging(AVERAGING)
                .seed(settings.seed())
                .threads(settings.threads())
                .build();
        ModelConfig model = model(part.substring(0, at), part.substring(at + 1));
        YoochooseRun run = YoochooseRun.of(data, model, training, false, progress);
        progress.accept(part + ": " + run.metrics());
        return Measured.of(List.of(figures(part, run.metrics())
                .with("epochs", settings.epochs(), 0)
                .with("s an epoch", run.secondsAnEpoch(), 2)));
    }

    private static ModelConfig model(String body, String task) {
        TransformerSettings settings = new TransformerSettings(
                body, Models.WIDTH, HEADS, LAYERS, ZipfBatches.LENGTH, "gelu", 0.02, 1e-5, DROPOUT, null);
        return new ModelConfig(InputConfig.itemsOnly(), task(task), settings, HeadConfig.defaults());
    }

    private static Masking task(String label) {
        return switch (label) {
            case "clm" -> new CausalMasking(false);
            case "mlm" -> MaskedMasking.defaults();
            case "plm" -> PermutationMasking.defaults();
            case "rtd" -> ReplacedItemMasking.defaults();
            default -> throw new ConfigException("masking task: " + label + " (expected: one that is measured)");
        };
    }

    private static Row figures(String name, Map<String, Double> metrics) {
        return Row.of(name)
                .with("HR@20", metrics.getOrDefault("recall@20", Double.NaN), 4)
                .with("NDCG@20", metrics.getOrDefault("ndcg@20", Double.NaN), 4);
    }

    private static List<Row> baselines(Yoochoose data, BenchSettings settings) {
        String item = data.workflow().outputSchema().itemId().name();
        long items = data.workflow().outputSchema().itemId().cardinality();
        List<long[]> sessions = new ArrayList<>();
        try (BatchLoader loader = data.training(512, settings.seed(), false);
                BatchLoader.Epoch batches = loader.epoch(0)) {
            while (batches.hasNext()) {
                SequenceBatch batch = batches.next();
                for (int row = 0; row < batch.rowCount(); row++) {
                    sessions.add(Arrays.copyOfRange(batch.longs(item), batch.offsets()[row], batch.offsets()[row + 1]));
                }
            }
        }
        List<Row> rows = new ArrayList<>();
        long[][] known = sessions.toArray(long[][]::new);
        for (Baseline baseline : List.of(new Popularity(known, items), new Markov(known, items))) {
            try (BatchLoader loader = data.testing()) {
                RankedCases cases = Evaluator.lastItem().rank(baseline, loader, item, Vocabulary.FIRST);
                rows.add(figures(baseline.name(), cases.means(20)));
            }
        }
        return rows;
    }
}
