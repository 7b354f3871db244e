package io.t4rec.nn.loss;

import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import org.jspecify.annotations.Nullable;

/** Scores of one chunk of rows, in memory that is used again and again. */
final class ScoreBuffer implements AutoCloseable {
    private static final int MIN_ROWS = 64;
    private static final int MAX_ROWS = 512;

    private final long chunkElements;
    private @Nullable Tensor buffer;

    /** @param chunkElements scores of a chunk, unless that makes fewer than 64 or more than 512 rows */
    ScoreBuffer(long chunkElements) {
        this.chunkElements = chunkElements;
    }

    /** Memory for a chunk of some rows' scores, {@code [chunk, items]}; what it holds is overwritten by the next call's user. */
    Tensor chunk(long rows, long items, Tensor like) {
        return chunk(rows, items, like, DataType.FLOAT32);
    }

    /** The same in another type; an instance is asked for one type only. */
    Tensor chunk(long rows, long items, Tensor like, DataType type) {
        long wanted = Math.max(1, Math.min(rows, chunkRows(items)));
        Tensor current = buffer;
        if (current == null || current.elements() < wanted * items) {
            close();
            current = Scope.unscoped(Tensors.empty(type, Math.max(wanted, chunkRows(items)) * items)
                    .to(like.device()));
            buffer = current;
        }
        return current.narrow(0, 0, wanted * items).reshape(wanted, items);
    }

    private long chunkRows(long items) {
        return Math.max(MIN_ROWS, Math.min(MAX_ROWS, chunkElements / Math.max(1, items)));
    }

    @Override
    public void close() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }
}
