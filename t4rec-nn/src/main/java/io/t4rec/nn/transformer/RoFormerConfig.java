package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Activation;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * RoFormer (Su et al. 2021), as Hugging Face's {@code RoFormerModel}: BERT's layers, in which queries and keys are turned by an
 * angle that grows with their position, so that their product depends on distance alone.
 *
 * @param embeddingSize width of the inputs; another than D is projected
 * @param hiddenSize width D
 * @param numHiddenLayers layers, at least 1
 * @param numAttentionHeads heads H; divides D into even widths, of which pairs are turned
 * @param intermediateSize width of the feed-forward part
 * @param hiddenAct name of an {@link Activation}
 * @param hiddenDropoutProb dropout on embeddings and on what a layer adds
 * @param attentionProbsDropoutProb dropout on attention weights
 * @param maxPositionEmbeddings longest sequence
 * @param typeVocabSize rows of the token type table; row 0 is added everywhere
 * @param initializerRange deviation of fresh weights
 * @param layerNormEps added to variances
 * @param rotaryValue whether values are turned too
 * @param isDecoder whether the body is always causal; otherwise it follows the pattern it is given
 */
public record RoFormerConfig(
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
        boolean rotaryValue,
        boolean isDecoder)
        implements TransformerConfig {
    /** @throws IllegalArgumentException for a size below 1, heads that don't fit the width, or an unknown activation */
    public RoFormerConfig {
        Checks.positive("embeddingSize", embeddingSize);
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.positive("numAttentionHeads", numAttentionHeads);
        Checks.positive("intermediateSize", intermediateSize);
        Checks.positive("maxPositionEmbeddings", maxPositionEmbeddings);
        Checks.positive("typeVocabSize", typeVocabSize);
        Checks.divisible("hiddenSize", hiddenSize, "numAttentionHeads", numAttentionHeads);
        Checks.divisible("hiddenSize", hiddenSize, "2 numAttentionHeads", 2 * numAttentionHeads);
        Checks.probability("hiddenDropoutProb", hiddenDropoutProb);
        Checks.probability("attentionProbsDropoutProb", attentionProbsDropoutProb);
        Activation.of(hiddenAct);
    }

    /**
     * What only RoFormer has.
     *
     * @param rotaryValue whether values are turned too
     */
    public record Options(boolean rotaryValue) {
        /** As published: values keep their direction. */
        public static Options defaults() {
            return new Options(false);
        }
    }

    /** In the manner of T4RecConfig, which has no RoFormer: every argument honoured, the pattern left to the masking task. */
    public static RoFormerConfig build(BuildArguments arguments, Options options) {
        return new RoFormerConfig(
                arguments.dModel(),
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
                options.rotaryValue,
                false);
    }

    /** From a Hugging Face {@code config.json}. */
    public static RoFormerConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "roformer");
        config.refuse("add_cross_attention");
        int width = config.integer("hidden_size", 768);
        return new RoFormerConfig(
                config.integer("embedding_size", width),
                width,
                config.integer("num_hidden_layers", 12),
                config.integer("num_attention_heads", 12),
                config.integer("intermediate_size", 3072),
                config.text("hidden_act", "gelu"),
                config.real("hidden_dropout_prob", 0.1),
                config.real("attention_probs_dropout_prob", 0.1),
                config.integer("max_position_embeddings", 1536),
                config.integer("type_vocab_size", 2),
                config.real("initializer_range", 0.02),
                config.real("layer_norm_eps", 1e-12),
                config.flag("rotary_value", false),
                config.flag("is_decoder", false));
    }

    @Override
    public String modelType() {
        return "roformer";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    /** Sines and cosines of {@code position / 10000^(2 i / d)} for each pair i, side by side: {@code [longest, d]}. */
    private Tensor sinusoids() {
        int half = hiddenSize / numAttentionHeads / 2;
        float[] values = new float[maxPositionEmbeddings * 2 * half];
        for (int position = 0; position < maxPositionEmbeddings; position++) {
            for (int i = 0; i < half; i++) {
                double angle = position / Math.pow(10_000, (double) i / half);
                values[position * 2 * half + i] = (float) Math.sin(angle);
                values[position * 2 * half + half + i] = (float) Math.cos(angle);
            }
        }
        return Tensors.of(values, maxPositionEmbeddings, 2L * half);
    }

    private static final class Layer extends Module {
        private final RoFormerConfig config;
        private final Activation activation;
        private final Linear query;
        private final Linear key;
        private final Linear value;
        private final ResidualNorm afterAttention;
        private final Linear expand;
        private final ResidualNorm afterFeedForward;

        Layer(RoFormerConfig config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize;
            int inner = config.intermediateSize;
            double deviation = config.initializerRange;
            double epsilon = config.layerNormEps;
            double dropout = config.hiddenDropoutProb;
            activation = Activation.of(config.hiddenAct);
            query = child("attention.self.query", Linear.normal(width, width, deviation, generator));
            key = child("attention.self.key", Linear.normal(width, width, deviation, generator));
            value = child("attention.self.value", Linear.normal(width, width, deviation, generator));
            afterAttention =
                    child("attention.output", new ResidualNorm(width, width, deviation, epsilon, dropout, generator));
            expand = child("intermediate.dense", Linear.normal(width, inner, deviation, generator));
            afterFeedForward = child("output", new ResidualNorm(inner, width, deviation, epsilon, dropout, generator));
        }

        /** @param turns {@code [L, 1, d / 2]}, complex numbers of length 1 */
        Tensor forward(Tensor x, Tensor turns, @Nullable Tensor hidden, Pass pass) {
            Tensor values = value.forward(x); // (B, L, D)
            Tensor context = Attention.attend(
                    turned(query.forward(x), turns),
                    turned(key.forward(x), turns),
                    config.rotaryValue ? turned(values, turns) : Attention.split(values, config.numAttentionHeads),
                    hidden,
                    config.attentionProbsDropoutProb,
                    pass); // (B, H, L, d)
            x = afterAttention.forward(Attention.join(context), x, pass); // (B, L, D)
            return afterFeedForward.forward(activation.apply(expand.forward(x)), x, pass);
        }

        /** {@code [B, L, D]} to {@code [B, H, L, d]}: neighbouring elements are one complex number, multiplied by its position's. */
        private Tensor turned(Tensor x, Tensor turns) {
            return x.to(DataType.FLOAT32)
                    .unflatten(-1, config.numAttentionHeads, -1, 2) // (B, L, H, d / 2, 2)
                    .asComplex()
                    .mul(turns)
                    .asReal()
                    .flatten(3, 4) // (B, L, H, d)
                    .transpose(1, 2);
        }
    }

    private static final class Body extends TransformerBody {
        private final RoFormerConfig config;
        private final Embedding tokenTypes;
        private final LayerNorm norm;
        private final @Nullable Linear project;
        private final Embedding positions;
        private final List<Layer> layers = new ArrayList<>();

        Body(RoFormerConfig config, Generator generator) {
            this.config = config;
            double deviation = config.initializerRange;
            int in = config.embeddingSize;
            tokenTypes = child(
                    "embeddings.token_type_embeddings",
                    Embedding.plain(config.typeVocabSize, in, deviation, generator));
            norm = child("embeddings.LayerNorm", new LayerNorm(in, config.layerNormEps));
            project = in == config.hiddenSize
                    ? null
                    : child("embeddings_project", Linear.normal(in, config.hiddenSize, deviation, generator));
            positions = child("encoder.embed_positions", Embedding.fixed(config.sinusoids()));
            for (int i = 0; i < config.numHiddenLayers; i++) {
                layers.add(child("encoder.layer." + i, new Layer(config, generator)));
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
            return config.isDecoder
                    ? Set.of(AttentionPattern.Kind.CAUSAL)
                    : Set.of(AttentionPattern.Kind.BIDIRECTIONAL, AttentionPattern.Kind.CAUSAL);
        }

        @Override
        public boolean ignores(String weight) {
            return weight.equals("embeddings.word_embeddings.weight");
        }

        @Override
        protected Tensor compute(BodyInput input, Pass pass) {
            boolean causal = input.pattern().kind() == AttentionPattern.Kind.CAUSAL;
            Tensor hidden = Attention.hidden(input.embeddings(), input.paddingMask(), causal);
            Tensor turns = turns(input.embeddings().size(1));
            Tensor embedded = input.embeddings().add(tokenTypes.first(1)); // (B, L, embeddingSize)
            Tensor x = pass.dropout(norm.forward(embedded), config.hiddenDropoutProb);
            x = project == null ? x : project.forward(x); // (B, L, D)
            for (Layer layer : layers) {
                x = pass.block(x, in -> layer.forward(in, turns, hidden, pass));
            }
            return x;
        }

        private Tensor turns(long length) {
            Tensor table = positions.first(length); // (L, d)
            Tensor sines = table.narrow(1, 0, table.size(1) / 2);
            Tensor cosines = table.narrow(1, table.size(1) / 2, table.size(1) / 2);
            return Tensors.concat(-1, cosines.unsqueeze(-1), sines.unsqueeze(-1)) // (L, d / 2, 2)
                    .asComplex()
                    .unsqueeze(1); // (L, 1, d / 2)
        }
    }
}
