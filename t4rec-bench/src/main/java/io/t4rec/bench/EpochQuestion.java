package io.t4rec.bench;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.ModelConfig;
import io.t4rec.train.TrainingConfig;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Time of an epoch on real, short sessions. */
final class EpochQuestion implements Question {
    private static final String ORIGINAL = "GPT-2 causal, 4 heads, inner width 256, input projection";
    private static final String OURS = "GPT-2 causal, the defaults: 1 head, inner width 64";
    private static final int EPOCHS = 4;

    @Override
    public String name() {
        return "epoch";
    }

    @Override
    public String asks() {
        return "How long does an epoch of yoochoose-100k take (17,794 sessions, 3.95 events on average, batches of 128, Adam)?"
                + " Median of the second to fourth epoch; the floor is the products of states and item table.";
    }

    @Override
    public String goal() {
        return "4 s, better 2.5 s, for the first row, where Transformers4Rec takes 9.8 s.";
    }

    @Override
    public List<String> parts() {
        return List.of(ORIGINAL, OURS);
    }

    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        ModelConfig model = part.equals(ORIGINAL) ? Models.gpt2() : ModelConfig.defaults();
        TrainingConfig training = TrainingConfig.defaults()
                .edit()
                .epochs(EPOCHS)
                .seed(settings.seed())
                .threads(settings.threads())
                .build();
        Yoochoose data = Yoochoose.prepare(settings);
        YoochooseRun run = YoochooseRun.of(data, model, training, false, progress);
        Row row = Row.of(part)
                .with("s an epoch", run.secondsAnEpoch(), 2)
                .with("recall@20 after 4", run.metric("recall@20"), 4);
        int items = Math.toIntExact(data.workflow().outputSchema().itemId().cardinality());
        return new Measured(
                List.of(row),
                () -> row.share(
                        Floors.head(targets(data, settings), Models.WIDTH, items, settings.workers()),
                        run.secondsAnEpoch()));
    }

    /** Every event but the first of a session. */
    private static int targets(Yoochoose data, BenchSettings settings) {
        int targets = 0;
        try (BatchLoader loader = data.training(TrainQuestion.BATCH, settings.seed(), false);
                BatchLoader.Epoch epoch = loader.epoch(0)) {
            while (epoch.hasNext()) {
                SequenceBatch batch = epoch.next();
                targets += batch.offsets()[batch.rowCount()] - batch.rowCount();
            }
        }
        return targets;
    }
}
