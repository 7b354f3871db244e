package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * What encoders of BERT's kind add to embedded items before the first layer: a vector for the place, the vector of token type 0,
 * then normalisation and dropout.
 */
final class EncoderEmbeddings extends Module {
    /**
     * Which of it.
     *
     * @param width of the embeddings
     * @param positions rows of the position table
     * @param firstPosition row of the first place; the rows before it are those of padding in the original
     * @param sinusoidal whether the position table holds fixed waves instead of trained vectors
     * @param positionType where it is not absolute, the position table is there and not used
     * @param tokenTypes rows of the token type table; 0 for none
     * @param normalised whether by a layer norm
     * @param epsilon of the layer norm
     * @param dropout at the end
     * @param deviation of fresh weights
     */
    record Parts(
            int width,
            int positions,
            int firstPosition,
            boolean sinusoidal,
            String positionType,
            int tokenTypes,
            boolean normalised,
            double epsilon,
            double dropout,
            double deviation) {}

    private final Parts parts;
    private final Embedding positions;
    private final @Nullable Embedding tokenTypes;
    private final @Nullable LayerNorm norm;

    EncoderEmbeddings(Parts parts, Generator generator) {
        this.parts = parts;
        positions =
                child("position_embeddings", Embedding.plain(parts.positions, parts.width, parts.deviation, generator));
        if (parts.sinusoidal) {
            positions.table().value().detach().copyFrom(waves(parts.positions, parts.width));
            positions.table().freeze();
        }
        tokenTypes = parts.tokenTypes == 0
                ? null
                : child(
                        "token_type_embeddings",
                        Embedding.plain(parts.tokenTypes, parts.width, parts.deviation, generator));
        norm = parts.normalised ? child("LayerNorm", new LayerNorm(parts.width, parts.epsilon)) : null;
    }

    /** {@code [B, L, width]} to the same shape. */
    Tensor forward(Tensor x, Pass pass) {
        boolean absolute = parts.positionType.equals(RelativeKeys.ABSOLUTE);
        long length = x.size(1);
        Tensor places = positions.rows(absolute ? parts.firstPosition : 0, length); // (L, width)
        if (tokenTypes != null) {
            Tensor type = tokenTypes.first(1); // (1, width)
            x = x.add(absolute ? places.add(type) : type);
        } else if (absolute) {
            x = x.add(places);
        }
        return pass.dropout(norm == null ? x : norm.forward(x), parts.dropout); // (B, L, width)
    }

    /**
     * Sines in even columns and cosines in odd ones, of wavelengths that grow with the column (Vaswani et al. 2017).
     *
     * @return {@code [places, width]}
     */
    private static Tensor waves(int places, int width) {
        float[] values = new float[Math.multiplyExact(places, width)];
        for (int place = 0; place < places; place++) {
            for (int column = 0; column < width; column++) {
                int pair = column / 2;
                double angle = place / Math.pow(10_000, 2.0 * pair / width);
                values[place * width + column] = (float) (column % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
            }
        }
        return Tensors.of(values, places, width);
    }
}
