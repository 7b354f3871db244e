package io.t4rec.model.input;

import io.t4rec.nn.Module;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A number as a mean of learned vectors, weighted by the softmax of an affine function of the number: Transformers4Rec's {@code
 * SoftEmbedding}. Parts {@code embedding_table [cardinality, dim]}, {@code projection_layer} and, with normalisation, {@code layer_norm}.
 */
final class SoftEmbedding extends Module {
    private static final double NORM_EPSILON = 1e-5;

    private final Embedding vectors;
    private final Linear weights;
    private final @Nullable LayerNorm norm;

    SoftEmbedding(int cardinality, int dim, boolean layerNorm, double deviation, Generator generator) {
        vectors = child("embedding_table", Embedding.plain(cardinality, dim, deviation, generator));
        weights = child("projection_layer", Linear.fanIn(1, cardinality, true, generator));
        norm = layerNorm ? child("layer_norm", new LayerNorm(dim, NORM_EPSILON)) : null;
    }

    /** {@code [..., 1]} to {@code [..., dim]}. */
    Tensor forward(Tensor numbers) {
        Tensor shares = weights.forward(numbers).softmax(-1); // (..., cardinality)
        Tensor mean = shares.matmul(vectors.table().value()); // (..., dim)
        return norm == null ? mean : norm.forward(mean);
    }
}
