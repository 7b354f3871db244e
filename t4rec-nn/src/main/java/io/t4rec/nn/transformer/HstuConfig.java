package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Initializers;
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
 * HSTU (Zhai et al. 2024): attention without softmax, {@code SiLU(Q Kᵀ + bias) V} divided by the longest length, so that how much
 * was seen counts too; normalised, gated by U, mapped back. The bias is learned by how many places and by how much time two
 * positions lie apart, one table of each a block, shared by its heads. Weight names are those of RecTools.
 *
 * <p>Time is counted between the events of two positions, both known when the later one asks for a next item. The authors' code
 * counts to the event that follows instead, which is only known where the time of the prediction is given.
 *
 * @param hiddenSize width D
 * @param numHiddenLayers blocks, at least 1
 * @param numAttentionHeads heads H; divides D and the inner width
 * @param maxPositions longest sequence
 * @param innerSize width of U and V over all heads; usual is D
 * @param dropout on the input and on the gated states
 * @param layerNormEps added to variances
 * @param initializerRange deviation of fresh weights
 * @param options what other bodies don't have
 */
public record HstuConfig(
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int maxPositions,
        int innerSize,
        double dropout,
        double layerNormEps,
        double initializerRange,
        Options options)
        implements TransformerConfig {
    /** Logarithmic width of a time bucket: the authors'. Bucket n begins at {@code e^(0.301 n)} seconds. */
    private static final double BUCKET_WIDTH = 0.301;

    /**
     * Choices beyond the sizes.
     *
     * @param positions {@code first} or {@code last}, as {@link SasRecConfig.Options}
     * @param scaleEmbedding whether item vectors are multiplied by the square root of D, as the authors' are
     * @param timeBuckets how many buckets of rising width times fall into, those beyond into the last; 0 to ignore times. The
     *     authors' 128 reach beyond any clock, 64 to seven years
     * @param attentionDropout dropout on what attention gives; the authors' is 0
     * @param finalNorm whether a layer norm follows the last block, which bounds the scores; the authors compare by cosine instead
     */
    public record Options(
            String positions, boolean scaleEmbedding, int timeBuckets, double attentionDropout, boolean finalNorm) {
        /** @throws IllegalArgumentException for an unknown name or a number out of range */
        public Options {
            LearnedPositions.check(positions);
            Checks.notNegative("timeBuckets", timeBuckets);
            Checks.probability("attentionDropout", attentionDropout);
        }

        /** Positions as SASRec's, not scaled, times in 64 buckets, a last layer norm as SASRec has. */
        public static Options defaults() {
            return new Options(LearnedPositions.FIRST, false, 64, 0, true);
        }
    }

    /** @throws IllegalArgumentException for a size below 1 or heads that don't divide the widths */
    public HstuConfig {
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.positive("numAttentionHeads", numAttentionHeads);
        Checks.positive("maxPositions", maxPositions);
        Checks.positive("innerSize", innerSize);
        Checks.divisible("hiddenSize", hiddenSize, "numAttentionHeads", numAttentionHeads);
        Checks.divisible("innerSize", innerSize, "numAttentionHeads", numAttentionHeads);
        Checks.probability("dropout", dropout);
    }

    /** With the common arguments; without inner width, D. The activation isn't one: HSTU has SiLU. */
    public static HstuConfig build(BuildArguments arguments, Options options) {
        return new HstuConfig(
                arguments.dModel(),
                arguments.nLayer(),
                arguments.nHead(),
                arguments.totalSeqLength(),
                arguments.inner(1),
                arguments.dropout(),
                arguments.layerNormEps(),
                arguments.initializerRange(),
                options);
    }

    @Override
    public String modelType() {
        return "hstu";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    /**
     * What all blocks look up their biases by.
     *
     * @param distances {@code [L * L]} INT64, places from key to query; 0 where the key is later
     * @param buckets {@code [B * L * L]} INT64, or null without times
     * @param hidden BOOL broadcastable to {@code [B, H, L, L]}, or null
     */
    private record Relations(
            Tensor distances,
            @Nullable Tensor buckets,
            @Nullable Tensor hidden) {}

    private static final class RelativeBias extends Module {
        private final Parameter byPlace;
        private final @Nullable Parameter byTime;

        RelativeBias(HstuConfig config, Generator generator) {
            double deviation = config.initializerRange;
            byPlace = parameter("pos_weights", Initializers.normal(deviation, generator, config.maxPositions));
            byTime = config.options.timeBuckets == 0
                    ? null
                    : parameter("time_weights", Initializers.normal(deviation, generator, config.options.timeBuckets));
        }

        /** {@code [B, 1, L, L]}, with 1 in place of B where times are not known. */
        Tensor forward(Relations relations, long length) {
            Tensor bias = byPlace.value().indexSelect(0, relations.distances).reshape(1, 1, length, length);
            return byTime == null || relations.buckets == null
                    ? bias
                    : byTime.value()
                            .indexSelect(0, relations.buckets)
                            .reshape(-1, 1, length, length)
                            .add(bias);
        }
    }

    private static final class Block extends Module {
        private final HstuConfig config;
        private final LayerNorm before;
        private final Linear input;
        private final RelativeBias bias;
        private final LayerNorm after;
        private final Linear output;

        Block(HstuConfig config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize;
            before = child("norm_input", new LayerNorm(width, config.layerNormEps));
            input = child(
                    "uvqk_proj",
                    Linear.normalWithoutBias(
                            width, 2L * config.innerSize + 2L * width, config.initializerRange, generator));
            bias = child("rel_attn", new RelativeBias(config, generator));
            after = child("norm_attn_output", new LayerNorm(config.innerSize, config.layerNormEps));
            output = child("output_mlp", Linear.normal(config.innerSize, width, config.initializerRange, generator));
        }

        Tensor forward(Tensor x, Relations relations, Pass pass) {
            Tensor all = input.forward(before.forward(x)).silu(); // (B, L, 2 innerSize + 2 D)
            Tensor gate = all.narrow(-1, 0, config.innerSize);
            Tensor attended = attend(all, relations); // (B, L, innerSize)
            Tensor gated = after.forward(pass.dropout(attended, config.options.attentionDropout))
                    .mul(gate);
            return x.add(output.forward(pass.dropout(gated, config.dropout)));
        }

        private Tensor attend(Tensor all, Relations relations) {
            int heads = config.numAttentionHeads;
            long queries = 2L * config.innerSize;
            Tensor value = Attention.split(all.narrow(-1, config.innerSize, config.innerSize), heads);
            Tensor query = Attention.split(all.narrow(-1, queries, config.hiddenSize), heads); // (B, H, L, d)
            Tensor key = Attention.split(all.narrow(-1, queries + config.hiddenSize, config.hiddenSize), heads);
            Tensor scores = query.matmul(key.transpose(-2, -1)); // (B, H, L, L)
            Tensor weights =
                    scores.add(bias.forward(relations, scores.size(-1))).silu();
            if (relations.hidden != null) {
                weights = weights.maskedFill(relations.hidden, 0);
            }
            return Attention.join(weights.matmul(value)).div(config.maxPositions);
        }
    }

    private static final class Body extends TransformerBody {
        private final HstuConfig config;
        private final LearnedPositions positions;
        private final List<Block> blocks = new ArrayList<>();
        private final @Nullable LayerNorm last;

        Body(HstuConfig config, Generator generator) {
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
                blocks.add(child("stu_blocks." + i, new Block(config, generator)));
            }
            last = options.finalNorm
                    ? child("last_layernorm", new LayerNorm(config.hiddenSize, config.layerNormEps))
                    : null;
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
            Tensor x = pass.dropout(positions.add(input.embeddings(), input.paddingMask(), pass), config.dropout);
            Relations relations = relations(input, x.size(1));
            for (Block block : blocks) {
                x = pass.block(x, in -> block.forward(in, relations, pass));
            }
            return last == null ? x : last.forward(x); // (B, L, D)
        }

        private Relations relations(BodyInput input, long length) {
            Tensor places = Tensors.range(0, length); // (L)
            Tensor distances =
                    places.unsqueeze(1).sub(places).clamp(0, length - 1).flatten(0, 1);
            Tensor hidden = Attention.hidden(input.embeddings(), input.paddingMask(), true);
            Tensor times = config.options.timeBuckets == 0 ? null : input.times();
            Tensor buckets = times == null ? null : buckets(times);
            return new Relations(distances.to(input.embeddings().device()), buckets, hidden);
        }

        private Tensor buckets(Tensor times) {
            Tensor apart = times.unsqueeze(2).sub(times.unsqueeze(1)).abs(); // (B, L, L)
            return apart.clamp(1, Double.MAX_VALUE)
                    .log()
                    .div(BUCKET_WIDTH)
                    .clamp(0, config.options.timeBuckets - 1)
                    .to(DataType.INT64)
                    .flatten(0, 2);
        }
    }
}
