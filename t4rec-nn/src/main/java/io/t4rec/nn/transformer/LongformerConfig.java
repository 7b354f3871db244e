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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Longformer (Beltagy et al. 2020), as Hugging Face's {@code LongformerModel} without pooler: RoBERTa's layers in which a position
 * sees those within a window around it, or the part of the window before it under the causal pattern. Time and memory grow with
 * the length. Sequences of any length are taken as they are; the original pads them to a multiple of the window.
 *
 * <p>Attention of chosen positions to the whole sequence is left out: Transformers4Rec marks no position so, and the weights that
 * the original keeps for it ({@code query_global} and the like) never take part.
 *
 * @param hiddenSize width D
 * @param numHiddenLayers layers, at least 1
 * @param numAttentionHeads heads H; divides D
 * @param attentionWindow for each layer, its window: even, half of it on each side of a position
 * @param intermediateSize width of the feed-forward part
 * @param hiddenAct name of an {@link Activation}
 * @param hiddenDropoutProb dropout on embeddings and on what a layer adds
 * @param attentionProbsDropoutProb dropout on attention weights
 * @param maxPositionEmbeddings rows of the position table: the longest sequence, {@code padTokenId} and 1 more
 * @param typeVocabSize rows of the token type table; row 0 is added everywhere
 * @param initializerRange deviation of fresh weights
 * @param layerNormEps added to variances
 * @param padTokenId row of padding in the position table; the first place has the row after it
 */
