package io.t4rec.model.masking;

import io.t4rec.nn.transformer.AttentionPattern;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Causal language modelling: position t predicts item t + 1 and sees no later one. A target's own embedding is never visible to
 * the position that predicts it.
 *
 * @param trainOnLastItemOnly whether only the last item of each row is a target in training; default false
 */
public record CausalMasking(boolean trainOnLastItemOnly) implements Masking {
    @Override
    public AttentionPattern.Kind pattern() {
        return AttentionPattern.Kind.CAUSAL;
    }

    @Override
    public String label() {
        return "clm";
    }

    @Override
    public boolean predictsEveryPosition() {
        return true;
    }

    /** When something is to be predicted the last item is left out of the input: nothing after it could learn from it. */
    @Override
    public MaskedSequences apply(long[] items, int[] offsets, Mode mode, RandomGenerator random) {
        int rows = offsets.length - 1;
        boolean lastOnly = mode == Mode.EVALUATE_LAST || (mode == Mode.TRAIN && trainOnLastItemOnly);
        int dropped = mode == Mode.INFER ? 0 : 1;
        int[] lengths = new int[rows];
        int length = 1;
        for (int row = 0; row < rows; row++) {
            lengths[row] = Math.max(0, offsets[row + 1] - offsets[row] - dropped);
            length = Math.max(length, lengths[row]);
        }
        int[] positions = new int[rows * length];
        long[] targets = new long[rows * length];
        int count = 0;
        for (int row = 0; row < rows; row++) {
            int first = lastOnly || mode == Mode.INFER ? Math.max(0, lengths[row] - 1) : 0;
            for (int column = first; column < lengths[row]; column++) {
                positions[count] = row * length + column;
                targets[count] = mode == Mode.INFER ? 0 : items[offsets[row] + column + 1];
                count++;
            }
        }
        return new MaskedSequences(
                rows,
                length,
                lengths,
                new boolean[rows * length],
                Arrays.copyOf(positions, count),
                mode == Mode.INFER ? new long[0] : Arrays.copyOf(targets, count),
                pattern());
    }
}
