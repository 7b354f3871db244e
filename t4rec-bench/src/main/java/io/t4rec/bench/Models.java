package io.t4rec.bench;

import io.t4rec.model.HeadConfig;
import io.t4rec.model.LossConfig;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.TransformerSettings;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.masking.Masking;
import io.t4rec.nn.loss.LossKind;
import io.t4rec.nn.sampling.SamplerKind;
import io.t4rec.schema.config.ConfigFiles;

/** The models that are measured. */
final class Models {
    static final int WIDTH = 64;

    private Models() {}

    /** GPT-2 causal as Transformers4Rec was measured: 4 heads, 2 layers, dropout 0.3, item embedding through an affine layer with ReLU. */
    static ModelConfig gpt2() {
        return new ModelConfig(
                InputConfig.defaults(),
                new CausalMasking(false),
                new TransformerSettings("gpt2", WIDTH, 4, 2, ZipfBatches.LENGTH, "gelu", 0.01, 1e-5, 0.3, null),
                HeadConfig.defaults());
    }

    /** XLNet masked as Transformers4Rec was measured: the same sizes, 15 % of the items masked. */
    static ModelConfig xlnet() {
        return new ModelConfig(
                InputConfig.defaults(),
                MaskedMasking.defaults(),
                new TransformerSettings("xlnet", WIDTH, 4, 2, ZipfBatches.LENGTH, "gelu", 0.01, 0.03, 0.3, null),
                HeadConfig.defaults());
    }

    /** Any body with a task it may be trained on: the sizes of the others, all else as {@link TransformerSettings#of} has it. */
    static ModelConfig usual(String type, String task) {
        return new ModelConfig(
                InputConfig.defaults(),
                masking(task),
                TransformerSettings.of(type, WIDTH, 4, 2, ZipfBatches.LENGTH),
                HeadConfig.defaults());
    }

    /** With the original's defaults. */
    private static Masking masking(String task) {
        return ConfigFiles.parseYaml("task: " + task, Masking.class);
    }

    /** The same model with a sampled softmax, negatives drawn uniformly. */
    static ModelConfig sampled(ModelConfig exact, int negatives) {
        HeadConfig head = exact.head();
        LossConfig loss = LossConfig.sampled(LossKind.SAMPLED_SOFTMAX, SamplerKind.UNIFORM, negatives);
        return new ModelConfig(
                exact.input(),
                exact.masking(),
                exact.transformer(),
                new HeadConfig(head.weightTying(), head.temperature(), head.labelSmoothing(), head.firstItem(), loss));
    }
}
