package io.t4rec.nn;

import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What one forward pass needs beside its input: whether it trains, and its random numbers. Handed through all layers, so that
 * modules hold no state of a pass.
 *
 * @param generator source of dropout and noise; null exactly when not training
 */
public record Pass(@Nullable Generator generator) {
    private static final Pass INFERENCE = new Pass(null);

    /** Evaluation and inference: no dropout, no noise. */
    public static Pass inference() {
        return INFERENCE;
    }

    /** Training with the given source of random numbers. */
    public static Pass training(Generator generator) {
        return new Pass(generator);
    }

    public boolean isTraining() {
        return generator != null;
    }

    /** Dropout while training, the tensor itself otherwise. */
    public Tensor dropout(Tensor tensor, double probability) {
        return generator == null ? tensor : tensor.dropout(probability, generator);
    }
}
