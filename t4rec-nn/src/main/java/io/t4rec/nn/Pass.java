package io.t4rec.nn;

import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one forward pass needs beside its input: whether it trains, and its random numbers. Handed through all layers, so that
 * modules hold no state of a pass.
 *
 * @param generator source of dropout and noise; null exactly when not training
 * @param rowGradients whether the gradient of a table of which few rows are used is left as {@link Parameter#rowGradient()}
 * @param localRows the used rows of such tables, in place of the whole tables
 */
public record Pass(@Nullable Generator generator, boolean rowGradients, List<LocalRows> localRows) {
    private static final Pass INFERENCE = new Pass(null, false, List.of());

    /** Copies the list. */
    public Pass {
        localRows = List.copyOf(localRows);
    }

    /** Evaluation and inference: no dropout, no noise. */
    public static Pass inference() {
        return INFERENCE;
    }

    /** Training with the given source of random numbers; all gradients are dense. */
    public static Pass training(Generator generator) {
        return new Pass(generator, false, List.of());
    }

    /** The same, leaving the gradient of a table of which few rows are used as {@link Parameter#rowGradient()}. */
    public Pass withRowGradients() {
        return new Pass(generator, true, localRows);
    }

    /** The same, in which these rows stand for their tables. */
    public Pass withLocalRows(List<LocalRows> rows) {
        return new Pass(generator, rowGradients, rows);
    }

    /** The rows that stand for a table in this pass, or null when the table itself is used. */
    public @Nullable LocalRows localRowsOf(Parameter table) {
        for (LocalRows rows : localRows) {
            if (rows.table() == table) {
                return rows;
            }
        }
        return null;
    }

    public boolean isTraining() {
        return generator != null;
    }

    /** Dropout while training, the tensor itself otherwise. */
    public Tensor dropout(Tensor tensor, double probability) {
        return generator == null ? tensor : tensor.dropout(probability, generator);
    }
}
