package io.t4rec.bench;

import io.t4rec.model.HeadConfig;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.model.TransformerSettings;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.tensor.Native;
import io.t4rec.train.Trainer;
import io.t4rec.train.TrainingConfig;
import io.t4rec.train.TrainingListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Time of a training step: width 64, 4 heads, 2 layers, 20 items a sequence, batch 128, dropout 0.3, tied exact softmax, Adam.
 * Arguments: gpt2 or xlnet, steps, numbers of item ids.
 */
public final class TrainingSpeed {
    private static final int BATCH = 128;
    private static final int WARM_UP = 5;

    private TrainingSpeed() {}

    public static void main(String[] args) throws IOException {
        int steps = Integer.parseInt(args[1]);
        for (int i = 2; i < args.length; i++) {
            measure(args[0], Integer.parseInt(args[i]), steps);
        }
    }

    private static void measure(String body, int items, int steps) throws IOException {
        ModelConfig config = new ModelConfig(
                InputConfig.defaults(),
                body.equals("gpt2") ? new CausalMasking(false) : new MaskedMasking(0.15),
                new TransformerSettings(body, 64, 4, 2, ZipfBatches.LENGTH, "gelu", 0.01, 0.03, 0.3, null),
                HeadConfig.defaults());
        SessionModel model = SessionModel.create(config, ZipfBatches.schema(items), 1);
        List<Long> times = new ArrayList<>();
        TrainingListener clock = new TrainingListener() {
            @Override
            public void onStep(Step step) {
                times.add(System.nanoTime());
            }
        };
        TrainingConfig training =
                TrainingConfig.defaults().edit().maxSteps(steps + WARM_UP + 1).build();
        try (Trainer trainer =
                new Trainer(model, training, ZipfBatches.loader(items, 16 * BATCH, BATCH), List.of(clock))) {
            trainer.run(null, null);
        }
        double[] milliseconds = new double[steps];
        for (int i = 0; i < steps; i++) {
            milliseconds[i] = (times.get(i + WARM_UP + 1) - times.get(i + WARM_UP)) / 1e6;
        }
        Arrays.sort(milliseconds);
        double median = milliseconds[steps / 2];
        System.out.printf(
                Locale.ROOT,
                "%s %,d items: median %.1f ms a step (%.0f sequences/s), 10 %% %.1f, 90 %% %.1f, resident %d MiB%n",
                body,
                items,
                median,
                BATCH * 1e3 / median,
                milliseconds[steps / 10],
                milliseconds[steps * 9 / 10],
                Native.residentBytes() >> 20);
        model.release();
    }
}
