package io.t4rec.model.masking;

import io.t4rec.nn.transformer.AttentionPattern;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sequences after masking. Positions are flat: {@code row * length + column}, with {@code length} columns a row.
 *
 * @param rows number of rows
 * @param length columns a row, at least the longest sequence; one more where a mask position is appended
 * @param lengths real positions of each row, appended mask positions included
 * @param replaced {@code [rows * length]}, whether the mask embedding stands in place of the item
 * @param positions flat positions whose hidden states predict, rising
 * @param targets item ids to predict, one a position; empty when inferring
 * @param pattern who may see whom
 * @param order {@code [rows * length]}, the place of each target in the factorisation order, from 0, and -1 for what all may see: a
 *     position sees those with a smaller number than its own, and all of -1. Null unless the pattern is a permutation
 * @param sources for each event of the batch the event of the batch that stands in its place, usually itself; null where all stand
 *     in their own
 * @param lastItemWeight factor of the loss of targets at the last position of a row
 */
public record MaskedSequences(
        int rows,
        int length,
        int[] lengths,
        boolean[] replaced,
        int[] positions,
        long[] targets,
        AttentionPattern.Kind pattern,
        int @Nullable [] order,
        int @Nullable [] sources,
        double lastItemWeight) {
    /** All events in their own place, all targets of the same weight, and no order. */
    public MaskedSequences(
            int rows,
            int length,
            int[] lengths,
            boolean[] replaced,
            int[] positions,
            long[] targets,
            AttentionPattern.Kind pattern) {
        this(rows, length, lengths, replaced, positions, targets, pattern, null, null, 1);
    }

    /** The same as a permutation with this order. */
    public MaskedSequences withOrder(int[] places) {
        return new MaskedSequences(
                rows,
                length,
                lengths,
                replaced,
                positions,
                targets,
                AttentionPattern.Kind.PERMUTATION,
                places,
                sources,
                lastItemWeight);
    }

    /** The same with events in place of others. */
    MaskedSequences withSources(int[] events) {
        return new MaskedSequences(
                rows, length, lengths, replaced, positions, targets, pattern, order, events, lastItemWeight);
    }

    /** The same with another weight of last items. */
    MaskedSequences withLastItemWeight(double weight) {
        return new MaskedSequences(
                rows, length, lengths, replaced, positions, targets, pattern, order, sources, weight);
    }

    /**
     * Sequences of which nothing is masked and no item is predicted.
     *
     * @param offsets where each row begins; one more than there are rows
     * @param pattern of the task that the body is otherwise trained on; a permutation of nothing is bidirectional
     */
    public static MaskedSequences whole(int[] offsets, AttentionPattern.Kind pattern) {
        int rows = offsets.length - 1;
        int[] lengths = new int[rows];
        int length = 1;
        for (int row = 0; row < rows; row++) {
            lengths[row] = offsets[row + 1] - offsets[row];
            length = Math.max(length, lengths[row]);
        }
        return new MaskedSequences(
                rows,
                length,
                lengths,
                new boolean[rows * length],
                new int[0],
                new long[0],
                pattern == AttentionPattern.Kind.CAUSAL
                        ? AttentionPattern.Kind.CAUSAL
                        : AttentionPattern.Kind.BIDIRECTIONAL);
    }

    /** Most real positions of any row from {@code from} to {@code to - 1}, at least 1: columns beyond need not be computed. */
    public int longest(int from, int to) {
        int longest = 1;
        for (int row = from; row < to; row++) {
            longest = Math.max(longest, lengths[row]);
        }
        return longest;
    }

    /** Whether any position is replaced. */
    public boolean hasReplacements() {
        for (boolean flag : replaced) {
            if (flag) {
                return true;
            }
        }
        return false;
    }

    /** Whether a flat position is the last of its row. */
    public boolean isLast(int position) {
        return position % length == lengths[position / length] - 1;
    }

    /** Sum of the weights of all targets. */
    public double totalWeight() {
        if (lastItemWeight == 1) {
            return positions.length;
        }
        long last = Arrays.stream(positions).filter(this::isLast).count();
        return positions.length - last + last * lastItemWeight;
    }
}
