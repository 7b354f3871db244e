package io.t4rec.model;

import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.Masking;
import io.t4rec.schema.ConfigException;

/**
 * A whole model as settings.
 *
 * @param input how columns become vectors
 * @param masking what is learned from a sequence
 * @param transformer the body
 * @param head how hidden states become scores
 */
public record ModelConfig(InputConfig input, Masking masking, TransformerSettings transformer, HeadConfig head) {
    /** @throws ConfigException when the body can't be trained on the task */
    public ModelConfig {
        TransformerRegistry.checkTask(transformer.type(), masking.label());
    }

    /**
     * What does best on short shop sessions out of the box: GPT-2 on item embeddings alone, one head, narrow feed-forward part,
     * as SASRec (Kang and McAuley 2018).
     */
    public static ModelConfig defaults() {
        TransformerSettings body = new TransformerSettings("gpt2", 64, 1, 2, 20, "relu", 0.02, 1e-5, 0.2, 64);
        return new ModelConfig(InputConfig.itemsOnly(), new CausalMasking(false), body, HeadConfig.defaults());
    }
}
