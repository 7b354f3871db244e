package io.t4rec.nn.loss;

import io.t4rec.nn.sampling.SamplerKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The losses by name, and the samplers that each makes sense with; the first is the usual one. */
public enum LossKind {
    /** Softmax over the whole catalogue: {@link CatalogueCrossEntropy}. */
    SOFTMAX,
    /** Softmax over target and negatives, scores corrected by how likely an item was to be drawn. */
    SAMPLED_SOFTMAX(
            SamplerKind.LOG_UNIFORM,
            SamplerKind.UNIFORM,
            SamplerKind.POPULARITY,
            SamplerKind.IN_BATCH,
            SamplerKind.CACHED),
    /** Binary cross-entropy (SASRec). */
    BCE(SamplerKind.UNIFORM, SamplerKind.LOG_UNIFORM, SamplerKind.POPULARITY, SamplerKind.IN_BATCH, SamplerKind.CACHED),
    /** Calibrated binary cross-entropy (gSASRec). Its exponent follows from one sampling rate for all items. */
    GBCE(SamplerKind.UNIFORM),
    /** Bayesian personalised ranking. */
    BPR(SamplerKind.POPULARITY, SamplerKind.UNIFORM, SamplerKind.LOG_UNIFORM, SamplerKind.IN_BATCH, SamplerKind.CACHED),
    /** BPR with weighted negatives (GRU4Rec). */
    BPR_MAX(
            SamplerKind.POPULARITY,
            SamplerKind.UNIFORM,
            SamplerKind.LOG_UNIFORM,
            SamplerKind.IN_BATCH,
            SamplerKind.CACHED),
    /** TOP1 with weighted negatives (GRU4Rec). */
    TOP1_MAX(
            SamplerKind.POPULARITY,
            SamplerKind.UNIFORM,
            SamplerKind.LOG_UNIFORM,
            SamplerKind.IN_BATCH,
            SamplerKind.CACHED);

    private final List<SamplerKind> samplers;

    LossKind(SamplerKind... samplers) {
        this.samplers = List.of(samplers);
    }

    /** The name in settings, such as {@code sampled-softmax}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Samplers that it may be used with, the usual one first; empty when it needs none. */
    public List<SamplerKind> samplers() {
        return samplers;
    }

    /** Whether it compares the target with drawn items rather than with all. */
    public boolean isSampled() {
        return !samplers.isEmpty();
    }

    /** @throws IllegalArgumentException for an unknown name, listing the known ones */
    public static LossKind of(String name) {
        for (LossKind kind : values()) {
            if (kind.label().equals(name)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("loss: " + name + " (expected: one of "
                + Arrays.stream(values()).map(LossKind::label).toList() + ")");
    }
}
