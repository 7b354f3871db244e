package io.t4rec.bench;

import io.t4rec.model.ModelConfig;
import io.t4rec.train.TrainingConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** How a training step with a sampled loss grows with the catalogue. */
final class CatalogueQuestion implements Question {
    private static final int NEGATIVES = 4_096;
    private static final int WARM_UP = 3;
    private static final int STEPS = 20;
    private static final Map<String, Integer> ITEMS =
            new TreeMap<>(Map.of("100,000 items", 100_000, "1,000,000 items", 1_000_000));

    @Override
    public String name() {
        return "catalogue";
    }

    @Override
    public String asks() {
        return "How does a training step grow with the catalogue when the loss is sampled? GPT-2 as in the question train, sampled"
                + " softmax with 4,096 negatives drawn uniformly, the table updated by its used rows; median of 20 steps."
                + " The floor is the products of states and negatives.";
    }

    @Override
    public String goal() {
        return "a million items within 300 ms and 4 GB, and at most 1.5 times as long as a tenth of them.";
    }

    @Override
    public List<String> parts() {
        return List.copyOf(ITEMS.keySet());
    }

    @Override
    public List<String> javaOptions(String part) {
        return List.of("-Xmx2g");
    }

    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        ModelConfig model = Models.sampled(Models.gpt2(), NEGATIVES);
        int items = ITEMS.getOrDefault(part, 0);
        double seconds = TrainQuestion.stepSeconds(model, items, WARM_UP, STEPS, TrainingConfig.defaults(), settings);
        Row row =
                Row.of(part).with("ms a step", seconds * 1e3, 1).with("sequences/s", TrainQuestion.BATCH / seconds, 0);
        return new Measured(
                List.of(row),
                () -> row.share(
                        Floors.head(
                                TrainQuestion.targets(model, items, settings),
                                Models.WIDTH,
                                NEGATIVES,
                                settings.workers()),
                        seconds));
    }
}
