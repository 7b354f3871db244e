package io.t4rec.model;

import io.t4rec.nn.Module;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;

/** ELECTRA's discriminator head (Clark et al. 2020): whether an item was replaced, from the hidden state at its position. */
final class ItemDiscriminator extends Module {
    private final Linear dense;
    private final Linear prediction;

    ItemDiscriminator(int width, double deviation, Generator generator) {
        dense = child("dense", Linear.normal(width, width, deviation, generator));
        prediction = child("dense_prediction", Linear.normal(width, 1, deviation, generator));
    }

    /** {@code [n, width]} to the logarithm of the odds that the item was replaced, {@code [n]}. */
    Tensor forward(Tensor states) {
        return prediction.forward(dense.forward(states).gelu()).squeeze(-1);
    }
}
