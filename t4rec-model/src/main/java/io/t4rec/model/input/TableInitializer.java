package io.t4rec.model.input;

import io.t4rec.schema.ConfigException;

/**
 * Where an embedding table begins: Transformers4Rec's {@code PretrainedEmbeddingsInitializer}.
 *
 * @param matrix of the table's width
 * @param trainable whether the table is trained further; default false
 */
public record TableInitializer(MatrixFile matrix, boolean trainable) {
    /** @throws ConfigException without matrix */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public TableInitializer {
        if (matrix == null) {
            throw new ConfigException("matrix: absent (expected: {file: ...}, a .npy or .parquet file)");
        }
    }
}
