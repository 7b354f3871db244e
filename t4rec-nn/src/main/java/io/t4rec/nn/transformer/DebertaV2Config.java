package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Activation;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.nn.layer.Initializers;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * DeBERTa's second version (He et al. 2021; also 2023, "V3"), as Hugging Face's {@code DebertaV2Model}: {@link DebertaConfig} with
 * far distances that share a vector, projections that positions share with items, and a convolution beside the first layer.
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
 * @param positionBuckets rows of each half of the table of relative positions: distances up to half of it have one each, farther
 *     ones share by their logarithm up to {@code maxRelativePositions}; below 1 for one row a distance. Not 1
 * @param positionBiasedInput whether places are added to the input
 * @param posAttType which scores know distances: {@code c2p}, {@code p2c}, both or none
 * @param shareAttKey whether positions are projected by the weights for items
 * @param normRelEbd {@code layer_norm} to normalise the table of relative positions, or {@code none}
 * @param convKernelSize positions under the convolution, odd; 0 for no convolution
 * @param convGroups groups of the convolution; divides D
 * @param convAct name of the {@link Activation} of the convolution
 */
public record DebertaV2Config(
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
        int positionBuckets,
        boolean positionBiasedInput,
        List<String> posAttType,
        boolean shareAttKey,
        String normRelEbd,
        int convKernelSize,
        int convGroups,
        String convAct)
        implements TransformerConfig {
    private static final String NORMALISED = "layer_norm";

    /** @throws IllegalArgumentException for a size out of range, sizes that don't divide the width, or an unknown name */
    public DebertaV2Config {
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
        Options options = new Options(
                relativeAttention,
                maxRelativePositions,
                positionBuckets,
                positionBiasedInput,
                posAttType,
                shareAttKey,
                normRelEbd,
                convKernelSize,
                convGroups,
                convAct);
        Checks.divisible("hiddenSize", hiddenSize, "convGroups", convGroups);
        Activation.of(hiddenAct);
        posAttType = options.posAttType;
    }

    /**
     * What only this version of DeBERTa has.
     *
     * @param relativeAttention whether attention knows distances
     * @param maxRelativePositions farthest distance told apart; below 1 for the longest sequence
     * @param positionBuckets rows of each half of the table of relative positions; below 1 for one row a distance
     * @param positionBiasedInput whether places are added to the input
     * @param posAttType which scores know distances: {@code c2p}, {@code p2c}, both or none
     * @param shareAttKey whether positions are projected by the weights for items
     * @param normRelEbd {@code layer_norm} or {@code none}
     * @param convKernelSize positions under the convolution beside the first layer, odd; 0 for none
     * @param convGroups its groups
     * @param convAct its activation
     */
    public record Options(
            boolean relativeAttention,
            int maxRelativePositions,
            int positionBuckets,
            boolean positionBiasedInput,
            List<String> posAttType,
            boolean shareAttKey,
            String normRelEbd,
            int convKernelSize,
            int convGroups,
            String convAct) {
        /** @throws IllegalArgumentException for a size out of range or an unknown name */
        public Options {
            if (positionBuckets == 1) {
                throw new IllegalArgumentException("positionBuckets: 1 (expected: >= 2, or below 1 for none)");
            }
            DisentangledAttention.check(posAttType);
            Checks.oneOf("normRelEbd", normRelEbd, NORMALISED, "none");
            if (convKernelSize != 0) {
                Checks.odd("convKernelSize", convKernelSize);
            }
            Checks.positive("convGroups", convGroups);
            Activation.of(convAct);
            posAttType = List.copyOf(posAttType);
        }

        /** As version 3 is published, with one row a distance: sessions are shorter than the distances that share one there. */
        public static Options defaults() {
            return new Options(true, -1, -1, false, List.of("p2c", "c2p"), true, NORMALISED, 0, 1, "gelu");
        }
    }

    /** In the manner of T4RecConfig, which has no DeBERTa: every argument honoured. */
    public static DebertaV2Config build(BuildArguments arguments, Options options) {
        return new DebertaV2Config(
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
                options.positionBuckets,
                options.positionBiasedInput,
                options.posAttType,
                options.shareAttKey,
                options.normRelEbd,
                options.convKernelSize,
                options.convGroups,
                options.convAct);
    }

    /** From a Hugging Face {@code config.json}. */
    public static DebertaV2Config fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "deberta-v2").encoderOnly();
        int width = config.integer("hidden_size", 1536);
        int heads = config.integer("num_attention_heads", 24);
        int headWidth = config.integer("attention_head_size", width / heads);
        if (headWidth * heads != width) {
            throw new IllegalArgumentException("attention_head_size: " + headWidth + " (expected: " + width / heads
                    + ", the width divided by the heads)");
        }
        return new DebertaV2Config(
                config.integer("embedding_size", width),
                width,
                config.integer("num_hidden_layers", 24),
                heads,
                config.integer("intermediate_size", 6144),
                config.text("hidden_act", "gelu"),
                config.real("hidden_dropout_prob", 0.1),
                config.real("attention_probs_dropout_prob", 0.1),
                config.integer("max_position_embeddings", 512),
                config.integer("type_vocab_size", 0),
                config.real("initializer_range", 0.02),
                config.real("layer_norm_eps", 1e-7),
                config.flag("relative_attention", false),
                config.integer("max_relative_positions", -1),
                config.integer("position_buckets", -1),
                config.flag("position_biased_input", true),
                config.texts("pos_att_type"),
                config.flag("share_att_key", false),
                config.texts("norm_rel_ebd").contains(NORMALISED) ? NORMALISED : "none",
                config.integer("conv_kernel_size", 0),
                config.integer("conv_groups", 1),
                config.text("conv_act", "tanh"));
    }

    @Override
    public String modelType() {
        return "deberta-v2";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    private boolean scores(String kind) {
        return relativeAttention && posAttType.contains(kind);
    }

    /** The farthest distance told apart, without buckets. */
    private int farthest() {
        return maxRelativePositions < 1 ? maxPositionEmbeddings : maxRelativePositions;
    }

    /** Half of the rows of the table of relative positions. */
    private int span() {
        return positionBuckets > 0 ? positionBuckets : farthest();
    }

    /** Row of the table of relative positions, whose middle is distance 0; beyond its ends the ends. */
    private int row(int distance) {
        int bucket = positionBuckets > 0 ? bucket(distance) : distance;
        return span() + Math.max(-span(), Math.min(span() - 1, bucket));
    }

    /** In single precision, since rounding up decides between neighbours. */
    private int bucket(int distance) {
        int half = positionBuckets / 2;
        int size = Math.abs(distance);
        if (size <= half) {
            return distance;
        }
        float share = (float) Math.log((float) size / half) / (float) Math.log((float) ((farthest() - 1.0) / half));
        return Integer.signum(distance) * ((int) Math.ceil(share * (half - 1)) + half);
    }

    private static final class Layer extends Module {
        private final DebertaV2Config config;
        private final Activation activation;
        private final Linear query;
        private final Linear key;
        private final Linear value;
        private final @Nullable Linear positionKey;
        private final @Nullable Linear positionQuery;
        private final ResidualNorm afterAttention;
        private final Linear expand;
        private final ResidualNorm afterFeedForward;

        Layer(DebertaV2Config config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize;
            int inner = config.intermediateSize;
            double deviation = config.initializerRange;
            double epsilon = config.layerNormEps;
            double dropout = config.hiddenDropoutProb;
            activation = Activation.of(config.hiddenAct);
            query = projection("query_proj", generator);
            key = projection("key_proj", generator);
            value = projection("value_proj", generator);
            boolean own = !config.shareAttKey;
            boolean keys = config.scores(DisentangledAttention.CONTENT_TO_POSITION);
            boolean queries = config.scores(DisentangledAttention.POSITION_TO_CONTENT);
            Linear ownKey = keys && own ? projection("pos_key_proj", generator) : key;
            Linear ownQuery = queries && own ? projection("pos_query_proj", generator) : query;
            positionKey = keys ? ownKey : null;
            positionQuery = queries ? ownQuery : null;
            afterAttention =
                    child("attention.output", new ResidualNorm(width, width, deviation, epsilon, dropout, generator));
            expand = child("intermediate.dense", Linear.normal(width, inner, deviation, generator));
            afterFeedForward = child("output", new ResidualNorm(inner, width, deviation, epsilon, dropout, generator));
        }

        private Linear projection(String name, Generator generator) {
            long width = config.hiddenSize;
            return child("attention.self." + name, Linear.normal(width, width, config.initializerRange, generator));
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
            Tensor positionKeys = null;
            Tensor positionQueries = null;
            if (positions != null) {
                Tensor table = positions.draw(config.hiddenDropoutProb, pass); // (rows, D)
                positionKeys = positionKey == null ? null : positions.keys(positionKey.forward(table), heads);
                positionQueries = positionQuery == null ? null : positions.queries(positionQuery.forward(table), heads);
            }
            Tensor context = DisentangledAttention.attend(
                    Attention.split(query.forward(x), heads),
                    Attention.split(key.forward(x), heads),
                    Attention.split(value.forward(x), heads),
                    positionKeys,
                    positionQueries,
                    1 + config.posAttType.size(),
                    hidden,
                    config.attentionProbsDropoutProb,
                    pass); // (B, H, L, d)
            return Attention.join(context); // (B, L, D)
        }
    }

    /** Neighbours of the first layer's input, added to its output. */
    private static final class Convolution extends Module {
        private final DebertaV2Config config;
        private final Activation activation;
        private final Parameter weight;
        private final Parameter bias;
        private final LayerNorm norm;

        Convolution(DebertaV2Config config, Generator generator) {
            this.config = config;
            long width = config.hiddenSize;
            activation = Activation.of(config.convAct);
            weight = parameter(
                    "conv.weight",
                    Initializers.normal(
                            config.initializerRange,
                            generator,
                            width,
                            width / config.convGroups,
                            config.convKernelSize));
            bias = parameter("conv.bias", Tensors.zeros(width));
            norm = child("LayerNorm", new LayerNorm(width, config.layerNormEps));
        }

        /**
         * Adds to the output of the layer that took {@code x}.
         *
         * @param x {@code [B, L, D]}, zero at padding
         * @param real {@code [B, L, 1]}, 1 at real positions, 0 at padding; null when all are real
         */
        Tensor forward(Tensor x, Tensor output, @Nullable Tensor real, Pass pass) {
            Tensor neighbours = x.transpose(1, 2)
                    .convolve(weight.value(), bias.value(), config.convKernelSize / 2, config.convGroups)
                    .transpose(1, 2); // (B, L, D)
            if (real != null) {
                neighbours = neighbours.mul(real);
            }
            Tensor added = activation.apply(pass.dropout(neighbours, config.hiddenDropoutProb));
            Tensor sum = norm.forward(output.add(added));
            return real == null ? sum : sum.mul(real);
        }
    }

    private static final class Body extends TransformerBody {
        private final DebertaV2Config config;
        private final DebertaEmbeddings embeddings;
        private final @Nullable Embedding relativePositions;
        private final @Nullable LayerNorm relativeNorm;
        private final @Nullable Convolution convolution;
        private final List<Layer> layers = new ArrayList<>();

        Body(DebertaV2Config config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize;
            double deviation = config.initializerRange;
            double epsilon = config.layerNormEps;
            DebertaEmbeddings.Sizes sizes = new DebertaEmbeddings.Sizes(
                    config.embeddingSize,
                    width,
                    config.positionBiasedInput ? config.maxPositionEmbeddings : 0,
                    config.typeVocabSize);
            embeddings = child(
                    "embeddings",
                    new DebertaEmbeddings(sizes, deviation, epsilon, config.hiddenDropoutProb, generator));
            for (int i = 0; i < config.numHiddenLayers; i++) {
                layers.add(child("encoder.layer." + i, new Layer(config, generator)));
            }
            relativePositions = config.relativeAttention
                    ? child("encoder.rel_embeddings", Embedding.plain(2L * config.span(), width, deviation, generator))
                    : null;
            relativeNorm = config.normRelEbd.equals(NORMALISED)
                    ? child("encoder.LayerNorm", new LayerNorm(width, epsilon))
                    : null;
            convolution = config.convKernelSize > 0 ? child("encoder.conv", new Convolution(config, generator)) : null;
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
            Tensor mask = input.paddingMask();
            Tensor hidden = DisentangledAttention.hidden(mask);
            DisentangledAttention.Positions positions = positions(input.embeddings(), pass);
            Tensor x = embeddings.forward(input.embeddings(), mask, pass); // (B, L, D)
            Tensor real = mask == null ? null : mask.unsqueeze(2).to(x.dataType()); // (B, L, 1)
            for (Layer layer : layers) {
                Convolution beside = layer == layers.get(0) ? convolution : null;
                x = pass.block(x, in -> {
                    Tensor out = layer.forward(in, positions, hidden, pass);
                    return beside == null ? out : beside.forward(in, out, real, pass);
                });
            }
            return x;
        }

        private DisentangledAttention.@Nullable Positions positions(Tensor input, Pass pass) {
            if (relativePositions == null) {
                return null;
            }
            DisentangledAttention.Distances distances = DisentangledAttention.Distances.of(input, config::row);
            Tensor rows = distances.of(relativePositions);
            return new DisentangledAttention.Positions(
                    pass.shared(relativeNorm == null ? rows : relativeNorm.forward(rows)), distances);
        }
    }
}
