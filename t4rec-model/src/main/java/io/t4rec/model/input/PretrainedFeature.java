package io.t4rec.model.input;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DataException;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Device;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@link PretrainedConfig} with its vectors: looked up, projected, normalised. A frozen matrix stays on the CPU, where it may be a file; only
 * the rows that are looked up go to the device of the ids.
 */
final class PretrainedFeature extends Module {
    private static final double NORM_EPSILON = 1e-5;
    private static final double SMALLEST_SQUARE = 1e-24;

    private final ColumnSchema column;
    private final @Nullable Tensor frozen;
    private final @Nullable Embedding trained;
    private final @Nullable Linear projection;
    private final @Nullable LayerNorm norm;
    private final boolean unit;
    private final int width;

    /**
     * @param column that the vectors are looked up by
     * @param matrix null for a trainable one whose weights are loaded afterwards
     */
    PretrainedFeature(
            String name,
            PretrainedConfig config,
            ColumnSchema column,
            @Nullable VectorMatrix matrix,
            Generator generator) {
        this.column = column;
        int vectorWidth = matrix != null ? matrix.width() : config.width() == null ? 0 : config.width();
        if (matrix == null && (vectorWidth == 0 || !config.trainable())) {
            throw new DataException("pretrained." + name + ": no matrix (expected: "
                    + config.matrix().file() + ", opened before the model is made)");
        }
        long ids = column.cardinality();
        if (matrix != null && matrix.values().size(0) != ids) {
            throw new DataException(
                    "pretrained." + name + ": " + matrix.values().size(0) + " rows (expected: " + ids
                            + ", one for each id of " + column.name() + ")");
        }
        frozen = matrix != null && !config.trainable() ? constant("matrix", matrix.values()) : null;
        trained =
                config.trainable() ? child("embedding_table", Embedding.padded(ids, vectorWidth, 0, generator)) : null;
        if (trained != null && matrix != null) {
            trained.table().value().detach().copyFrom(matrix.values());
        }
        Integer out = config.outputDim();
        projection = out == null ? null : child("projection", Linear.fanIn(vectorWidth, out, true, generator));
        width = out == null ? vectorWidth : out;
        norm = PretrainedConfig.LAYER_NORM.equals(config.normalizer())
                ? child("layer_norm", new LayerNorm(width, NORM_EPSILON))
                : null;
        unit = PretrainedConfig.UNIT.equals(config.normalizer());
    }

    /** The column that its vectors are looked up by. */
    ColumnSchema column() {
        return column;
    }

    /** The matrix that is never trained; null when there is none. */
    @Nullable
    Tensor frozen() {
        return frozen;
    }

    /** Width of the feature. */
    int width() {
        return width;
    }

    boolean isNormalised() {
        return norm != null || unit;
    }

    /** {@code [...]} to {@code [..., width]}. */
    Tensor forward(Tensor ids, Pass pass) {
        Tensor x = vectors(ids, pass); // (..., vectorWidth)
        x = projection == null ? x : projection.forward(x);
        if (unit) {
            // of zeros too the root has a gradient then
            return x.div(x.mul(x).sum(-1, true).add(SMALLEST_SQUARE).sqrt());
        }
        return norm == null ? x : norm.forward(x);
    }

    private Tensor vectors(Tensor ids, Pass pass) {
        if (trained != null) {
            return trained.forward(ids, pass);
        }
        Tensor matrix = Objects.requireNonNull(frozen, "matrix");
        return matrix.embedding(ids.to(Device.CPU), -1).to(DataType.FLOAT32).to(ids.device());
    }
}
