package io.t4rec.model.input;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.tensor.Device;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;

/**
 * The columns of some rows of a batch as tensors: a list column {@code [B, L]}, padded on the right to the longest of the rows, a column
 * with one value a row {@code [B]}. Positions beyond a row's events hold padding.
 *
 * @param from first row of the batch
 * @param to row after the last
 * @param hidesMasked whether positions that masking replaces hold padding too
 * @param device of the tensors
 */
record PaddedRows(SequenceBatch batch, MaskedSequences masked, int from, int to, boolean hidesMasked, Device device) {
    /** L. */
    int length() {
        return masked.longest(from, to);
    }

    /**
     * Ids, INT64.
     *
     * @throws io.t4rec.schema.DataException for one outside the column's domain
     */
    Tensor ids(ColumnSchema column) {
        long[] values = idArray(column);
        column.requireKnown(values);
        return (column.isList() ? Tensors.of(values, to - from, length()) : Tensors.of(values)).to(device);
    }

    /** What {@link #ids} holds, in row-major order. */
    long[] idArray(ColumnSchema column) {
        if (!column.isList()) {
            return Arrays.copyOfRange(batch.rowLongs(column.name()), from, to);
        }
        long[] out = new long[(to - from) * length()];
        copy(batch.longs(column.name()), out);
        for (int i = 0; hidesMasked && i < out.length; i++) {
            out[i] = isReplaced(i) ? 0 : out[i];
        }
        return out;
    }

    /** Numbers, FLOAT32; integers are taken for numbers. */
    Tensor numbers(ColumnSchema column) {
        boolean floating = column.dtype().isFloating();
        if (!column.isList()) {
            float[] values = floating ? batch.rowFloats(column.name()) : floats(batch.rowLongs(column.name()));
            return Tensors.of(Arrays.copyOfRange(values, from, to)).to(device);
        }
        float[] out = new float[(to - from) * length()];
        copy(floating ? batch.floats(column.name()) : floats(batch.longs(column.name())), out);
        for (int i = 0; hidesMasked && i < out.length; i++) {
            out[i] = isReplaced(i) ? 0 : out[i];
        }
        return Tensors.of(out, to - from, length()).to(device);
    }

    private static float[] floats(long[] values) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = values[i];
        }
        return out;
    }

    /** Which positions hold an event, {@code [B, L]}, BOOL. */
    Tensor real() {
        boolean[] real = new boolean[(to - from) * length()];
        for (int row = from; row < to; row++) {
            int start = (row - from) * length();
            Arrays.fill(real, start, start + events(row), true);
        }
        return Tensors.of(real, to - from, length()).to(device);
    }

    /** @param place among the padded positions of these rows */
    private boolean isReplaced(int place) {
        return masked.replaced()[(from + place / length()) * masked.length() + place % length()];
    }

    private int events(int row) {
        return Math.min(masked.lengths()[row], batch.length(row));
    }

    @SuppressWarnings("SuspiciousSystemArraycopy") // both arrays are of one type
    private void copy(Object values, Object out) {
        int length = length();
        for (int row = from; row < to; row++) {
            System.arraycopy(values, batch.offsets()[row], out, (row - from) * length, events(row));
        }
    }
}
