package io.t4rec.model;

import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import org.jspecify.annotations.Nullable;

/** When the events of a sequence happened, for bodies that look at it: the list column of integers tagged as time, microseconds. */
final class EventTimes {
    private static final double MICROS_PER_SECOND = 1e6;

    private final String column;

    private EventTimes(String column) {
        this.column = column;
    }

    /** Null when the sequences have no such column; the first of several. */
    static @Nullable EventTimes in(Schema schema) {
        for (ColumnSchema column : schema.columns()) {
            if (column.isList()
                    && column.tags().contains(Tag.TIME)
                    && !column.dtype().isFloating()) {
                return new EventTimes(column.name());
            }
        }
        return null;
    }

    /** Name of the column. */
    String column() {
        return column;
    }

    /** {@code [to - from, length]} FLOAT64, seconds since the row's first event; 0 at padding and at appended positions. */
    Tensor seconds(MaskedBatch batch, int from, int to) {
        MaskedSequences masked = batch.masked();
        long[] micros = batch.batch().longs(column);
        int[] offsets = batch.batch().offsets();
        int length = masked.longest(from, to);
        double[] seconds = new double[(to - from) * length];
        for (int row = from; row < to; row++) {
            int events = Math.min(masked.lengths()[row], offsets[row + 1] - offsets[row]);
            for (int i = 0; i < events; i++) {
                seconds[(row - from) * length + i] =
                        (micros[offsets[row] + i] - micros[offsets[row]]) / MICROS_PER_SECOND;
            }
        }
        return Tensors.of(seconds, to - from, length);
    }
}
