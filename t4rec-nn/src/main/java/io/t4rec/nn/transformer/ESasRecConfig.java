package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * eSASRec (Tikhonovich et al. 2025, RecTools): SASRec with the blocks of LiGR (Borisyuk et al. 2024). They are pre-norm, let a
 * sigmoid gate of the residual stream weigh what each part adds, and have a SwiGLU feed-forward part (Shazeer 2020). Weight names
 * are those of RecTools, but that the two maps into the feed-forward part are one, the gate's rows first.
 *
 * @param hiddenSize width D
 * @param numHiddenLayers blocks, at least 1
 * @param numAttentionHeads heads H; divides D
 * @param maxPositions longest sequence
 * @param innerSize width of the feed-forward part; usual is 4 D
 * @param dropout on the input, on attention weights, within the feed-forward part, on what a block adds
 * @param layerNormEps added to variances
 * @param initializerRange deviation of fresh weights
 * @param options what other bodies don't have
 */
public record ESasRecConfig(
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int maxPositions,
        int innerSize,
        double dropout,
        double layerNormEps,
        double initializerRange,
        Options options)
        implements TransformerConfig {
    /**
     * Choices beyond the sizes.
     *
     * @param positions {@code first} or {@code last}, as {@link SasRecConfig.Options}
     * @param scaleEmbedding whether item vectors are multiplied by the square root of D
     * @param finalNorm whether a layer norm follows the last block, which bounds the scores; RecTools has none
     */
    public record Options(String positions, boolean scaleEmbedding, boolean finalNorm) {
        /** @throws IllegalArgumentException for an unknown name */
        public Options {
            LearnedPositions.check(positions);
        }

        /** Positions as SASRec's, not scaled, with a last layer norm as SASRec has. */
        public static Options defaults() {
            return new Options(LearnedPositions.FIRST, false, true);
        }
    }

    /** @throws IllegalArgumentException for a size below 1 or heads that don't divide the width */
    public ESasRecConfig {
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.positive("numAttentionHeads", numAttentionHeads);
        Checks.positive("maxPositions", maxPositions);
        Checks.positive("innerSize", innerSize);
        Checks.divisible("hiddenSize", hiddenSize, "numAttentionHeads", numAttentionHeads);
        Checks.probability("dropout", dropout);
    }

    /** With the common arguments. The activation isn't one: SwiGLU has SiLU. */
    public static ESasRecConfig build(BuildArguments arguments, Options options) {
        return new ESasRecConfig(
                arguments.dModel(),
                arguments.nLayer(),
                arguments.nHead(),
                arguments.totalSeqLength(),
                arguments.inner(),
                arguments.dropout(),
                arguments.layerNormEps(),
                arguments.initializerRange(),
                options);
    }

    @Override
    public String modelType() {
        return "esasrec";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    private static final class SelfAttention extends Module {
        private final ESasRecConfig config;
        private final Linear input;
        private final Linear output;

        SelfAttention(ESasRecConfig config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize;
            input = child("in_proj", Linear.normal(width, 3L * width, config.initializerRange, generator));
            output = child("out_proj", Linear.normal(width, width, config.initializerRange, generator));
        }

        Tensor forward(Tensor x, @Nullable Tensor hidden, Pass pass) {
            Tensor all = input.forward(x)
                    .unflatten(-1, 3, config.numAttentionHeads, -1)
                    .permute(2, 0, 3, 1, 4); // (3, B, H, L, d)
            Tensor context = Attention.attend(
                    all.select(0, 0), all.select(0, 1), all.select(0, 2), hidden, config.dropout, pass);
            return pass.dropout(output.forward(Attention.join(context)), config.dropout); // (B, L, D)
        }
    }

    private static final class SwiGlu extends Module {
        private final ESasRecConfig config;
        private final Linear expand;
        private final Linear shrink;

        SwiGlu(ESasRecConfig config, Generator generator) {
            this.config = config;
            double deviation = config.initializerRange;
            expand = child(
                    "ff_linear_1_3",
                    Linear.normalWithoutBias(config.hiddenSize, 2L * config.innerSize, deviation, generator));
            shrink = child(
                    "ff_linear_2", Linear.normalWithoutBias(config.innerSize, config.hiddenSize, deviation, generator));
        }

        Tensor forward(Tensor x, Pass pass) {
            Tensor both = expand.forward(x); // (B, L, 2 innerSize)
            Tensor gated = both.narrow(-1, 0, config.innerSize)
                    .silu()
                    .mul(both.narrow(-1, config.innerSize, config.innerSize)); // (B, L, innerSize)
            return pass.dropout(shrink.forward(pass.dropout(gated, config.dropout)), config.dropout); // (B, L, D)
        }
    }

    private static final class Block extends Module {
        private final LayerNorm beforeAttention;
        private final SelfAttention attention;
        private final Linear attentionGate;
        private final LayerNorm beforeFeedForward;
        private final SwiGlu feedForward;
        private final Linear feedForwardGate;

        Block(ESasRecConfig config, Generator generator) {
            int width = config.hiddenSize;
            beforeAttention = child("layer_norm_1", new LayerNorm(width, config.layerNormEps));
            attention = child("multi_head_attn", new SelfAttention(config, generator));
            attentionGate = child("gating_linear_1", Linear.normal(width, width, config.initializerRange, generator));
            beforeFeedForward = child("layer_norm_2", new LayerNorm(width, config.layerNormEps));
            feedForward = child("feed_forward", new SwiGlu(config, generator));
            feedForwardGate = child("gating_linear_2", Linear.normal(width, width, config.initializerRange, generator));
        }

        Tensor forward(Tensor x, @Nullable Tensor hidden, Pass pass) {
            Tensor attended = attention.forward(beforeAttention.forward(x), hidden, pass);
            x = x.add(attentionGate.forward(x).sigmoid().mul(attended));
            Tensor fed = feedForward.forward(beforeFeedForward.forward(x), pass);
            return x.add(feedForwardGate.forward(x).sigmoid().mul(fed));
        }
    }

    private static final class Body extends TransformerBody {
        private final ESasRecConfig config;
        private final LearnedPositions positions;
        private final List<Block> blocks = new ArrayList<>();
        private final @Nullable LayerNorm last;

        Body(ESasRecConfig config, Generator generator) {
            this.config = config;
            Options options = config.options;
            positions = child(
                    "pos_encoding_layer",
                    new LearnedPositions(
                            options.positions,
                            options.scaleEmbedding,
                            config.maxPositions,
                            config.hiddenSize,
                            config.initializerRange,
                            generator));
            for (int i = 0; i < config.numHiddenLayers; i++) {
                blocks.add(child("transformer_blocks." + i, new Block(config, generator)));
            }
            last = options.finalNorm
                    ? child("last_layernorm", new LayerNorm(config.hiddenSize, config.layerNormEps))
                    : null;
        }

        @Override
        public int inputWidth() {
            return config.hiddenSize;
        }

        @Override
        public int outputWidth() {
            return config.hiddenSize;
        }

        @Override
        public Set<AttentionPattern.Kind> patterns() {
            return Set.of(AttentionPattern.Kind.CAUSAL);
        }

        @Override
        public boolean dependsOnLength() {
            return config.options.positions.equals(LearnedPositions.LAST);
        }

        @Override
        protected Tensor compute(BodyInput input, Pass pass) {
            Tensor hidden = Attention.hidden(input.embeddings(), input.paddingMask(), true);
            Tensor x = pass.dropout(positions.add(input.embeddings(), input.paddingMask(), pass), config.dropout);
            for (Block block : blocks) {
                x = pass.block(x, in -> block.forward(in, hidden, pass));
            }
            return last == null ? x : last.forward(x); // (B, L, D)
        }
    }
}
