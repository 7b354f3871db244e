package io.t4rec.model.masking;

import io.t4rec.nn.transformer.AttentionPattern;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Replaced token detection (ELECTRA, Clark et al. 2020): items are masked as in {@link MaskedMasking}; a generator predicts them, an
 * item drawn from each of its predictions takes the place of the masked one, and a discriminator tells which items of the sequence
 * are not those that were there. A draw that happens to be the true item counts as original. The loss is the weighted sum of both;
 * no gradient flows through the draws. Items are ranked by the item head, as in {@link MaskedMasking}.
 *
 * <p>Without a generator of its own, the body does both, as in the Transformers4Rec paper. With one, as in ELECTRA, a smaller body
 * that shares the embeddings draws, and the model's body learns both to predict masked items, which ranking needs, and to judge.
 *
 * <p>Only the item id of a replaced event changes; its other features stay, so with such features the discriminator learns which
 * items go with them, too.
 *
 * @param probability that an item is masked in training; above 0, below 1; default 0.15
 * @param generatorWeight factor of the losses of predicting items, the mean over masked items; above 0, default 1
 * @param discriminatorWeight factor of the loss of telling replaced items, the mean over all items of sequences with a masked one;
 *     from 0, which leaves the discriminator out; null for 1. ELECTRA takes 50 for words, and Transformers4Rec names the same; on short
 *     shop sessions already 5 costs 2 points of recall@20
 * @param temperature divides the scores that are drawn by; above 0, default 1
 * @param sampling from which items is drawn, by the softmax of their scores: {@code softmax} for all, {@code batch} for the masked
 *     items of the batch; default softmax
 * @param generator a body of its own that draws; null for the model's body
 */
public record ReplacedItemMasking(
        Double probability,
        Double generatorWeight,
        Double discriminatorWeight,
        Double temperature,
        String sampling,
        @Nullable GeneratorSize generator)
        implements Masking {
    private static final double DEFAULT_DISCRIMINATOR_WEIGHT = 1;

    /** Drawn from all items. */
    private static final String SOFTMAX = "softmax";
    /** Drawn from the masked items of the batch. */
    private static final String BATCH = "batch";

    /**
     * The sizes of a generator of its own: a body of the model's type with the model's other arguments.
     *
     * @param dModel width; ELECTRA takes a quarter to a half of the model's
     * @param nHead attention heads; divides dModel
     * @param nLayer layers
     */
    public record GeneratorSize(int dModel, int nHead, int nLayer) {}

    /** @throws IllegalArgumentException for values out of range; null stands for the default */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public ReplacedItemMasking {
        probability = probability == null ? MaskedMasking.DEFAULT_PROBABILITY : probability;
        generatorWeight = generatorWeight == null ? 1.0 : generatorWeight;
        discriminatorWeight = discriminatorWeight == null ? DEFAULT_DISCRIMINATOR_WEIGHT : discriminatorWeight;
        temperature = temperature == null ? 1.0 : temperature;
        sampling = sampling == null ? SOFTMAX : sampling;
        Chosen.checkProbability(probability);
        check("generatorWeight", generatorWeight, generatorWeight > 0, "above 0");
        check("discriminatorWeight", discriminatorWeight, discriminatorWeight >= 0, "at least 0");
        check("temperature", temperature, temperature > 0, "above 0");
        if (!sampling.equals(SOFTMAX) && !sampling.equals(BATCH)) {
            throw new IllegalArgumentException(
                    "sampling: " + sampling + " (expected: one of [" + BATCH + ", " + SOFTMAX + "])");
        }
    }

    private static void check(String name, double value, boolean holds, String expected) {
        if (!holds || !Double.isFinite(value)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    /** One body, both losses of the same weight, drawn from all items. */
    public static ReplacedItemMasking defaults() {
        return new ReplacedItemMasking(
                MaskedMasking.DEFAULT_PROBABILITY, 1.0, DEFAULT_DISCRIMINATOR_WEIGHT, 1.0, SOFTMAX, null);
    }

    /** The same with another weight of the discriminator's loss. */
    public ReplacedItemMasking withDiscriminatorWeight(double weight) {
        return new ReplacedItemMasking(probability, generatorWeight, weight, temperature, sampling, generator);
    }

    /** The same with a generator of its own; null for the model's body. */
    public ReplacedItemMasking withGenerator(@Nullable GeneratorSize size) {
        return new ReplacedItemMasking(probability, generatorWeight, discriminatorWeight, temperature, sampling, size);
    }

    /** Whether replacements come from the masked items of the batch alone. */
    public boolean drawsFromBatch() {
        return sampling.equals(BATCH);
    }

    @Override
    public AttentionPattern.Kind pattern() {
        return AttentionPattern.Kind.BIDIRECTIONAL;
    }

    @Override
    public String label() {
        return "rtd";
    }

    @Override
    public boolean predictsEveryPosition() {
        return false;
    }

    @Override
    public MaskedSequences apply(long[] items, int[] offsets, Mode mode, RandomGenerator random) {
        return new MaskedMasking(probability).apply(items, offsets, mode, random);
    }
}
