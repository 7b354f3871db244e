package io.t4rec.nn.block;

import io.t4rec.nn.layer.Activation;
import io.t4rec.tensor.Generator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Affine layers one after another, each followed by an activation, a normalisation and dropout: Transformers4Rec's {@code MLPBlock}.
 *
 * @param dimensions widths of the layers, at least one
 * @param activation a name of {@link Activation}, or {@value #NONE}; default relu
 * @param useBias whether layers add a bias; default true
 * @param normalization {@value #LAYER_NORM} or {@value #NONE}; default none. The original's {@code batch_norm} is refused: what a row
 *     becomes would depend on how rows are shared among workers
 * @param dropout after each layer, from 0 to below 1; default 0
 */
public record MlpConfig(
        List<Integer> dimensions,
        @Nullable String activation,
        @Nullable Boolean useBias,
        @Nullable String normalization,
        double dropout)
        implements BlockSpec {
    static final String NONE = "none";
    static final String LAYER_NORM = "layer-norm";

    /** @throws IllegalArgumentException without layer, for widths below 1, unknown names and a dropout out of range */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public MlpConfig {
        if (dimensions == null || dimensions.isEmpty() || dimensions.stream().anyMatch(width -> width < 1)) {
            throw new IllegalArgumentException("dimensions: " + dimensions + " (expected: widths >= 1, at least one)");
        }
        dimensions = List.copyOf(dimensions);
        activation = activation == null ? "relu" : activation;
        useBias = useBias == null || useBias;
        normalization = normalization == null ? NONE : normalization;
        if (!activation.equals(NONE)) {
            Activation.of(activation);
        }
        if (!List.of(NONE, LAYER_NORM).contains(normalization)) {
            throw new IllegalArgumentException("normalization: " + normalization + " (expected: " + NONE + " or "
                    + LAYER_NORM + "; statistics of a batch would depend on how its rows are shared among workers)");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("dropout: " + dropout + " (expected: 0 <= probability < 1)");
        }
    }

    /** Layers with ReLU and nothing else: the original's defaults. */
    public static MlpConfig of(List<Integer> dimensions) {
        return new MlpConfig(dimensions, null, null, null, 0);
    }

    @Override
    public String name() {
        return "mlp" + dimensions;
    }

    @Override
    public int outputWidth(int inputWidth) {
        return dimensions.get(dimensions.size() - 1);
    }

    @Override
    public Block create(int inputWidth, Generator generator) {
        return new Mlp(this, inputWidth, generator);
    }
}
