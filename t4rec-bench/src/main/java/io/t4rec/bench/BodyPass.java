package io.t4rec.bench;

import io.t4rec.nn.Pass;
import io.t4rec.nn.transformer.AttentionPattern;
import io.t4rec.nn.transformer.BodyInput;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;

/** Forward and backward pass through a body alone, within the caller's scope. */
final class BodyPass {
    private BodyPass() {}

    /** Normal numbers [batch, length, width of the body] that get a gradient. */
    static Tensor input(TransformerBody body, long batch, long length, Generator generator) {
        return Tensors.zeros(batch, length, body.inputWidth())
                .normalInPlace(0, 1, generator)
                .requireGradient(true);
    }

    /** Looks to both sides where the body can, and learns from the sum of what comes out. */
    static void run(TransformerBody body, Tensor input, Generator generator) {
        AttentionPattern pattern = body.patterns().contains(AttentionPattern.Kind.BIDIRECTIONAL)
                ? AttentionPattern.BIDIRECTIONAL
                : AttentionPattern.CAUSAL;
        Tensor out = body.forward(new BodyInput(input, null, pattern), Pass.training(generator));
        out.backward(Tensors.ones(out.shape()));
    }
}
