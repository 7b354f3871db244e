package io.t4rec.nn.layer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * One vector a sequence: a mean of its states, weighted by the softmax of {@code tanh(W h + b) · c} with a learned context vector c
 * (Yang et al. 2016, "Hierarchical attention networks for document classification"). With fresh weights c is zero, which is the plain
 * mean. Padding has no weight.
 */
public final class AttentionPooling extends Module {
    private static final double EXCLUDED = -1e9;

    private final Linear projection;
    private final Parameter context;

    /** @param width of the states */
    public AttentionPooling(long width, Generator generator) {
        projection = child("projection", Linear.fanIn(width, width, true, generator));
        context = parameter("context", Tensors.zeros(1, width));
    }

    /**
     * @param states {@code [batch, length, width]}
     * @param real {@code [batch, length]}, BOOL: false for padding, at least one true a row; null without padding
     * @return {@code [batch, width]}
     */
    public Tensor forward(Tensor states, @Nullable Tensor real) {
        Tensor scores = projection.forward(states).tanh().linear(context.value(), null); // (B, L, 1)
        if (real != null) {
            scores = scores.maskedFill(real.not().unsqueeze(-1), EXCLUDED);
        }
        return scores.softmax(1).mul(states).sum(1, false); // (B, D)
    }
}
