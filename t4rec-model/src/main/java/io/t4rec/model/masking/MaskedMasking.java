package io.t4rec.model.masking;

import io.t4rec.nn.transformer.AttentionPattern;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Masked language modelling (Devlin et al. 2019, as Transformers4Rec does it): some items are replaced by a trainable vector and
 * predicted from both sides. Each item is masked with the given probability, and one drawn uniformly from the row always;
 * a row whose items are all masked gets one back. So a row of n items has 1 to n - 1 targets, a row of one item none.
 *
 * <p>When evaluating and inferring, the mask alone stands at the position asked for, which is appended where the row has no such
 * position: what was there is never read.
 *
 * @param probability that an item is masked in training; above 0, below 1; default 0.15
 * @param randomShare of the masked positions, how many show another event of the batch, with all its features, instead of the mask
 *     (Devlin et al.: 0.1 of the vocabulary); default 0
 * @param keptShare of the masked positions, how many show what they hide (Devlin et al.: 0.1); default 0. Both together below 1,
 *     since the mask is what inference asks with
 * @param lastItemWeight factor of the loss of a masked last item, which is what inference asks for; above 0, default 1
 */
public record MaskedMasking(Double probability, double randomShare, double keptShare, Double lastItemWeight)
        implements Masking {
    /** The original's probability. */
    public static final double DEFAULT_PROBABILITY = 0.15;

    /** @throws IllegalArgumentException for values out of range; null stands for the default */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public MaskedMasking {
        probability = probability == null ? DEFAULT_PROBABILITY : probability;
        lastItemWeight = lastItemWeight == null ? 1.0 : lastItemWeight;
        Chosen.checkProbability(probability);
        if (!(randomShare >= 0 && keptShare >= 0 && randomShare + keptShare < 1)) {
            throw new IllegalArgumentException("randomShare: " + randomShare + " with keptShare " + keptShare
                    + " (expected: neither below 0, together below 1)");
        }
        if (!(lastItemWeight > 0 && Double.isFinite(lastItemWeight))) {
            throw new IllegalArgumentException("lastItemWeight: " + lastItemWeight + " (expected: above 0)");
        }
    }

    /** The mask at every masked position, all targets of the same weight. */
    public MaskedMasking(double probability) {
        this(probability, 0, 0, 1.0);
    }

    /** As the original: a share of {@value #DEFAULT_PROBABILITY}, hidden by the mask alone. */
    public static MaskedMasking defaults() {
        return new MaskedMasking(DEFAULT_PROBABILITY);
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
        if (mode != Mode.TRAIN) {
            return Chosen.last(offsets, mode).masked(items, offsets, mode);
        }
        Chosen chosen = Chosen.independently(offsets, probability, random);
        MaskedSequences masked = chosen.masked(items, offsets, mode).withLastItemWeight(lastItemWeight);
        return randomShare + keptShare > 0 ? unmasked(masked, items.length, offsets, random) : masked;
    }

    /** Takes the mask from some positions again: there stands what was there, or another event. */
    private MaskedSequences unmasked(MaskedSequences masked, int events, int[] offsets, RandomGenerator random) {
        int[] sources = IntStream.range(0, events).toArray();
        for (int position : masked.positions()) {
            double draw = random.nextDouble();
            if (draw < randomShare) {
                sources[offsets[position / masked.length()] + position % masked.length()] = random.nextInt(events);
            }
            masked.replaced()[position] = draw >= randomShare + keptShare;
        }
        return masked.withSources(sources);
    }
}
