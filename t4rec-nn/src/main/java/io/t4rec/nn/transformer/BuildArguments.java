package io.t4rec.nn.transformer;

import io.t4rec.nn.layer.Activation;
import org.jspecify.annotations.Nullable;

/**
 * The common arguments of Transformers4Rec's {@code T4RecConfig.build}, with its names and defaults. Every one is honoured by
 * every architecture that has such a part: recurrent ones have no heads, gated ones a fixed activation.
 *
 * <p>Two arguments of the original are not here. {@code pad_token} says where places begin in RoBERTa and Longformer, which have it
 * as an option; elsewhere nothing depends on it, since items come embedded and padding is told by a mask. {@code
 * log_attention_weights} makes the original compute attention weights that it then forgets.
 *
 * @param dModel width of inputs and hidden states
 * @param nHead attention heads; divides dModel
 * @param nLayer layers
 * @param totalSeqLength longest sequence
 * @param hiddenAct activation of the feed-forward part, default gelu
 * @param initializerRange deviation of fresh weights, from 0, default 0.01
 * @param layerNormEps added to variances, from 0, default 0.03
 * @param dropout everywhere, 0 to below 1, default 0.3
 * @param dInner width of the feed-forward part; null for what is usual of the architecture,
 *     mostly 4 dModel
 */
public record BuildArguments(
        int dModel,
        int nHead,
        int nLayer,
        int totalSeqLength,
        String hiddenAct,
        double initializerRange,
        double layerNormEps,
        double dropout,
        @Nullable Integer dInner) {
    /** @throws IllegalArgumentException for a size below 1, heads that don't divide the width, an unknown activation, or a number out of range */
    public BuildArguments {
        Checks.positive("dModel", dModel);
        Checks.positive("nHead", nHead);
        Checks.positive("nLayer", nLayer);
        Checks.positive("totalSeqLength", totalSeqLength);
        Checks.divisible("dModel", dModel, "nHead", nHead);
        Checks.notNegative("initializerRange", initializerRange);
        Checks.notNegative("layerNormEps", layerNormEps);
        Checks.probability("dropout", dropout);
        if (dInner != null) {
            Checks.positive("dInner", dInner);
        }
        Activation.of(hiddenAct);
    }

    /** The original's defaults. */
    public static BuildArguments of(int dModel, int nHead, int nLayer, int totalSeqLength) {
        return new BuildArguments(dModel, nHead, nLayer, totalSeqLength, "gelu", 0.01, 0.03, 0.3, null);
    }

    /** Places of a position table: two beyond the longest sequence, as the original's, so that an appended mask position fits. */
    int positions() {
        return totalSeqLength + 2;
    }

    int inner() {
        return inner(4);
    }

    /** The inner width; where none is given, what is usual of an architecture. */
    int inner(int multipleOfModel) {
        return dInner == null ? multipleOfModel * dModel : dInner;
    }
}
