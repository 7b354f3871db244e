package io.t4rec.nn;

import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Tensor;
import java.util.Arrays;

/**
 * The gradient of a table of which few rows were used: those rows alone. All others are zero.
 *
 * @param rows {@code [u]} INT64, rising and without repetition
 * @param values {@code [u, d]}, the gradient of each of these rows
 */
public record RowGradient(Tensor rows, Tensor values) {
    /** @throws IllegalArgumentException when the two don't fit together */
    public RowGradient {
        if (rows.rank() != 1
                || rows.dataType() != DataType.INT64
                || values.rank() != 2
                || values.size(0) != rows.size(0)) {
            throw new IllegalArgumentException("row gradient: rows " + rows.dataType() + Arrays.toString(rows.shape())
                    + ", values " + Arrays.toString(values.shape()) + " (expected: INT64[u] and [u, d])");
        }
    }

    /** Frees both tensors now; for those that live outside scopes. */
    void release() {
        rows.release();
        values.release();
    }
}
