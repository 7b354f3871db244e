package io.t4rec.model.masking;

import io.t4rec.nn.transformer.AttentionPattern;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Permutation language modelling (Yang et al. 2019): some items are predicted one after another in an order that is drawn, each from
 * all items that are no targets and from the targets before it in the order. A stream of its own predicts: it knows the position it
 * stands at, not the item there. So targets may stay visible to those after them.
 *
 * <p>Targets come in spans: a stretch of {@code span / probability} positions holds one span of 1 to {@code maxSpanLength} items at a
 * place of its own. A row without any gets one drawn uniformly, a row of nothing else one back: a row of n items has 1 to n - 1
 * targets, a row of one item none. When evaluating and inferring, the only target is the position after all items that are known, and
 * all of them are visible, as in training; Transformers4Rec evaluates with a causal order and infers without the last item.
 *
 * @param probability share of the positions that are targets, about; above 0, at most 1; default 1/6
 * @param maxSpanLength most items of a span; from 1, default 5
 * @param permuteAll whether all items but one of each row are targets, instead of spans; default false
 * @param hideTargets whether the mask stands in place of all targets, so that those before a target in the order tell it only where
 *     they are, as in Transformers4Rec; default false. Not with permuteAll, where one item would be left to learn from
 */
public record PermutationMasking(Double probability, Integer maxSpanLength, boolean permuteAll, boolean hideTargets)
        implements Masking {
    private static final double DEFAULT_PROBABILITY = 1 / 6.0;
    private static final int DEFAULT_SPAN = 5;

    /** @throws IllegalArgumentException for values out of range; null stands for the default */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public PermutationMasking {
        probability = probability == null ? DEFAULT_PROBABILITY : probability;
        maxSpanLength = maxSpanLength == null ? DEFAULT_SPAN : maxSpanLength;
        if (!(probability > 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability: " + probability + " (expected: above 0, at most 1)");
        }
        if (maxSpanLength < 1) {
            throw new IllegalArgumentException("maxSpanLength: " + maxSpanLength + " (expected: at least 1)");
        }
        if (permuteAll && hideTargets) {
            throw new IllegalArgumentException(
                    "hideTargets: true with permuteAll (expected: one of the two; nothing else would be visible)");
        }
    }

    /** Spans as in the original, targets visible to those after them. */
    public static PermutationMasking defaults() {
        return new PermutationMasking(DEFAULT_PROBABILITY, DEFAULT_SPAN, false, false);
    }

    @Override
    public AttentionPattern.Kind pattern() {
        return AttentionPattern.Kind.PERMUTATION;
    }

    @Override
    public String label() {
        return "plm";
    }

    @Override
    public boolean predictsEveryPosition() {
        return false;
    }

    @Override
    public MaskedSequences apply(long[] items, int[] offsets, Mode mode, RandomGenerator random) {
        if (mode != Mode.TRAIN) {
            Chosen last = Chosen.last(offsets, mode);
            int[] order = new int[last.flags().length];
            Arrays.setAll(order, position -> last.flags()[position] ? 0 : -1);
            return last.masked(items, offsets, mode).withOrder(order);
        }
        Chosen chosen = Chosen.none(offsets, 0);
        for (int row = 0; row < chosen.lengths().length; row++) {
            draw(chosen.flags(), row * chosen.length(), chosen.lengths()[row], random);
        }
        int[] order = new int[chosen.flags().length];
        Arrays.fill(order, -1);
        for (int row = 0; row < chosen.lengths().length; row++) {
            order(chosen.flags(), order, row * chosen.length(), chosen.lengths()[row], random);
        }
        MaskedSequences masked = chosen.masked(items, offsets, mode).withOrder(order);
        if (!hideTargets) {
            Arrays.fill(masked.replaced(), false);
        }
        return masked;
    }

    private void draw(boolean[] targets, int from, int length, RandomGenerator random) {
        if (length < 2) {
            return;
        }
        int count = permuteAll ? all(targets, from, length) : spans(targets, from, length, random);
        if (count == 0) {
            targets[from + random.nextInt(length)] = true;
        } else if (count == length) {
            targets[from + random.nextInt(length)] = false;
        }
    }

    private static int all(boolean[] targets, int from, int length) {
        Arrays.fill(targets, from, from + length, true);
        return length;
    }

    private int spans(boolean[] targets, int from, int length, RandomGenerator random) {
        int count = 0;
        for (int stretch = 0; stretch < length; ) {
            int span = 1 + random.nextInt(maxSpanLength);
            int size = (int) (span / probability);
            int start = stretch + random.nextInt(size - span + 1);
            for (int column = start; column < Math.min(length, start + span); column++) {
                targets[from + column] = true;
                count++;
            }
            stretch += size;
        }
        return count;
    }

    /** Numbers the targets of a row in an order drawn uniformly (Fisher and Yates). */
    private static void order(boolean[] targets, int[] order, int from, int length, RandomGenerator random) {
        int[] places = new int[length];
        int count = 0;
        for (int column = 0; column < length; column++) {
            if (targets[from + column]) {
                int other = random.nextInt(count + 1);
                places[count] = places[other];
                places[other] = from + column;
                count++;
            }
        }
        for (int number = 0; number < count; number++) {
            order[places[number]] = number;
        }
    }
}
