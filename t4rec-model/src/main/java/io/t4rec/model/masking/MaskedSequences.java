package io.t4rec.model.masking;

import io.t4rec.nn.transformer.AttentionPattern;

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
 */
public record MaskedSequences(
        int rows,
        int length,
        int[] lengths,
        boolean[] replaced,
        int[] positions,
        long[] targets,
        AttentionPattern.Kind pattern) {

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
}
