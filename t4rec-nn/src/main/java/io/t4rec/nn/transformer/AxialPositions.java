package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Initializers;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;

/**
 * A learned vector for each place of a grid, made of one for its row and one for its column (Ho et al. 2019; Kitaev et al. 2020):
 * place {@code p} lies in row {@code p / columns}. Far fewer weights than a vector for each place.
 */
final class AxialPositions extends Module {
    private final ReformerConfig.Axes axes;
    private final Parameter byRow;
    private final Parameter byColumn;

    AxialPositions(ReformerConfig.Axes axes, Generator generator) {
        this.axes = axes;
        byRow = parameter(
                "weights.0", Initializers.normal(axes.axialNormStd(), generator, axes.rows(), 1, axes.rowWidth()));
        byColumn = parameter(
                "weights.1",
                Initializers.normal(axes.axialNormStd(), generator, 1, axes.columns(), axes.columnWidth()));
    }

    /**
     * Vectors of the first places, while training with whole columns of the grid dropped, as the original does.
     *
     * @return {@code [B, L, D]}, with 1 in place of B where nothing is dropped
     */
    Tensor first(long batch, long length, double dropout, Pass pass) {
        Tensor places = Tensors.concat(
                        2,
                        byRow.value().expand(axes.rows(), axes.columns(), axes.rowWidth()),
                        byColumn.value().expand(axes.rows(), axes.columns(), axes.columnWidth()))
                .unsqueeze(0); // (1, rows, columns, D)
        if (pass.isTraining() && dropout > 0) {
            Tensor kept = Tensors.ones(batch, 1, axes.columns(), 1).to(places.device());
            places = places.mul(pass.dropout(kept, dropout)); // (B, rows, columns, D)
        }
        return places.flatten(1, 2).narrow(1, 0, length);
    }
}
