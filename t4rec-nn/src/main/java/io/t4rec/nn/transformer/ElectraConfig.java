package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.nn.layer.Activation;
import io.t4rec.tensor.Generator;
import org.jspecify.annotations.Nullable;

/**
 * ELECTRA's discriminator (Clark et al. 2020), as Hugging Face's {@code ElectraModel}: BERT's layers behind embeddings of a width of
 * their own, bidirectional.
 *
 * @param embeddingSize width of the input; where it is not {@code hiddenSize}, an affine map leads there
 * @param hiddenSize width D of the hidden states
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
public record ElectraConfig(
        int embeddingSize,
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
    public ElectraConfig {
        Checks.positive("embeddingSize", embeddingSize);
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
     * What is ELECTRA's alone.
     *
     * @param positionEmbeddingType default {@code absolute}
     * @param embeddingSize width of the input; null for dModel
     */
    public record Options(
            String positionEmbeddingType, @Nullable Integer embeddingSize) {
        /** @throws IllegalArgumentException for another name than those of {@link ElectraConfig}, or a width below 1 */
        public Options {
            RelativeKeys.check(positionEmbeddingType);
            if (embeddingSize != null) {
                Checks.positive("embeddingSize", embeddingSize);
            }
        }

        /** The original's. */
        public static Options defaults() {
            return new Options(RelativeKeys.ABSOLUTE, null);
        }
    }

    /** As {@link #build(BuildArguments, Options)} with the default options. */
    public static ElectraConfig build(BuildArguments arguments) {
        return build(arguments, Options.defaults());
    }

    /**
     * As T4RecConfig builds it, with dropout on attention weights too (the original leaves that at 0.1).
     */
    public static ElectraConfig build(BuildArguments arguments, Options options) {
        return new ElectraConfig(
                options.embeddingSize == null ? arguments.dModel() : options.embeddingSize,
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
    public static ElectraConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "electra").encoderOnly();
        return new ElectraConfig(
                config.integer("embedding_size", 128),
                config.integer("hidden_size", 256),
                config.integer("num_hidden_layers", 12),
                config.integer("num_attention_heads", 4),
                config.integer("intermediate_size", 1024),
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
        return "electra";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new EncoderBody(
                embeddings(), layers(), numHiddenLayers, "encoder.layer.", PostNormLayer.Names.BERT, generator);
    }
}
