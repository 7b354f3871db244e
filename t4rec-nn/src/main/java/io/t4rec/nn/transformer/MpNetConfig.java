package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Activation;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * MPNet's encoder (Song et al. 2020), as Hugging Face's {@code MPNetModel} without pooler: BERT's layers, whose attention scores
 * also get a learned number for each range of distances (Raffel et al. 2020), the same in all layers; bidirectional.
 *
 * @param hiddenSize width D
 * @param numHiddenLayers layers, at least 1
 * @param numAttentionHeads heads H; divides D
 * @param intermediateSize width of the feed-forward part
 * @param hiddenAct name of an {@link Activation}
 * @param hiddenDropoutProb dropout on embeddings and on what a layer adds
 * @param attentionProbsDropoutProb dropout on attention weights
 * @param maxPositionEmbeddings rows of the position table, at least 3: the longest sequence and 2 more
 * @param initializerRange deviation of fresh weights
 * @param layerNormEps added to variances
 * @param relativeAttentionNumBuckets rows of the table of distances, at least 4. The original always sorts distances into 32
 *     ranges, whatever is said here: more rows are never used, and fewer, with which it fails, are honoured here
 */
public record MpNetConfig(
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int intermediateSize,
        String hiddenAct,
        double hiddenDropoutProb,
        double attentionProbsDropoutProb,
        int maxPositionEmbeddings,
        double initializerRange,
        double layerNormEps,
        int relativeAttentionNumBuckets)
        implements TransformerConfig {
    /** The original counts places from the row after that of padding, which is always 1. */
    private static final int FIRST_POSITION = 2;

    private static final int RANGES = 32;
    private static final int SMALLEST_TABLE = 4;

    /** From here on all distances are one range. */
    private static final double FARTHEST = 128;

    private static final PostNormLayer.Names NAMES = new PostNormLayer.Names(
            new SelfAttention.Names("attn.q", "attn.k", "attn.v", "attn.o", "none"),
            "attention.LayerNorm",
            "intermediate.dense",
            "output.dense",
            "output.LayerNorm");

    /** @throws IllegalArgumentException for a size too small, heads that don't divide the width, or an unknown activation */
    public MpNetConfig {
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.positive("numAttentionHeads", numAttentionHeads);
        Checks.positive("intermediateSize", intermediateSize);
        Checks.atLeast("maxPositionEmbeddings", maxPositionEmbeddings, FIRST_POSITION + 1);
        Checks.atLeast("relativeAttentionNumBuckets", relativeAttentionNumBuckets, SMALLEST_TABLE);
        Checks.divisible("hiddenSize", hiddenSize, "numAttentionHeads", numAttentionHeads);
        Checks.probability("hiddenDropoutProb", hiddenDropoutProb);
        Checks.probability("attentionProbsDropoutProb", attentionProbsDropoutProb);
        Activation.of(hiddenAct);
    }

    /**
     * What is MPNet's alone.
     *
     * @param relativeAttentionNumBuckets default 32
     */
    public record Options(int relativeAttentionNumBuckets) {
        /** @throws IllegalArgumentException for fewer than 4 */
        public Options {
            Checks.atLeast("relativeAttentionNumBuckets", relativeAttentionNumBuckets, SMALLEST_TABLE);
        }

        /** The original's. */
        public static Options defaults() {
            return new Options(RANGES);
        }
    }

    /** As {@link #build(BuildArguments, Options)} with the default options. */
    public static MpNetConfig build(BuildArguments arguments) {
        return build(arguments, Options.defaults());
    }

    /** As T4RecConfig builds BERT, with its dropout and inner width honoured; the original has no constructor for this one. */
    public static MpNetConfig build(BuildArguments arguments, Options options) {
        return new MpNetConfig(
                arguments.dModel(),
                arguments.nLayer(),
                arguments.nHead(),
                arguments.inner(),
                arguments.hiddenAct(),
                arguments.dropout(),
                arguments.dropout(),
                arguments.positions() + FIRST_POSITION,
                arguments.initializerRange(),
                arguments.layerNormEps(),
                options.relativeAttentionNumBuckets);
    }

    /** From a Hugging Face {@code config.json}. */
    public static MpNetConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "mpnet").encoderOnly();
        return new MpNetConfig(
                config.integer("hidden_size", 768),
                config.integer("num_hidden_layers", 12),
                config.integer("num_attention_heads", 12),
                config.integer("intermediate_size", 3072),
                config.text("hidden_act", "gelu"),
                config.real("hidden_dropout_prob", 0.1),
                config.real("attention_probs_dropout_prob", 0.1),
                config.integer("max_position_embeddings", 512),
                config.real("initializer_range", 0.02),
                config.real("layer_norm_eps", 1e-12),
                config.integer("relative_attention_num_buckets", RANGES));
    }

    private EncoderEmbeddings.Parts embeddings() {
        return new EncoderEmbeddings.Parts(
                hiddenSize,
                maxPositionEmbeddings,
                FIRST_POSITION,
                false,
                RelativeKeys.ABSOLUTE,
                0,
                true,
                layerNormEps,
                hiddenDropoutProb,
                initializerRange);
    }

    private EncoderSettings layers() {
        return new EncoderSettings(
                hiddenSize,
                numAttentionHeads,
                intermediateSize,
                hiddenAct,
                attentionProbsDropoutProb,
                hiddenDropoutProb,
                hiddenDropoutProb,
                maxPositionEmbeddings,
                RelativeKeys.ABSOLUTE,
                initializerRange,
                layerNormEps);
    }

    @Override
    public String modelType() {
        return "mpnet";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    private static final class Body extends TransformerBody {
        private final MpNetConfig config;
        private final EncoderEmbeddings embeddings;
        private final List<PostNormLayer> layers = new ArrayList<>();
        private final Embedding distances;

        Body(MpNetConfig config, Generator generator) {
            this.config = config;
            embeddings = child("embeddings", new EncoderEmbeddings(config.embeddings(), generator));
            for (int i = 0; i < config.numHiddenLayers; i++) {
                layers.add(child("encoder.layer." + i, new PostNormLayer(config.layers(), NAMES, true, generator)));
            }
            distances = child(
                    "encoder.relative_attention_bias",
                    Embedding.plain(
                            config.relativeAttentionNumBuckets,
                            config.numAttentionHeads,
                            config.initializerRange,
                            generator));
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
            return Set.of(AttentionPattern.Kind.BIDIRECTIONAL);
        }

        @Override
        public boolean ignores(String weight) {
            return EncoderBody.ignored(weight);
        }

        @Override
        protected Tensor compute(BodyInput input, Pass pass) {
            Tensor hidden = Attention.hidden(input.embeddings(), input.paddingMask(), false);
            Tensor x = embeddings.forward(input.embeddings(), pass); // (B, L, D)
            Tensor ranges = ranges(x.size(1)).to(x.device()); // (L, L)
            Tensor bias = pass.shared(distances.forward(ranges, pass).permute(2, 0, 1)); // (H, L, L)
            for (PostNormLayer layer : layers) {
                x = pass.block(x, in -> layer.forward(in, bias, hidden, pass));
            }
            return x;
        }

        /**
         * The range of each distance between a query and a key: those ahead in the upper half of the table, short ones one by one,
         * long ones by their logarithm. Computed in 32-bit numbers, as the original does: they decide at the edges.
         *
         * @return INT64 {@code [L, L]}, query by key
         */
        private Tensor ranges(long length) {
            int half = Math.min(RANGES, config.relativeAttentionNumBuckets) / 2;
            int exact = half / 2;
            Tensor columns = Tensors.range(0, length);
            Tensor ahead = columns.sub(columns.unsqueeze(1)); // (L, L), key minus query
            Tensor distance = ahead.abs();
            Tensor byLogarithm = distance.clamp(1, length)
                    .to(DataType.FLOAT32)
                    .div(exact)
                    .log()
                    .div(Math.log(FARTHEST / exact))
                    .mul(half - exact)
                    .to(DataType.INT64)
                    .add(exact)
                    .clamp(0, half - 1);
            Tensor range = distance.where(distance.lt(exact), byLogarithm);
            return ahead.gt(0).to(DataType.INT64).mul(half).add(range);
        }
    }
}
