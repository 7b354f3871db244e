package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Activation;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * DeBERTa (He et al. 2021), as Hugging Face's {@code DebertaModel} without talking heads: post-norm layers with
 * {@linkplain DisentangledAttention disentangled attention}, bidirectional.
 *
 * @param embeddingSize width of the inputs; another than D is projected
 * @param hiddenSize width D
 * @param numHiddenLayers layers, at least 1
 * @param numAttentionHeads heads H; divides D
 * @param intermediateSize width of the feed-forward part
 * @param hiddenAct name of an {@link Activation}
 * @param hiddenDropoutProb dropout on embeddings, relative positions and on what a layer adds
 * @param attentionProbsDropoutProb dropout on attention weights
 * @param maxPositionEmbeddings longest sequence where places are added to the input
 * @param typeVocabSize rows of the token type table, of which row 0 is added everywhere; 0 for no table
 * @param initializerRange deviation of fresh weights
 * @param layerNormEps added to variances
 * @param relativeAttention whether attention knows distances
 * @param maxRelativePositions farthest distance told apart; below 1 for {@code maxPositionEmbeddings}
 * @param positionBiasedInput whether places are added to the input
 * @param posAttType which scores know distances: {@code c2p}, {@code p2c}, both or none
 */
public record DebertaConfig(
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
        boolean relativeAttention,
        int maxRelativePositions,
        boolean positionBiasedInput,
        List<String> posAttType)
        implements TransformerConfig {
    /** @throws IllegalArgumentException for a size below 1, heads that don't divide the width, or an unknown name */
    public DebertaConfig {
        Checks.positive("embeddingSize", embeddingSize);
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.positive("numAttentionHeads", numAttentionHeads);
        Checks.positive("intermediateSize", intermediateSize);
        Checks.positive("maxPositionEmbeddings", maxPositionEmbeddings);
        Checks.notNegative("typeVocabSize", typeVocabSize);
        Checks.divisible("hiddenSize", hiddenSize, "numAttentionHeads", numAttentionHeads);
        Checks.probability("hiddenDropoutProb", hiddenDropoutProb);
        Checks.probability("attentionProbsDropoutProb", attentionProbsDropoutProb);
        DisentangledAttention.check(posAttType);
        Activation.of(hiddenAct);
        posAttType = List.copyOf(posAttType);
    }

    /**
     * What only DeBERTa has.
     *
     * @param relativeAttention whether attention knows distances
     * @param posAttType which scores know distances: {@code c2p}, {@code p2c}, both or none
     * @param maxRelativePositions farthest distance told apart; below 1 for the longest sequence
     * @param positionBiasedInput whether places are added to the input
     */
    public record Options(
            boolean relativeAttention, List<String> posAttType, int maxRelativePositions, boolean positionBiasedInput) {
        /** @throws IllegalArgumentException for an unknown kind of score */
        public Options {
            DisentangledAttention.check(posAttType);
            posAttType = List.copyOf(posAttType);
        }

        /** As published: distances both ways, no places. */
        public static Options defaults() {
            return new Options(true, List.of("c2p", "p2c"), -1, false);
        }
    }

    /** In the manner of T4RecConfig, which has no DeBERTa: every argument honoured, the rest as published. */
    public static DebertaConfig build(BuildArguments arguments, Options options) {
        return new DebertaConfig(
                arguments.dModel(),
                arguments.dModel(),
                arguments.nLayer(),
                arguments.nHead(),
                arguments.inner(),
                arguments.hiddenAct(),
                arguments.dropout(),
                arguments.dropout(),
                arguments.positions(),
                0,
                arguments.initializerRange(),
                arguments.layerNormEps(),
                options.relativeAttention,
                options.maxRelativePositions,
                options.positionBiasedInput,
                options.posAttType);
    }

    /** From a Hugging Face {@code config.json}. */
    public static DebertaConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "deberta").encoderOnly();
        config.refuse("talking_head");
        int width = config.integer("hidden_size", 768);
        return new DebertaConfig(
                config.integer("embedding_size", width),
                width,
                config.integer("num_hidden_layers", 12),
                config.integer("num_attention_heads", 12),
                config.integer("intermediate_size", 3072),
                config.text("hidden_act", "gelu"),
                config.real("hidden_dropout_prob", 0.1),
                config.real("attention_probs_dropout_prob", 0.1),
                config.integer("max_position_embeddings", 512),
                config.integer("type_vocab_size", 0),
                config.real("initializer_range", 0.02),
                config.real("layer_norm_eps", 1e-7),
                config.flag("relative_attention", false),
                config.integer("max_relative_positions", -1),
                config.flag("position_biased_input", true),
                config.texts("pos_att_type"));
    }

    @Override
    public String modelType() {
        return "deberta";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    private boolean scores(String kind) {
        return relativeAttention && posAttType.contains(kind);
    }

    /** Distances up to this one are told apart. */
    private int farthest() {
        return maxRelativePositions < 1 ? maxPositionEmbeddings : maxRelativePositions;
    }

    /** Row of the table of relative positions, whose middle is distance 0; beyond the span that of its end. */
    private int row(int distance, int span) {
        return farthest() + Math.max(-span, Math.min(span - 1, distance));
    }

    private static final class Layer extends Module {
        private final DebertaConfig config;
        private final Activation activation;
        private final Linear projections;
        private final Parameter queryBias;
        private final Parameter valueBias;
        private final @Nullable Linear positionKey;
        private final @Nullable Linear positionQuery;
        private final ResidualNorm afterAttention;
        private final Linear expand;
        private final ResidualNorm afterFeedForward;

        Layer(DebertaConfig config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize;
            int inner = config.intermediateSize;
            double deviation = config.initializerRange;
            double epsilon = config.layerNormEps;
            double dropout = config.hiddenDropoutProb;
            activation = Activation.of(config.hiddenAct);
            projections =
                    child("attention.self.in_proj", Linear.normalWithoutBias(width, 3L * width, deviation, generator));
            queryBias = parameter("attention.self.q_bias", Tensors.zeros(width));
            valueBias = parameter("attention.self.v_bias", Tensors.zeros(width));
            positionKey = config.scores(DisentangledAttention.CONTENT_TO_POSITION)
                    ? child("attention.self.pos_proj", Linear.normalWithoutBias(width, width, deviation, generator))
                    : null;
            positionQuery = config.scores(DisentangledAttention.POSITION_TO_CONTENT)
                    ? child("attention.self.pos_q_proj", Linear.normal(width, width, deviation, generator))
                    : null;
            afterAttention =
                    child("attention.output", new ResidualNorm(width, width, deviation, epsilon, dropout, generator));
            expand = child("intermediate.dense", Linear.normal(width, inner, deviation, generator));
            afterFeedForward = child("output", new ResidualNorm(inner, width, deviation, epsilon, dropout, generator));
        }

        Tensor forward(
                Tensor x, DisentangledAttention.@Nullable Positions positions, @Nullable Tensor hidden, Pass pass) {
            x = afterAttention.forward(attention(x, positions, hidden, pass), x, pass); // (B, L, D)
            Tensor inner = activation.apply(expand.forward(x)); // (B, L, intermediateSize)
            return afterFeedForward.forward(inner, x, pass); // (B, L, D)
        }

        private Tensor attention(
                Tensor x, DisentangledAttention.@Nullable Positions positions, @Nullable Tensor hidden, Pass pass) {
            int heads = config.numAttentionHeads;
            long width = config.hiddenSize / heads;
            Tensor all = Attention.split(projections.forward(x), heads); // (B, H, L, 3 d)
            Tensor positionKeys = null;
            Tensor positionQueries = null;
            if (positions != null) {
                Tensor table = positions.draw(config.hiddenDropoutProb, pass); // (rows, D)
                positionKeys = positionKey == null ? null : positions.keys(positionKey.forward(table), heads);
                positionQueries = positionQuery == null ? null : positions.queries(positionQuery.forward(table), heads);
            }
            Tensor context = DisentangledAttention.attend(
                    all.narrow(3, 0, width).add(byHead(queryBias)),
                    all.narrow(3, width, width),
                    all.narrow(3, 2 * width, width).add(byHead(valueBias)),
                    positionKeys,
                    positionQueries,
                    1 + config.posAttType.size(),
                    hidden,
                    config.attentionProbsDropoutProb,
                    pass); // (B, H, L, d)
            return Attention.join(context); // (B, L, D)
        }

        private Tensor byHead(Parameter bias) {
            return bias.value().unflatten(0, config.numAttentionHeads, 1, -1); // (H, 1, d)
        }
    }

    private static final class Body extends TransformerBody {
        private final DebertaConfig config;
        private final DebertaEmbeddings embeddings;
        private final @Nullable Embedding relativePositions;
        private final List<Layer> layers = new ArrayList<>();

        Body(DebertaConfig config, Generator generator) {
            this.config = config;
            embeddings = child(
                    "embeddings",
                    new DebertaEmbeddings(
                            new DebertaEmbeddings.Sizes(
                                    config.embeddingSize,
                                    config.hiddenSize,
                                    config.positionBiasedInput ? config.maxPositionEmbeddings : 0,
                                    config.typeVocabSize),
                            config.initializerRange,
                            config.layerNormEps,
                            config.hiddenDropoutProb,
                            generator));
            for (int i = 0; i < config.numHiddenLayers; i++) {
                layers.add(child("encoder.layer." + i, new Layer(config, generator)));
            }
            relativePositions = config.relativeAttention
                    ? child(
                            "encoder.rel_embeddings",
                            Embedding.plain(
                                    2L * config.farthest(), config.hiddenSize, config.initializerRange, generator))
                    : null;
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
            return weight.equals("embeddings.word_embeddings.weight")
                    || weight.startsWith("pooler.")
                    || !config.positionBiasedInput && weight.equals("embeddings.position_embeddings.weight");
        }

        @Override
        protected Tensor compute(BodyInput input, Pass pass) {
            Tensor hidden = DisentangledAttention.hidden(input.paddingMask());
            DisentangledAttention.Positions positions = positions(input.embeddings(), pass);
            Tensor x = embeddings.forward(input.embeddings(), input.paddingMask(), pass); // (B, L, D)
            for (Layer layer : layers) {
                x = pass.block(x, in -> layer.forward(in, positions, hidden, pass));
            }
            return x;
        }

        private DisentangledAttention.@Nullable Positions positions(Tensor input, Pass pass) {
            if (relativePositions == null) {
                return null;
            }
            int span = Math.min((int) input.size(1), config.farthest());
            DisentangledAttention.Distances distances =
                    DisentangledAttention.Distances.of(input, distance -> config.row(distance, span));
            return new DisentangledAttention.Positions(pass.shared(distances.of(relativePositions)), distances);
        }
    }
}
