package io.t4rec.model.task;

import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Hidden states of whole sessions.
 *
 * @param hidden {@code [batch, length, width]}
 * @param lengths real positions of each session, at most the second size
 */
public record States(Tensor hidden, int[] lengths) {
    private int length() {
        return (int) hidden.size(1);
    }

    /** The states at flat positions, {@code [n, width]}. */
    private Tensor at(long[] positions) {
        return hidden.flatten(0, 1).indexSelect(0, Tensors.of(positions).to(hidden.device()));
    }

    /** Sessions that have an event, by number. */
    private int[] rows() {
        int[] rows = new int[lengths.length];
        int count = 0;
        for (int row = 0; row < lengths.length; row++) {
            if (lengths[row] > 0) {
                rows[count++] = row;
            }
        }
        return Arrays.copyOf(rows, count);
    }

    /** The first event of each session, {@code [sessions with events, width]}. */
    Tensor first() {
        return at(Arrays.stream(rows()).mapToLong(row -> (long) row * length()).toArray());
    }

    /** The last event of each session, {@code [sessions with events, width]}. */
    Tensor last() {
        return at(Arrays.stream(rows())
                .mapToLong(row -> (long) row * length() + lengths[row] - 1)
                .toArray());
    }

    /** Every event, or the last ones of each session, {@code [events, width]}. */
    Tensor events(int most) {
        long[] positions = new long
                [Arrays.stream(lengths).map(length -> Math.min(most, length)).sum()];
        int count = 0;
        for (int row = 0; row < lengths.length; row++) {
            for (int column = Math.max(0, lengths[row] - most); column < lengths[row]; column++) {
                positions[count++] = (long) row * length() + column;
            }
        }
        return at(positions);
    }

    /** The mean of each session, {@code [sessions with events, width]}. */
    Tensor mean() {
        States own = withEvents();
        float[] shares = new float[own.lengths.length * length()];
        for (int row = 0; row < own.lengths.length; row++) {
            Arrays.fill(shares, row * length(), row * length() + own.lengths[row], 1f / own.lengths[row]);
        }
        Tensor weights = Tensors.of(shares, own.lengths.length, length(), 1).to(hidden.device());
        return own.hidden.mul(weights).sum(1, false); // (B, D)
    }

    /** Without the sessions that have no event. */
    States withEvents() {
        int[] rows = rows();
        if (rows.length == lengths.length) {
            return this;
        }
        long[] numbers = Arrays.stream(rows).asLongStream().toArray();
        return new States(
                hidden.indexSelect(0, Tensors.of(numbers).to(hidden.device())),
                Arrays.stream(rows).map(row -> lengths[row]).toArray());
    }

    /** Which positions are real, {@code [batch, length]}; null when all are. */
    @Nullable
    Tensor real() {
        boolean[] real = new boolean[lengths.length * length()];
        boolean padded = false;
        for (int row = 0; row < lengths.length; row++) {
            Arrays.fill(real, row * length(), row * length() + lengths[row], true);
            padded |= lengths[row] < length();
        }
        return padded ? Tensors.of(real, lengths.length, length()).to(hidden.device()) : null;
    }
}
