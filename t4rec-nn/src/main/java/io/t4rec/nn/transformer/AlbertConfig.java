package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Activation;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * ALBERT (Lan et al. 2020), as Hugging Face's {@code AlbertModel} without pooler: layers that share weights by groups, behind
 * embeddings of a width of their own, bidirectional.
 *
 * @param embeddingSize width of the input; an affine map leads to {@code hiddenSize}
 * @param hiddenSize width D of the hidden states
 * @param numHiddenLayers how often a group is applied in all, at least 1
 * @param numHiddenGroups groups with weights of their own; neighbouring layers share one
 * @param innerGroupNum layers of a group, applied one after the other each time
 * @param numAttentionHeads heads H; divides D
 * @param intermediateSize width of the feed-forward part
 * @param hiddenAct name of an {@link Activation}
 * @param hiddenDropoutProb dropout on embeddings and on what attention adds
 * @param attentionProbsDropoutProb dropout on attention weights
 * @param maxPositionEmbeddings longest sequence
 * @param typeVocabSize rows of the token type table; row 0 is added everywhere
 * @param initializerRange deviation of fresh weights
 * @param layerNormEps added to variances
 * @param positionEmbeddingType {@code absolute}: a vector for each place; {@code relative_key} and {@code relative_key_query}: one
 *     for each distance, met by the query or by query and key, and not scaled by the width of a head
 */
public record AlbertConfig(
        int embeddingSize,
        int hiddenSize,
        int numHiddenLayers,
        int numHiddenGroups,
        int innerGroupNum,
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
    private static final PostNormLayer.Names NAMES = new PostNormLayer.Names(
            new SelfAttention.Names("query", "key", "value", "dense", "distance_embedding"),
            "attention.LayerNorm",
            "ffn",
            "ffn_output",
            "full_layer_layer_norm");

    /** @throws IllegalArgumentException for a size below 1, heads that don't divide the width, or an unknown activation */
    public AlbertConfig {
        Checks.positive("embeddingSize", embeddingSize);
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.positive("numHiddenGroups", numHiddenGroups);
        if (numHiddenGroups > numHiddenLayers) {
            throw new IllegalArgumentException("numHiddenGroups: " + numHiddenGroups
                    + " (expected: at most numHiddenLayers, " + numHiddenLayers + ")");
        }
        Checks.positive("innerGroupNum", innerGroupNum);
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
     * What is ALBERT's alone.
     *
     * @param numHiddenGroups groups of layers that share weights; default 1, all share
     * @param innerGroupNum layers of a group; default 1
     * @param embeddingSize width of the input; null for dModel
     * @param positionEmbeddingType default {@code absolute}
     */
    public record Options(
            int numHiddenGroups,
            int innerGroupNum,
            @Nullable Integer embeddingSize,
            String positionEmbeddingType) {
        /** @throws IllegalArgumentException for a number below 1 or another name than those of {@link AlbertConfig} */
        public Options {
            Checks.positive("numHiddenGroups", numHiddenGroups);
            Checks.positive("innerGroupNum", innerGroupNum);
            if (embeddingSize != null) {
                Checks.positive("embeddingSize", embeddingSize);
            }
            RelativeKeys.check(positionEmbeddingType);
        }

        /** The original's. */
        public static Options defaults() {
            return new Options(1, 1, null, RelativeKeys.ABSOLUTE);
        }
    }

    /** As {@link #build(BuildArguments, Options)} with the default options. */
    public static AlbertConfig build(BuildArguments arguments) {
        return build(arguments, Options.defaults());
    }

    /** As T4RecConfig builds it. */
    public static AlbertConfig build(BuildArguments arguments, Options options) {
        return new AlbertConfig(
                options.embeddingSize == null ? arguments.dModel() : options.embeddingSize,
                arguments.dModel(),
                arguments.nLayer(),
                options.numHiddenGroups,
                options.innerGroupNum,
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
    public static AlbertConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "albert").encoderOnly();
        return new AlbertConfig(
                config.integer("embedding_size", 128),
                config.integer("hidden_size", 4096),
                config.integer("num_hidden_layers", 12),
                config.integer("num_hidden_groups", 1),
                config.integer("inner_group_num", 1),
                config.integer("num_attention_heads", 64),
                config.integer("intermediate_size", 16_384),
                config.text("hidden_act", "gelu_new"),
                config.real("hidden_dropout_prob", 0),
                config.real("attention_probs_dropout_prob", 0),
                config.integer("max_position_embeddings", 512),
                config.integer("type_vocab_size", 2),
                config.real("initializer_range", 0.02),
                config.real("layer_norm_eps", 1e-12),
                config.text("position_embedding_type", RelativeKeys.ABSOLUTE));
    }

    private EncoderEmbeddings.Parts embeddings() {
        return new EncoderEmbeddings.Parts(
                embeddingSize,
                maxPositionEmbeddings,
                0,
                false,
                positionEmbeddingType,
                typeVocabSize,
                true,
                layerNormEps,
                hiddenDropoutProb,
                initializerRange);
    }

    /** Nothing is dropped of what the feed-forward part adds. */
    private EncoderSettings layers() {
        return new EncoderSettings(
                hiddenSize,
                numAttentionHeads,
                intermediateSize,
                hiddenAct,
                attentionProbsDropoutProb,
                hiddenDropoutProb,
                0,
                maxPositionEmbeddings,
                positionEmbeddingType,
                initializerRange,
                layerNormEps);
    }

    @Override
    public String modelType() {
        return "albert";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    private static final class Group extends Module {
        private final List<PostNormLayer> layers = new ArrayList<>();

        Group(AlbertConfig config, Generator generator) {
            for (int i = 0; i < config.innerGroupNum; i++) {
                layers.add(child("albert_layers." + i, new PostNormLayer(config.layers(), NAMES, false, generator)));
            }
        }
    }

    private static final class Body extends TransformerBody {
        private final AlbertConfig config;
        private final EncoderEmbeddings embeddings;
        private final Linear mapIn;
        private final List<Group> groups = new ArrayList<>();

        Body(AlbertConfig config, Generator generator) {
            this.config = config;
            embeddings = child("embeddings", new EncoderEmbeddings(config.embeddings(), generator));
            mapIn = child(
                    "encoder.embedding_hidden_mapping_in",
                    Linear.normal(config.embeddingSize, config.hiddenSize, config.initializerRange, generator));
            for (int i = 0; i < config.numHiddenGroups; i++) {
                groups.add(child("encoder.albert_layer_groups." + i, new Group(config, generator)));
            }
        }

        @Override
        public int inputWidth() {
            return config.embeddingSize;
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
            Tensor x = mapIn.forward(embeddings.forward(input.embeddings(), pass)); // (B, L, D)
            groups.forEach(pass::repeats);
            for (int i = 0; i < config.numHiddenLayers; i++) {
                for (PostNormLayer layer : group(i).layers) {
                    x = pass.block(x, in -> layer.forward(in, null, hidden, pass));
                }
            }
            return x;
        }

        /** That of a layer; where groups don't divide the layers, rounded as in the original. */
        private Group group(int layer) {
            return groups.get((int) (layer / ((double) config.numHiddenLayers / config.numHiddenGroups)));
        }
    }
}
