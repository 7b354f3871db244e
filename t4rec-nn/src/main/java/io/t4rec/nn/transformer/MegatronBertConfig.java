package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
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
 * Megatron's BERT (Shoeybi et al. 2019), as Hugging Face's {@code MegatronBertModel} without pooler: BERT with the norms before
 * attention and feed-forward part and one at the end, bidirectional.
 *
 * @param hiddenSize width D
 * @param numHiddenLayers layers, at least 1
 * @param numAttentionHeads heads H; divides D
 * @param intermediateSize width of the feed-forward part
 * @param hiddenAct name of an {@link Activation}
 * @param hiddenDropoutProb dropout on embeddings and on what a layer adds
 * @param attentionProbsDropoutProb dropout on attention weights
 * @param maxPositionEmbeddings longest sequence
 * @param typeVocabSize rows of the token type table; row 0 is added everywhere
 * @param initializerRange deviation of fresh weights
 * @param layerNormEps added to variances
 * @param positionEmbeddingType {@code absolute}: a vector for each place; {@code relative_key} and {@code relative_key_query}: one
 *     for each distance, met by the query or by query and key
 */
public record MegatronBertConfig(
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int intermediateSize,
        String hiddenAct,
        double hiddenDropoutProb,
        double attentionProbsDropoutProb,
        int maxPositionEmbeddings,
        int typeVocabSize,
        double initializerRange,
        double layerNormEps,
        String positionEmbeddingType)
        implements TransformerConfig {
    /** @throws IllegalArgumentException for a size below 1, heads that don't divide the width, or an unknown activation */
    public MegatronBertConfig {
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.positive("numAttentionHeads", numAttentionHeads);
        Checks.positive("intermediateSize", intermediateSize);
        Checks.positive("maxPositionEmbeddings", maxPositionEmbeddings);
        Checks.positive("typeVocabSize", typeVocabSize);
        Checks.divisible("hiddenSize", hiddenSize, "numAttentionHeads", numAttentionHeads);
        Checks.probability("hiddenDropoutProb", hiddenDropoutProb);
        Checks.probability("attentionProbsDropoutProb", attentionProbsDropoutProb);
        Activation.of(hiddenAct);
        RelativeKeys.check(positionEmbeddingType);
    }

    /**
     * What is Megatron's alone.
     *
     * @param positionEmbeddingType default {@code absolute}
     */
    public record Options(String positionEmbeddingType) {
        /** @throws IllegalArgumentException for another name than those of {@link MegatronBertConfig} */
        public Options {
            RelativeKeys.check(positionEmbeddingType);
        }

        /** The original's. */
        public static Options defaults() {
            return new Options(RelativeKeys.ABSOLUTE);
        }
    }

    /** As {@link #build(BuildArguments, Options)} with the default options. */
    public static MegatronBertConfig build(BuildArguments arguments) {
        return build(arguments, Options.defaults());
    }

    /** As T4RecConfig builds BERT, with its dropout and inner width honoured; the original has no constructor for this one. */
    public static MegatronBertConfig build(BuildArguments arguments, Options options) {
        return new MegatronBertConfig(
                arguments.dModel(),
                arguments.nLayer(),
                arguments.nHead(),
                arguments.inner(),
                arguments.hiddenAct(),
                arguments.dropout(),
                arguments.dropout(),
                arguments.positions(),
                2,
                arguments.initializerRange(),
                arguments.layerNormEps(),
                options.positionEmbeddingType);
    }

    /** From a Hugging Face {@code config.json}. */
    public static MegatronBertConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "megatron-bert").encoderOnly();
        return new MegatronBertConfig(
                config.integer("hidden_size", 1024),
                config.integer("num_hidden_layers", 24),
                config.integer("num_attention_heads", 16),
                config.integer("intermediate_size", 4096),
                config.text("hidden_act", "gelu"),
                config.real("hidden_dropout_prob", 0.1),
                config.real("attention_probs_dropout_prob", 0.1),
                config.integer("max_position_embeddings", 512),
                config.integer("type_vocab_size", 2),
                config.real("initializer_range", 0.02),
                config.real("layer_norm_eps", 1e-12),
                config.text("position_embedding_type", RelativeKeys.ABSOLUTE));
    }

    private EncoderEmbeddings.Parts embeddings() {
        return new EncoderEmbeddings.Parts(
                hiddenSize,
                maxPositionEmbeddings,
                0,
                false,
                positionEmbeddingType,
                typeVocabSize,
                false,
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
                positionEmbeddingType,
                initializerRange,
                layerNormEps);
    }

    @Override
    public String modelType() {
        return "megatron-bert";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    private static final class Layer extends Module {
        private final MegatronBertConfig config;
        private final Activation activation;
        private final LayerNorm beforeAttention;
        private final SelfAttention attention;
        private final LayerNorm beforeFeedForward;
        private final Linear expand;
        private final Linear shrink;

        Layer(MegatronBertConfig config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize;
            double deviation = config.initializerRange;
            activation = Activation.of(config.hiddenAct);
            beforeAttention = child("attention.ln", new LayerNorm(width, config.layerNormEps));
            attention =
                    child("attention", new SelfAttention(config.layers(), SelfAttention.Names.BERT, true, generator));
            beforeFeedForward = child("ln", new LayerNorm(width, config.layerNormEps));
            expand = child("intermediate.dense", Linear.normal(width, config.intermediateSize, deviation, generator));
            shrink = child("output.dense", Linear.normal(config.intermediateSize, width, deviation, generator));
        }

        Tensor forward(Tensor x, @Nullable Tensor hidden, Pass pass) {
            Tensor attended = attention.forward(beforeAttention.forward(x), null, hidden, pass); // (B, L, D)
            x = x.add(pass.dropout(attended, config.hiddenDropoutProb));
            Tensor inner = activation.apply(expand.forward(beforeFeedForward.forward(x))); // (B, L, intermediate)
            return x.add(pass.dropout(shrink.forward(inner), config.hiddenDropoutProb));
        }
    }

    private static final class Body extends TransformerBody {
        private final MegatronBertConfig config;
        private final EncoderEmbeddings embeddings;
        private final List<Layer> layers = new ArrayList<>();
        private final LayerNorm last;

        Body(MegatronBertConfig config, Generator generator) {
            this.config = config;
            embeddings = child("embeddings", new EncoderEmbeddings(config.embeddings(), generator));
            for (int i = 0; i < config.numHiddenLayers; i++) {
                layers.add(child("encoder.layer." + i, new Layer(config, generator)));
            }
            last = child("encoder.ln", new LayerNorm(config.hiddenSize, config.layerNormEps));
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
            for (Layer layer : layers) {
                x = pass.block(x, in -> layer.forward(in, hidden, pass));
            }
            return last.forward(x);
        }
    }
}
