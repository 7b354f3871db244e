package io.t4rec.model.input;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A feature whose vectors come from elsewhere, such as embeddings of an item's text: Transformers4Rec's {@code
 * PretrainedEmbeddingFeatures}. A frozen matrix is never trained nor copied, whatever the number of workers; a bundle holds it as a file
 * that is mapped into memory.
 *
 * @param matrix the vectors
 * @param column id column that they are looked up by; default the item
 * @param width of the vectors; default that of the matrix, which must have this width otherwise
 * @param trainable whether the vectors are only where training begins; default false
 * @param outputDim width of an affine layer after looking up; default none
 * @param normalizer {@value #LAYER_NORM}, or {@value #UNIT} for vectors of length 1, at last; default none
 */
public record PretrainedConfig(
        MatrixFile matrix,
        @Nullable String column,
        @Nullable Integer width,
        boolean trainable,
        @Nullable Integer outputDim,
        @Nullable String normalizer) {
    static final String LAYER_NORM = "layer-norm";
    static final String UNIT = "unit";

    /** @throws ConfigException without matrix, for widths below 1 and an unknown normaliser */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public PretrainedConfig {
        if (matrix == null) {
            throw new ConfigException("matrix: absent (expected: {file: ...}, a .npy or .parquet file)");
        }
        if ((width != null && width < 1) || (outputDim != null && outputDim < 1)) {
            throw new ConfigException("width " + width + ", outputDim " + outputDim + " (expected: >= 1)");
        }
        List<String> known = List.of(LAYER_NORM, UNIT);
        if (normalizer != null && !known.contains(normalizer)) {
            throw new ConfigException(
                    "normalizer: " + normalizer + " (expected: " + Names.expectation(normalizer, known) + ")");
        }
    }

    /** Frozen vectors of the item, as they are. */
    public static PretrainedConfig of(MatrixFile matrix) {
        return new PretrainedConfig(matrix, null, null, false, null, null);
    }

    /** The same with the matrix under another name. */
    PretrainedConfig withMatrix(MatrixFile stored) {
        return new PretrainedConfig(stored, column, width, trainable, outputDim, normalizer);
    }

    PretrainedConfig withWidth(int matrixWidth) {
        return new PretrainedConfig(matrix, column, matrixWidth, trainable, outputDim, normalizer);
    }
}
