package io.t4rec.model.masking;

import io.t4rec.nn.transformer.AttentionPattern;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Masked language modelling (Devlin et al. 2019, as Transformers4Rec does it): some items are replaced by a trainable vector and
 * predicted from both sides. Each item is masked with the given probability, and one drawn uniformly from the row always;
 * a row whose items are all masked gets one back. So a row of n items has 1 to n - 1 targets, a row of one item none.
 *
 * @param probability that an item is masked in training; above 0, below 1
 */
// a setting of the other task stays behind when settings are laid over defaults
public record MaskedMasking(double probability) implements Masking {
    /** The original's probability. */
    public static final double DEFAULT_PROBABILITY = 0.15;

    /** @throws IllegalArgumentException for a probability outside (0, 1); 0 stands for the default */
    public MaskedMasking {
        probability = probability == 0 ? DEFAULT_PROBABILITY : probability;
        if (!(probability > 0 && probability < 1)) {
            throw new IllegalArgumentException("probability: " + probability + " (expected: above 0 and below 1)");
        }
    }

    @Override
    public AttentionPattern.Kind pattern() {
        return AttentionPattern.Kind.BIDIRECTIONAL;
    }

    @Override
    public String label() {
        return "mlm";
    }

    @Override
    public boolean predictsEveryPosition() {
        return false;
    }

    @Override
    public MaskedSequences apply(long[] items, int[] offsets, Mode mode, RandomGenerator random) {
        if (mode == Mode.EVALUATE_ALL) {
            throw new IllegalArgumentException("mode: " + mode
                    + " (expected: EVALUATE_LAST on every prefix; a masked pass predicts one position a row)");
        }
        int rows = offsets.length - 1;
        int appended = mode == Mode.INFER ? 1 : 0;
        int[] lengths = new int[rows];
        int length = 1;
        for (int row = 0; row < rows; row++) {
            lengths[row] = offsets[row + 1] - offsets[row] + appended;
            length = Math.max(length, lengths[row]);
        }
        boolean[] replaced = new boolean[rows * length];
        for (int row = 0; row < rows; row++) {
            int from = row * length;
            if (mode == Mode.TRAIN) {
                draw(replaced, from, lengths[row], random);
            } else if (mode == Mode.INFER || lengths[row] > 1) {
                replaced[from + lengths[row] - 1] = true;
            }
        }
        int count = 0;
        int[] positions = new int[rows * length];
        long[] targets = new long[rows * length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < lengths[row]; column++) {
                if (replaced[row * length + column]) {
                    positions[count] = row * length + column;
                    targets[count] = mode == Mode.INFER ? 0 : items[offsets[row] + column];
                    count++;
                }
            }
        }
        return new MaskedSequences(
                rows,
                length,
                lengths,
                replaced,
                Arrays.copyOf(positions, count),
                mode == Mode.INFER ? new long[0] : Arrays.copyOf(targets, count),
                pattern());
    }

    private void draw(boolean[] replaced, int from, int length, RandomGenerator random) {
        if (length < 2) {
            return;
        }
        int masked = 0;
        for (int column = 0; column < length; column++) {
            replaced[from + column] = random.nextDouble() < probability;
            masked += replaced[from + column] ? 1 : 0;
        }
        int forced = from + random.nextInt(length);
        masked += replaced[forced] ? 0 : 1;
        replaced[forced] = true;
        if (masked == length) {
            replaced[from + random.nextInt(length)] = false;
        }
    }
}
