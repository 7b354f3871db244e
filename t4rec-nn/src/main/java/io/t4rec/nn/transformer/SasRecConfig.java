package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Activation;
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
 * SASRec (Kang and McAuley 2018) as it is used with cross-entropy today (Klenitskiy and Vasilev 2023, RecTools): causal
 * self-attention with an output map, a narrow feed-forward part, a last layer norm. Weight names are those of RecTools, but for the
 * attention's input map, which is in two parts.
 *
 * @param hiddenSize width D
 * @param numHiddenLayers blocks, at least 1
 * @param numAttentionHeads heads H; divides D
 * @param maxPositions longest sequence
 * @param innerSize width of the feed-forward part; the paper's is D
 * @param hiddenAct name of an {@link Activation}; the paper's is relu
 * @param dropout on the input, on attention weights and twice in the feed-forward part
 * @param layerNormEps added to variances
 * @param initializerRange deviation of fresh weights
 * @param options what other bodies don't have
 */
public record SasRecConfig(
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int maxPositions,
        int innerSize,
        String hiddenAct,
        double dropout,
        double layerNormEps,
        double initializerRange,
        Options options)
        implements TransformerConfig {
    private static final String QUERY = "query";
    private static final String PRE = "pre";

    /**
     * Choices that implementations of SASRec make differently.
     *
     * @param positions {@code first} counts from the oldest item; {@code last} counts back from the newest, as padding on the left
     *     does in the paper, so that the place that is asked at serving is the one place every session trained
     * @param scaleEmbedding whether item vectors are multiplied by the square root of D, as in the paper, where they start small
     *     against the positions
     * @param norm {@code query}: the paper's block, which normalises queries and adds to what was normalised, keys and values as they
     *     are; {@code pre}: the usual pre-norm block, which leaves the residual stream untouched
     */
    public record Options(String positions, boolean scaleEmbedding, String norm) {
        /** @throws IllegalArgumentException for an unknown name */
        public Options {
            LearnedPositions.check(positions);
            Checks.oneOf("norm", norm, QUERY, PRE);
        }

        /**
         * Counted from the oldest item, not scaled, pre-norm. On short shop sessions {@code last} is no better within noise, and
         * {@code first} lets one pass evaluate all positions.
         */
        public static Options defaults() {
            return new Options(LearnedPositions.FIRST, false, PRE);
        }
    }

    /** @throws IllegalArgumentException for a size below 1, heads that don't divide the width, or an unknown activation */
    public SasRecConfig {
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.positive("numAttentionHeads", numAttentionHeads);
        Checks.positive("maxPositions", maxPositions);
        Checks.positive("innerSize", innerSize);
        Checks.divisible("hiddenSize", hiddenSize, "numAttentionHeads", numAttentionHeads);
        Checks.probability("dropout", dropout);
        Activation.of(hiddenAct);
    }

    /** With the common arguments; without inner width, the paper's D. */
    public static SasRecConfig build(BuildArguments arguments, Options options) {
        return new SasRecConfig(
                arguments.dModel(),
                arguments.nLayer(),
                arguments.nHead(),
                arguments.totalSeqLength(),
                arguments.inner(1),
                arguments.hiddenAct(),
                arguments.dropout(),
                arguments.layerNormEps(),
                arguments.initializerRange(),
                options);
    }

    @Override
    public String modelType() {
        return "sasrec";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    private static final class SelfAttention extends Module {
        private final SasRecConfig config;
        private final Linear query;
        private final Linear keyAndValue;
        private final Linear output;

        SelfAttention(SasRecConfig config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize;
            query = child("q_proj", Linear.normal(width, width, config.initializerRange, generator));
            keyAndValue = child("kv_proj", Linear.normal(width, 2L * width, config.initializerRange, generator));
            output = child("out_proj", Linear.normal(width, width, config.initializerRange, generator));
        }

        Tensor forward(Tensor queries, Tensor memory, @Nullable Tensor hidden, Pass pass) {
            Tensor q = Attention.split(query.forward(queries), config.numAttentionHeads); // (B, H, L, d)
            Tensor kv = keyAndValue
                    .forward(memory)
                    .unflatten(-1, 2, config.numAttentionHeads, -1)
                    .permute(2, 0, 3, 1, 4); // (2, B, H, L, d)
            Tensor context = Attention.attend(q, kv.select(0, 0), kv.select(0, 1), hidden, config.dropout, pass);
            return output.forward(Attention.join(context)); // (B, L, D)
        }
    }

    private static final class FeedForward extends Module {
        private final SasRecConfig config;
        private final Activation activation;
        private final Linear expand;
        private final Linear shrink;

        FeedForward(SasRecConfig config, Generator generator) {
            this.config = config;
            activation = Activation.of(config.hiddenAct);
            double deviation = config.initializerRange;
            expand = child("ff_linear_1", Linear.normal(config.hiddenSize, config.innerSize, deviation, generator));
            shrink = child("ff_linear_2", Linear.normal(config.innerSize, config.hiddenSize, deviation, generator));
        }

        Tensor forward(Tensor x, Pass pass) {
            Tensor inner = pass.dropout(activation.apply(expand.forward(x)), config.dropout); // (B, L, innerSize)
            return pass.dropout(shrink.forward(inner), config.dropout); // (B, L, D)
        }
    }

    private static final class Block extends Module {
        private final boolean queryOnly;
        private final LayerNorm beforeAttention;
        private final SelfAttention attention;
        private final LayerNorm beforeFeedForward;
        private final FeedForward feedForward;

        Block(SasRecConfig config, Generator generator) {
            queryOnly = config.options.norm.equals(QUERY);
            beforeAttention = child("q_layer_norm", new LayerNorm(config.hiddenSize, config.layerNormEps));
            attention = child("multi_head_attn", new SelfAttention(config, generator));
            beforeFeedForward = child("ff_layer_norm", new LayerNorm(config.hiddenSize, config.layerNormEps));
            feedForward = child("feed_forward", new FeedForward(config, generator));
        }

        Tensor forward(Tensor x, @Nullable Tensor hidden, Pass pass) {
            Tensor q = beforeAttention.forward(x);
            if (queryOnly) {
                Tensor y = beforeFeedForward.forward(q.add(attention.forward(q, x, hidden, pass)));
                return y.add(feedForward.forward(y, pass));
            }
            Tensor y = x.add(attention.forward(q, q, hidden, pass));
            return y.add(feedForward.forward(beforeFeedForward.forward(y), pass));
        }
    }

    private static final class Body extends TransformerBody {
        private final SasRecConfig config;
        private final LearnedPositions positions;
        private final List<Block> blocks = new ArrayList<>();
        private final LayerNorm last;

        Body(SasRecConfig config, Generator generator) {
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
            last = child("last_layernorm", new LayerNorm(config.hiddenSize, config.layerNormEps));
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
            return last.forward(x); // (B, L, D)
        }
    }
}
