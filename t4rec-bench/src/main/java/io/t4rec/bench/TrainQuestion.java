package io.t4rec.bench;

import io.t4rec.data.BatchLoader;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.model.masking.Mode;
import io.t4rec.train.Trainer;
import io.t4rec.train.TrainingConfig;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Time and memory of a training step. */
final class TrainQuestion implements Question {
    static final int BATCH = 128;

    /** A case: what is wanted (sequences a second, peak memory), and what Transformers4Rec did where its figures were recorded. */
    private enum Part {
        GPT2_1K("GPT-2 causal, 1,000 items", false, 1_000, 5, 60, "1,404", "1,083, 554 MiB"),
        XLNET_1K("XLNet masked, 1,000 items", true, 1_000, 5, 60, "1,378", "1,063, 527 MiB"),
        GPT2_40K("GPT-2 causal, 40,000 items", false, 40_000, 3, 12, "165, 820 MiB", "66, 1,685 MiB"),
        NARROW_40K("GPT-2 causal, 40,000 items, bfloat16 products", false, 40_000, 3, 12, "", ""),
        XLNET_40K("XLNet masked, 40,000 items", true, 40_000, 3, 20, "357", "238, 828 MiB"),
        GPT2_200K("GPT-2 causal, 200,000 items", false, 200_000, 1, 5, "36, 1,536 MiB", "12, 6,218 MiB"),
        XLNET_200K("XLNet masked, 200,000 items", true, 200_000, 1, 8, "", "61, 1,866 MiB");

        private final String title;
        private final boolean masked;
        private final int items;
        private final int warmUp;
        private final int steps;
        private final String goal;
        private final String recorded;

        Part(String title, boolean masked, int items, int warmUp, int steps, String goal, String recorded) {
            this.title = title;
            this.masked = masked;
            this.items = items;
            this.warmUp = warmUp;
            this.steps = steps;
            this.goal = goal;
            this.recorded = recorded;
        }

        ModelConfig model() {
            return masked ? Models.xlnet() : Models.gpt2();
        }

        TrainingConfig training() {
            return TrainingConfig.defaults()
                    .edit()
                    .precision(this == NARROW_40K ? "bfloat16" : "float32")
                    .build();
        }
    }

    @Override
    public String name() {
        return "train";
    }

    @Override
    public String asks() {
        return "How long does a training step take? Batches of 128 full sequences of 20 items drawn by Zipf's law, width 64, 4 heads,"
                + " 2 layers, dropout 0.3, tied exact softmax over all items, Adam, float32 unless said otherwise; median of the steps.";
    }

    @Override
    public String goal() {
        return "in the table, sequences a second and peak memory, beside those of Transformers4Rec as recorded once on such a machine.";
    }

    @Override
    public List<String> parts() {
        return Arrays.stream(Part.values()).map(part -> part.title).toList();
    }

    @Override
    public Measured measure(String title, BenchSettings settings, Consumer<String> progress) throws IOException {
        Part part = Arrays.stream(Part.values())
                .filter(candidate -> candidate.title.equals(title))
                .findFirst()
                .orElseThrow();
        double seconds = stepSeconds(part.model(), part.items, part.warmUp, part.steps, part.training(), settings);
        Row row = Row.of(title)
                .with("ms a step", seconds * 1e3, 1)
                .with("sequences/s", BATCH / seconds, 0)
                .with("goal", part.goal)
                .with("Transformers4Rec", part.recorded);
        return new Measured(List.of(row), () -> {
            int targets = targets(part.model(), part.items, settings);
            row.with("targets", targets, 0)
                    .share(Floors.head(targets, Models.WIDTH, part.items, settings.workers()), seconds);
        });
    }

    /**
     * Median seconds of a step.
     *
     * @param usual training, but for its length, threads and seed
     */
    static double stepSeconds(
            ModelConfig config, int items, int warmUp, int steps, TrainingConfig usual, BenchSettings settings)
            throws IOException {
        SessionModel model = SessionModel.create(config, ZipfBatches.schema(items), settings.seed());
        StepClock clock = new StepClock(warmUp);
        TrainingConfig training = usual.edit()
                .maxSteps(warmUp + 1L + steps)
                .threads(settings.threads())
                .seed(settings.seed())
                .build();
        try (BatchLoader loader = ZipfBatches.loader(items, 16 * BATCH, BATCH);
                Trainer trainer = new Trainer(model, training, loader, List.of(clock))) {
            trainer.run(null, null);
        }
        model.release();
        return clock.median();
    }

    /** Targets of one batch. */
    static int targets(ModelConfig config, int items, BenchSettings settings) {
        SessionModel model = SessionModel.create(config, ZipfBatches.schema(items), settings.seed());
        try (BatchLoader loader = ZipfBatches.loader(items, BATCH, BATCH);
                BatchLoader.Epoch epoch = loader.epoch(0)) {
            return model.mask(epoch.next(), Mode.TRAIN, new SplittableRandom(settings.seed()))
                    .targetCount();
        } finally {
            model.release();
        }
    }
}
