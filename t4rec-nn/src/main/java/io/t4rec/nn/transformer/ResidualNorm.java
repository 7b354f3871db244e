package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;

/** How each half of a post-norm layer ends: {@code LayerNorm(residual + dropout(dense(inner)))}, with BERT's names. */
final class ResidualNorm extends Module {
    private final Linear dense;
    private final LayerNorm norm;
    private final double dropout;

    /** @param in width of what is added, before its projection to {@code width} */
    ResidualNorm(int in, int width, double deviation, double epsilon, double dropout, Generator generator) {
        dense = child("dense", Linear.normal(in, width, deviation, generator));
        norm = child("LayerNorm", new LayerNorm(width, epsilon));
        this.dropout = dropout;
    }

    /** {@code [B, L, in]} and {@code [B, L, width]} to {@code [B, L, width]}. */
    Tensor forward(Tensor inner, Tensor residual, Pass pass) {
        return norm.forward(residual.add(pass.dropout(dense.forward(inner), dropout)));
    }
}
