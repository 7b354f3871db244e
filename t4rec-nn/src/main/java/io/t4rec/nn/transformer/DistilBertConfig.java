package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.nn.layer.Activation;
import io.t4rec.tensor.Generator;

/**
 * DistilBERT (Sanh et al. 2019), as Hugging Face's {@code DistilBertModel}: BERT's layers without token types, and without dropout
 * on what attention adds, bidirectional.
 *
 * @param dim width D
 * @param nLayers layers, at least 1
 * @param nHeads heads H; divides D
 * @param hiddenDim width of the feed-forward part
 * @param activation name of an {@link Activation}
 * @param dropout on embeddings and on what the feed-forward part adds
 * @param attentionDropout dropout on attention weights
 * @param maxPositionEmbeddings longest sequence
 * @param sinusoidalPosEmbds whether places are fixed waves instead of trained vectors
 * @param initializerRange deviation of fresh weights
 * @param layerNormEps added to variances; 1e-12 in the original, which has no setting for it
 */
public record DistilBertConfig(
        int dim,
        int nLayers,
        int nHeads,
        int hiddenDim,
        String activation,
        double dropout,
        double attentionDropout,
        int maxPositionEmbeddings,
        boolean sinusoidalPosEmbds,
        double initializerRange,
        double layerNormEps)
        implements TransformerConfig {
    private static final double ORIGINAL_EPSILON = 1e-12;
    private static final PostNormLayer.Names NAMES = new PostNormLayer.Names(
            new SelfAttention.Names("q_lin", "k_lin", "v_lin", "out_lin", "none"),
            "sa_layer_norm",
            "ffn.lin1",
            "ffn.lin2",
            "output_layer_norm");

    /** @throws IllegalArgumentException for a size below 1, heads that don't divide the width, or an unknown activation */
    public DistilBertConfig {
        Checks.positive("dim", dim);
        Checks.positive("nLayers", nLayers);
        Checks.positive("nHeads", nHeads);
        Checks.positive("hiddenDim", hiddenDim);
        Checks.positive("maxPositionEmbeddings", maxPositionEmbeddings);
        Checks.divisible("dim", dim, "nHeads", nHeads);
        Checks.probability("dropout", dropout);
        Checks.probability("attentionDropout", attentionDropout);
        Activation.of(activation);
    }

    /**
     * What is DistilBERT's alone.
     *
     * @param sinusoidalPositions whether places are fixed waves; default false
     */
    public record Options(boolean sinusoidalPositions) {
        /** The original's. */
        public static Options defaults() {
            return new Options(false);
        }
    }

    /** As {@link #build(BuildArguments, Options)} with the default options. */
    public static DistilBertConfig build(BuildArguments arguments) {
        return build(arguments, Options.defaults());
    }

    /** As T4RecConfig builds BERT, with its dropout and inner width honoured; the original has no constructor for this one. */
    public static DistilBertConfig build(BuildArguments arguments, Options options) {
        return new DistilBertConfig(
                arguments.dModel(),
                arguments.nLayer(),
                arguments.nHead(),
                arguments.inner(),
                arguments.hiddenAct(),
                arguments.dropout(),
                arguments.dropout(),
                arguments.positions(),
                options.sinusoidalPositions,
                arguments.initializerRange(),
                arguments.layerNormEps());
    }

    /** From a Hugging Face {@code config.json}. */
    public static DistilBertConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "distilbert").encoderOnly();
        return new DistilBertConfig(
                config.integer("dim", 768),
                config.integer("n_layers", 6),
                config.integer("n_heads", 12),
                config.integer("hidden_dim", 4 * 768),
                config.text("activation", "gelu"),
                config.real("dropout", 0.1),
                config.real("attention_dropout", 0.1),
                config.integer("max_position_embeddings", 512),
                config.flag("sinusoidal_pos_embds", false),
                config.real("initializer_range", 0.02),
                config.real("layer_norm_eps", ORIGINAL_EPSILON));
    }

    private EncoderEmbeddings.Parts embeddings() {
        return new EncoderEmbeddings.Parts(
                dim,
                maxPositionEmbeddings,
                0,
                sinusoidalPosEmbds,
                RelativeKeys.ABSOLUTE,
                0,
                true,
                layerNormEps,
                dropout,
                initializerRange);
    }

    private EncoderSettings layers() {
        return new EncoderSettings(
                dim,
                nHeads,
                hiddenDim,
                activation,
                attentionDropout,
                0,
                dropout,
                maxPositionEmbeddings,
                RelativeKeys.ABSOLUTE,
                initializerRange,
                layerNormEps);
    }

    @Override
    public String modelType() {
        return "distilbert";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new EncoderBody(embeddings(), layers(), nLayers, "transformer.layer.", NAMES, generator);
    }
}
