package io.t4rec.nn.loss;

import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The three matrix products between a chunk of rows and all items, which are nearly all the work of a head over the catalogue.
 * Made for one pass over the rows.
 */
sealed interface ChunkProducts {
    /**
     * Writes {@code hidden itemsᵀ}.
     *
     * @param hidden {@code [c, d]}
     * @param scores {@code [c, items]} FLOAT32
     */
    void scores(Tensor hidden, Tensor scores);

    /**
     * Writes {@code gradient items} and adds {@code gradientᵀ hidden} to the table's gradient.
     *
     * @param gradient of the scores, {@code [c, items]} FLOAT32
     * @param hidden {@code [c, d]}
     * @param hiddenGradient {@code [c, d]}
     * @param tableGradient {@code [items, d]}; null for a table that isn't trained
     */
    void gradients(Tensor gradient, Tensor hidden, Tensor hiddenGradient, @Nullable Tensor tableGradient);

    /** Products of the given type; of FLOAT32 without copies. */
    static ChunkProducts of(DataType type, Tensor items, ScoreBuffer narrowScores) {
        return type == DataType.FLOAT32 ? new Wide(items) : new Narrow(type, items.to(type), narrowScores);
    }

    /** All in FLOAT32. */
    record Wide(Tensor items) implements ChunkProducts {
        @Override
        public void scores(Tensor hidden, Tensor scores) {
            scores.matmulInto(hidden, items.transpose(0, 1));
        }

        @Override
        public void gradients(Tensor gradient, Tensor hidden, Tensor hiddenGradient, @Nullable Tensor tableGradient) {
            hiddenGradient.matmulInto(gradient, items);
            if (tableGradient != null) {
                tableGradient.addMatmulInPlace(gradient.transpose(0, 1), hidden, 1, 1);
            }
        }
    }

    /**
     * Factors and products in a narrower type, which sums up in FLOAT32 within a product; sums over chunks and everything between the
     * products stay FLOAT32.
     *
     * @param items narrow
     */
    record Narrow(DataType type, Tensor items, ScoreBuffer buffer) implements ChunkProducts {
        @Override
        public void scores(Tensor hidden, Tensor scores) {
            Tensor narrow = buffer.chunk(scores.size(0), scores.size(1), scores, type);
            scores.copyFrom(narrow.matmulInto(hidden.to(type), items.transpose(0, 1)));
        }

        @Override
        public void gradients(Tensor gradient, Tensor hidden, Tensor hiddenGradient, @Nullable Tensor tableGradient) {
            Tensor narrow = buffer.chunk(gradient.size(0), gradient.size(1), gradient, type)
                    .copyFrom(gradient);
            hiddenGradient.copyFrom(narrow.matmul(items));
            if (tableGradient != null) {
                tableGradient.addInPlace(narrow.transpose(0, 1).matmul(hidden.to(type)));
            }
        }
    }
}
