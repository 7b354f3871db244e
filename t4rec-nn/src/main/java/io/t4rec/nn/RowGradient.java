package io.t4rec.nn;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
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

    /**
     * The sum of both: the rows of either.
     *
     * @throws io.t4rec.tensor.ShapeException when the widths differ
     */
    public RowGradient plus(RowGradient other) {
        long[] mine = rows.toLongs();
        long[] others = other.rows.toLongs();
        long[] union = union(mine, others);
        try (Autograd off = Autograd.disabled()) {
            Tensor all = Tensors.of(union).to(rows.device());
            Tensor sum = Tensors.zeros(values.dataType(), union.length, values.size(1))
                    .to(values.device());
            sum.indexAddInPlace(0, rows.positionsIn(all), values);
            sum.indexAddInPlace(0, other.rows.positionsIn(all), other.values);
            return new RowGradient(all, sum);
        }
    }

    private static long[] union(long[] a, long[] b) {
        long[] union = new long[a.length + b.length];
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < a.length || j < b.length) {
            long next = j == b.length || (i < a.length && a[i] <= b[j]) ? a[i] : b[j];
            i += i < a.length && a[i] == next ? 1 : 0;
            j += j < b.length && b[j] == next ? 1 : 0;
            union[count++] = next;
        }
        return Arrays.copyOf(union, count);
    }

    /** Frees both tensors now; for those that live outside scopes. */
    void release() {
        rows.release();
        values.release();
    }
}
