package io.t4rec.bench;

import io.t4rec.data.BatchLoader;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.train.Evaluator;
import io.t4rec.train.Trainer;
import io.t4rec.train.TrainingConfig;
import io.t4rec.train.TrainingListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One training run on the YOOCHOOSE sample: last item of each test session, all items ranked, seen items compete; figures of the
 * last epoch, no choice by validation.
 *
 * @param secondsAnEpoch median, the first left out when there are more
 * @param metrics after the last epoch, by label
 */
record YoochooseRun(double secondsAnEpoch, Map<String, Double> metrics) {
    private static final int BATCH = 128;

    /**
     * @param training its epochs, threads and seed count
     * @param bucketByLength whether a batch holds rows of like length
     */
    static YoochooseRun of(
            Yoochoose data,
            ModelConfig config,
            TrainingConfig training,
            boolean bucketByLength,
            Consumer<String> progress)
            throws IOException {
        SessionModel model = SessionModel.create(config, data.workflow().outputSchema(), training.seed());
        List<Double> seconds = new ArrayList<>();
        TrainingListener report = new TrainingListener() {
            @Override
            public void onEpoch(Epoch epoch) {
                seconds.add(epoch.seconds());
                progress.accept(String.format(
                        Locale.ROOT, "epoch %d: loss %.4f, %.2f s", epoch.epoch() + 1, epoch.loss(), epoch.seconds()));
            }
        };
        try (BatchLoader loader = data.training(BATCH, training.seed(), bucketByLength);
                BatchLoader testing = data.testing();
                Trainer trainer = new Trainer(model, training, loader, List.of(report))) {
            trainer.run(null, null);
            Map<String, Double> metrics =
                    Evaluator.lastItem().rank(model, testing).means(20);
            return new YoochooseRun(median(seconds), metrics);
        } finally {
            model.release();
        }
    }

    private static double median(List<Double> seconds) {
        List<Double> counted = seconds.size() > 1 ? seconds.subList(1, seconds.size()) : seconds;
        return counted.stream().sorted().toList().get(counted.size() / 2);
    }

    double metric(String label) {
        return metrics.getOrDefault(label, Double.NaN);
    }
}