public record LongformerConfig(
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        List<Integer> attentionWindow,
        int intermediateSize,
        String hiddenAct,
        double hiddenDropoutProb,
        double attentionProbsDropoutProb,
        int maxPositionEmbeddings,
        int typeVocabSize,
        double initializerRange,
        double layerNormEps,
        int padTokenId)
        implements TransformerConfig {
    /**
     * @throws IllegalArgumentException for a size below 1, heads that don't divide the width, an unknown activation, an odd window, or
     *     more or fewer windows than layers
     */
    public LongformerConfig {
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.positive("numAttentionHeads", numAttentionHeads);
        Checks.positive("intermediateSize", intermediateSize);
        Checks.positive("typeVocabSize", typeVocabSize);
        Checks.divisible("hiddenSize", hiddenSize, "numAttentionHeads", numAttentionHeads);
        Checks.probability("hiddenDropoutProb", hiddenDropoutProb);
        Checks.probability("attentionProbsDropoutProb", attentionProbsDropoutProb);
        Activation.of(hiddenAct);
        Checks.notNegative("padTokenId", padTokenId);
        if (maxPositionEmbeddings < padTokenId + 2) {
            throw new IllegalArgumentException("maxPositionEmbeddings: " + maxPositionEmbeddings
                    + " (expected: at least padTokenId + 2, " + (padTokenId + 2) + ")");
        }
        attentionWindow = List.copyOf(attentionWindow);
        if (attentionWindow.size() != numHiddenLayers) {
            throw new IllegalArgumentException("attentionWindow: " + attentionWindow + " (expected: one for each of "
                    + numHiddenLayers + " layers)");
        }
        attentionWindow.forEach(LongformerConfig::checkWindow);
    }

    private static void checkWindow(int window) {
        if (window < 2 || window % 2 != 0) {
            throw new IllegalArgumentException(
                    "attentionWindow: " + window + " (expected: even and >= 2, half of it on each side)");
        }
    }

    /**
     * What is Longformer's alone.
     *
     * @param attentionWindow of every layer, even; null for the original's, which is the longest sequence and 2 more, so that half of
     *     the longest sequence is seen on each side
     * @param padToken row of padding in the position table, the original's {@code pad_token}; default 0
     */
    public record Options(@Nullable Integer attentionWindow, int padToken) {
        /** @throws IllegalArgumentException for an odd window, or a row below 0 */
        public Options {
            if (attentionWindow != null) {
                checkWindow(attentionWindow);
            }
            Checks.notNegative("padToken", padToken);
        }

        /** The original's. */
        public static Options defaults() {
            return new Options(null, 0);
        }
    }

    /**
     * As T4RecConfig builds it, with dropout, inner width and longest sequence honoured (the original passes the first under a name
     * that Longformer ignores and never sets the others), and an odd window made even.
     */
    public static LongformerConfig build(BuildArguments arguments, Options options) {
        int whole = arguments.positions() + arguments.positions() % 2;
        int window = options.attentionWindow == null ? whole : options.attentionWindow;
        return new LongformerConfig(
                arguments.dModel(),
                arguments.nLayer(),
                arguments.nHead(),
                Collections.nCopies(arguments.nLayer(), window),
                arguments.inner(),
                arguments.hiddenAct(),
                arguments.dropout(),
                arguments.dropout(),
                arguments.positions() + options.padToken + 1,
                2,
                arguments.initializerRange(),
                arguments.layerNormEps(),
                options.padToken);
    }

    /** From a Hugging Face {@code config.json}. */
    public static LongformerConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "longformer");
        int layers = config.integer("num_hidden_layers", 12);
        JsonNode windows = json.path("attention_window");
        List<Integer> window = new ArrayList<>();
        if (windows.isArray()) {
            windows.forEach(one -> window.add(one.asInt()));
        } else {
            window.addAll(Collections.nCopies(layers, config.integer("attention_window", 512)));
        }
        return new LongformerConfig(
                config.integer("hidden_size", 768),
                layers,
                config.integer("num_attention_heads", 12),
                window,
                config.integer("intermediate_size", 3072),
                config.text("hidden_act", "gelu"),
                config.real("hidden_dropout_prob", 0.1),
                config.real("attention_probs_dropout_prob", 0.1),
                config.integer("max_position_embeddings", 512),
                config.integer("type_vocab_size", 2),
                config.real("initializer_range", 0.02),
                config.real("layer_norm_eps", 1e-12),
                config.integer("pad_token_id", 1));
    }

    @Override
    public String modelType() {
        return "longformer";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    private static final class Layer extends Module {
        private final LongformerConfig config;
        private final Activation activation;
        private final Linear query;
        private final Linear key;
        private final Linear value;
        private final Linear attentionOutput;
        private final LayerNorm afterAttention;
        private final Linear expand;
        private final Linear shrink;
        private final LayerNorm afterFeedForward;

        Layer(LongformerConfig config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize;
            double deviation = config.initializerRange;
            activation = Activation.of(config.hiddenAct);
            query = child("attention.self.query", Linear.normal(width, width, deviation, generator));
            key = child("attention.self.key", Linear.normal(width, width, deviation, generator));
            value = child("attention.self.value", Linear.normal(width, width, deviation, generator));
            attentionOutput = child("attention.output.dense", Linear.normal(width, width, deviation, generator));
            afterAttention = child("attention.output.LayerNorm", new LayerNorm(width, config.layerNormEps));
            expand = child("intermediate.dense", Linear.normal(width, config.intermediateSize, deviation, generator));
            shrink = child("output.dense", Linear.normal(config.intermediateSize, width, deviation, generator));
            afterFeedForward = child("output.LayerNorm", new LayerNorm(width, config.layerNormEps));
        }

        Tensor forward(Tensor x, SlidingWindow window, Pass pass) {
            int heads = config.numAttentionHeads;
            Tensor context = window.attend(
                    Attention.split(query.forward(x), heads),
                    Attention.split(key.forward(x), heads),
                    Attention.split(value.forward(x), heads),
                    config.attentionProbsDropoutProb,
                    pass); // (B, H, L, d)
            Tensor attended = attentionOutput.forward(Attention.join(context)); // (B, L, D)
            x = afterAttention.forward(x.add(pass.dropout(attended, config.hiddenDropoutProb)));
            Tensor inner = activation.apply(expand.forward(x)); // (B, L, intermediate)
            return afterFeedForward.forward(x.add(pass.dropout(shrink.forward(inner), config.hiddenDropoutProb)));
        }
    }

    private static final class Body extends TransformerBody {
        private final LongformerConfig config;
        private final EncoderEmbeddings embeddings;
        private final List<Layer> layers = new ArrayList<>();

        Body(LongformerConfig config, Generator generator) {
            this.config = config;
            EncoderEmbeddings.Parts parts = new EncoderEmbeddings.Parts(
                    config.hiddenSize,
                    config.maxPositionEmbeddings,
                    config.padTokenId + 1,
                    false,
                    RelativeKeys.ABSOLUTE,
                    config.typeVocabSize,
                    true,
                    config.layerNormEps,
                    config.hiddenDropoutProb,
                    config.initializerRange);
            embeddings = child("embeddings", new EncoderEmbeddings(parts, generator));
            for (int i = 0; i < config.numHiddenLayers; i++) {
                layers.add(child("encoder.layer." + i, new Layer(config, generator)));
            }
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
            return Set.of(AttentionPattern.Kind.BIDIRECTIONAL, AttentionPattern.Kind.CAUSAL);
        }

        @Override
        public boolean ignores(String weight) {
            return weight.equals("embeddings.word_embeddings.weight")
                    || weight.equals("embeddings.position_ids")
                    || weight.startsWith("pooler.")
                    || weight.contains("_global.");
        }

        @Override
        protected Tensor compute(BodyInput input, Pass pass) {
            boolean causal = input.pattern().kind() == AttentionPattern.Kind.CAUSAL;
            Map<Integer, SlidingWindow> windows = new LinkedHashMap<>(); // one for layers of the same reach
            Tensor x = embeddings.forward(input.embeddings(), pass); // (B, L, D)
            for (int i = 0; i < layers.size(); i++) {
                Layer layer = layers.get(i);
                SlidingWindow window = windows.computeIfAbsent(
                        config.attentionWindow.get(i) / 2,
                        reach -> new SlidingWindow(input.embeddings(), input.paddingMask(), reach, causal));
                x = pass.block(x, in -> layer.forward(in, window, pass));
            }
            return x;
        }
    }
}
