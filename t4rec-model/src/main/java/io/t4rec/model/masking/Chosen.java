package io.t4rec.model.masking;

import io.t4rec.nn.transformer.AttentionPattern;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Positions that are chosen to be predicted from what is around them.
 *
 * @param length columns a row
 * @param lengths real positions of each row
 * @param flags {@code [rows * length]}, whether chosen
 */
record Chosen(int length, int[] lengths, boolean[] flags) {
    static void checkProbability(double probability) {
        if (!(probability > 0 && probability < 1)) {
            throw new IllegalArgumentException("probability: " + probability + " (expected: above 0 and below 1)");
        }
    }

    /** Nothing chosen. */
    static Chosen none(int[] offsets, int appended) {
        int rows = offsets.length - 1;
        int[] lengths = new int[rows];
        int length = 1;
        for (int row = 0; row < rows; row++) {
            lengths[row] = offsets[row + 1] - offsets[row] + appended;
            length = Math.max(length, lengths[row]);
        }
        return new Chosen(length, lengths, new boolean[rows * length]);
    }

    /**
     * Each row's last position, which is appended when inferring; none in a row of one event, from which nothing predicts it.
     *
     * @throws IllegalArgumentException for a mode in which a row has several targets
     */
    static Chosen last(int[] offsets, Mode mode) {
        if (mode == Mode.EVALUATE_ALL) {
            throw new IllegalArgumentException("mode: " + mode
                    + " (expected: EVALUATE_LAST on every prefix; a masked pass predicts one position a row)");
        }
        Chosen chosen = none(offsets, mode == Mode.INFER ? 1 : 0);
        for (int row = 0; row < chosen.lengths.length; row++) {
            if (mode == Mode.INFER || chosen.lengths[row] > 1) {
                chosen.flags[row * chosen.length + chosen.lengths[row] - 1] = true;
            }
        }
        return chosen;
    }

    /** Each position with this probability, at least one and not all of each row of two or more. */
    static Chosen independently(int[] offsets, double probability, RandomGenerator random) {
        Chosen chosen = none(offsets, 0);
        for (int row = 0; row < chosen.lengths.length; row++) {
            chosen.draw(row * chosen.length, chosen.lengths[row], probability, random);
        }
        return chosen;
    }

    private void draw(int from, int count, double probability, RandomGenerator random) {
        if (count < 2) {
            return;
        }
        int masked = 0;
        for (int column = 0; column < count; column++) {
            flags[from + column] = random.nextDouble() < probability;
            masked += flags[from + column] ? 1 : 0;
        }
        int forced = from + random.nextInt(count);
        masked += flags[forced] ? 0 : 1;
        flags[forced] = true;
        if (masked == count) {
            flags[from + random.nextInt(count)] = false;
        }
    }

    /** The mask at all chosen positions, which are the targets. */
    MaskedSequences masked(long[] items, int[] offsets, Mode mode) {
        int count = 0;
        int[] positions = new int[flags.length];
        long[] targets = new long[flags.length];
        for (int row = 0; row < lengths.length; row++) {
            for (int column = 0; column < lengths[row]; column++) {
                if (flags[row * length + column]) {
                    positions[count] = row * length + column;
                    targets[count] = mode == Mode.INFER ? 0 : items[offsets[row] + column];
                    count++;
                }
            }
        }
        return new MaskedSequences(
                lengths.length,
                length,
                lengths,
                flags,
                Arrays.copyOf(positions, count),
                mode == Mode.INFER ? new long[0] : Arrays.copyOf(targets, count),
                AttentionPattern.Kind.BIDIRECTIONAL);
    }
}
