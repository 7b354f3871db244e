package io.t4rec.bench;

import io.t4rec.model.HeadConfig;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.model.TransformerSettings;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.train.Evaluator;
import io.t4rec.train.Trainer;
import io.t4rec.train.TrainingConfig;
import io.t4rec.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/**
 * Quality in the settings of the measured T4Rec runs; arguments: a body's name, epochs, whether to bucket by length, seeds. Settings
 * in YAML laid over the model's can be given in the system property {@code model}: {@code -Dmodel="transformer: {dropout: 0.3}"}. With
 * {@code -Dvalidation=true} the validation part of the training data is predicted in place of the test part.
 */
public final class YoochooseQuality {
    private YoochooseQuality() {}

    public static void main(String[] args) throws IOException {
        boolean causal = !args[0].equals("xlnet");
        int epochs = Integer.parseInt(args[1]);
        Yoochoose data = Yoochoose.prepare(
                Files.createTempDirectory("yoochoose"), Boolean.getBoolean("validation"), args[0].equals("hstu"));
        ModelConfig usual = causal
                ? new ModelConfig(
                        InputConfig.itemsOnly(),
                        new CausalMasking(false),
                        new TransformerSettings(args[0], 64, 1, 2, 20, "relu", 0.01, 1e-5, 0.2, 64),
                        HeadConfig.defaults())
                : new ModelConfig(
                        InputConfig.defaults(),
                        new MaskedMasking(0.15),
                        new TransformerSettings("xlnet", 64, 4, 2, 20, "gelu", 0.01, 0.03, 0.3, null),
                        HeadConfig.defaults());
        ModelConfig config = ConfigFiles.parseYamlOver(usual, System.getProperty("model", ""), "model", Map.of());
        for (int i = 3; i < args.length; i++) {
            long seed = Long.parseLong(args[i]);
            SessionModel model = SessionModel.create(config, data.workflow().outputSchema(), seed);
            TrainingConfig training =
                    TrainingConfig.defaults().edit().epochs(epochs).seed(seed).build();
            TrainingListener report = new TrainingListener() {
                @Override
                public void onEpoch(Epoch epoch) {
                    System.out.println("seed " + seed + " " + epoch);
                }
            };
            try (Trainer trainer = new Trainer(
                    model, training, data.training(128, seed, Boolean.parseBoolean(args[2])), List.of(report))) {
                Trainer.Validation validation = new Trainer.Validation(
                        () -> Evaluator.lastItem().rank(model, data.testing()).means(20), "ndcg@20");
                trainer.run(validation, null);
            }
            model.release();
        }
    }
}
