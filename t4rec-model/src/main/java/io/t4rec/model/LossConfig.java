package io.t4rec.model;

import io.t4rec.nn.loss.CatalogueCrossEntropy;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.loss.LossKind;
import io.t4rec.nn.loss.SampledLoss;
import io.t4rec.nn.sampling.CachedSampler;
import io.t4rec.nn.sampling.InBatchSampler;
import io.t4rec.nn.sampling.ItemFrequencies;
import io.t4rec.nn.sampling.LogUniformSampler;
import io.t4rec.nn.sampling.NegativeSampler;
import io.t4rec.nn.sampling.PopularitySampler;
import io.t4rec.nn.sampling.SamplerKind;
import io.t4rec.nn.sampling.UniformSampler;
import io.t4rec.schema.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * What is minimised. Ranking and recommending always compare all items, whatever the loss.
 *
 * @param kind softmax (over all items), sampled-softmax, bce, gbce, bpr, bpr-max or top1-max; default softmax
 * @param sampler uniform, log-uniform, popularity, in-batch or cached; null, the default, for the usual one: log-uniform for sampled-softmax,
 *     uniform for bce and gbce, popularity for the others
 * @param negatives items that the targets of a batch are compared with: exactly as many (uniform), as many draws of which repeated ones
 *     count once (log-uniform, popularity), or at most as many (in-batch, cached); default 256
 * @param alpha of popularity: items are drawn as often as their frequency to this power; 0 to 1, default 0.75
 * @param calibration t of gbce; 0 to 1, default 0.75
 * @param regularization of bpr-max: factor of the negatives' squared scores; from 0, default 1
 * @param cacheSize of cached: newest targets that are remembered; default 20,000
 * @param classWeightPower targets weigh their item's frequency to the negative of this power, 1 on average; from 0, default 0: all alike
 */
public record LossConfig(
        String kind,
        @Nullable String sampler,
        int negatives,
        double alpha,
        double calibration,
        double regularization,
        int cacheSize,
        double classWeightPower) {
    /** @throws ConfigException for values out of range, unknown names, or a sampler that the loss makes no sense with */
    public LossConfig {
        try {
            checkPair(LossKind.of(kind), sampler == null ? null : SamplerKind.of(sampler));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("head.loss: " + e.getMessage(), e);
        }
        atLeast("negatives", negatives, 1);
        atLeast("cacheSize", cacheSize, 1);
        share("alpha", alpha);
        share("calibration", calibration);
        atLeast("regularization", regularization, 0);
        atLeast("classWeightPower", classWeightPower, 0);
    }

    private static void checkPair(LossKind loss, @Nullable SamplerKind sampler) {
        if (sampler != null && !loss.samplers().contains(sampler)) {
            throw new IllegalArgumentException("sampler: " + sampler.label() + " (expected: "
                    + (loss.isSampled()
                            ? "one of " + SamplerKind.labels(loss.samplers())
                            : "none, since all items are compared")
                    + ", with loss " + loss.label() + ")");
        }
    }

    private static void atLeast(String name, Number value, int least) {
        if (!(value.doubleValue() >= least && value.doubleValue() < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("head.loss." + name + ": " + value + " (expected: >= " + least + ")");
        }
    }

    private static void share(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new ConfigException("head.loss." + name + ": " + value + " (expected: 0 to 1)");
        }
    }

    /** Softmax over the whole catalogue. */
    public static LossConfig defaults() {
        return new LossConfig(LossKind.SOFTMAX.label(), null, 256, 0.75, 0.75, 1, 20_000, 0);
    }

    /**
     * A sampled loss with its usual constants.
     *
     * @param sampler null for the usual one
     */
    public static LossConfig sampled(LossKind kind, @Nullable SamplerKind sampler, int negatives) {
        return new LossConfig(
                kind.label(), sampler == null ? null : sampler.label(), negatives, 0.75, 0.75, 1, 20_000, 0);
    }

    /** Whether targets are compared with drawn items rather than with all. */
    public boolean drawsNegatives() {
        return LossKind.of(kind).isSampled();
    }

    /** Whether {@link #create} or {@link #createSampler} needs to know how often items occur in the training data. */
    public boolean needsFrequencies() {
        return classWeightPower > 0 || (drawsNegatives() && samplerKind().needsFrequencies());
    }

    private SamplerKind samplerKind() {
        return sampler == null ? LossKind.of(kind).samplers().get(0) : SamplerKind.of(sampler);
    }

    /**
     * Checks that the catalogue has negatives to draw.
     *
     * @throws ConfigException when it has too few items
     */
    void check(long itemCount, long firstItem) {
        long items = itemCount - firstItem;
        if (!drawsNegatives()) {
            return;
        }
        if (items < 2) {
            throw new ConfigException("model.head.loss.kind: " + kind + " for a catalogue of " + Math.max(0, items)
                    + " items (expected: at least 2, so that there is a negative; or kind softmax)");
        }
        if (samplerKind().drawsFromCatalogue() && negatives > items) {
            throw new ConfigException("model.head.loss.negatives: " + negatives + " (expected: at most " + items
                    + ", the items of the catalogue without special ids; or kind softmax, which compares all)");
        }
    }

    /** The loss itself, for one thread. */
    ItemLoss create(HeadConfig head, long itemCount, @Nullable ItemFrequencies frequencies) {
        float[] weights = classWeightPower == 0 ? null : needed(frequencies).inverseWeights(classWeightPower);
        double temperature = head.temperature();
        return switch (LossKind.of(kind)) {
            case SOFTMAX -> new CatalogueCrossEntropy(temperature, head.labelSmoothing(), weights);
            case SAMPLED_SOFTMAX -> SampledLoss.softmax(temperature, weights);
            case BCE -> SampledLoss.binaryCrossEntropy(temperature, weights);
            case GBCE ->
                SampledLoss.calibratedBinaryCrossEntropy(
                        calibration, negatives / (itemCount - head.firstItem() - 1.0), temperature, weights);
            case BPR -> SampledLoss.bpr(temperature, weights);
            case BPR_MAX -> SampledLoss.bprMax(regularization, temperature, weights);
            case TOP1_MAX -> SampledLoss.top1Max(temperature, weights);
        };
    }

    /** What draws the negatives of a run, or null when all items are compared. */
    @Nullable
    NegativeSampler createSampler(HeadConfig head, long itemCount, @Nullable ItemFrequencies frequencies) {
        if (!drawsNegatives()) {
            return null;
        }
        return switch (samplerKind()) {
            case UNIFORM -> new UniformSampler(itemCount, head.firstItem(), negatives);
            case LOG_UNIFORM -> new LogUniformSampler(itemCount, head.firstItem(), negatives);
            case POPULARITY -> new PopularitySampler(needed(frequencies), alpha, negatives);
            case IN_BATCH -> new InBatchSampler(needed(frequencies), negatives);
            case CACHED -> new CachedSampler(needed(frequencies), negatives, cacheSize);
        };
    }

    private ItemFrequencies needed(@Nullable ItemFrequencies frequencies) {
        if (frequencies == null) {
            throw new IllegalArgumentException(
                    "item frequencies: none (expected: those of the training data, with loss " + kind + ", sampler "
                            + sampler + ", classWeightPower " + classWeightPower + ")");
        }
        return frequencies;
    }
}
