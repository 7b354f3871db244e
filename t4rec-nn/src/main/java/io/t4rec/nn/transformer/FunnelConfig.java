package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Activation;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Funnel Transformer (Dai et al. 2020), as Hugging Face's {@code FunnelModel} on one token type: blocks of layers, each on half as
 * many positions as the one before, and a decoder that brings them back, so that every position has a state. Relative positions,
 * so no longest sequence. Bidirectional.
 *
 * <p>Each row of a batch is pooled by itself: neither the values nor the number of its padded positions change its states. Where a
 * sequence is too short to lose a position, pooling leaves it as it is.
 *
 * @param blockSizes layers of each block
 * @param blockRepeats how often each layer of a block is applied in a row
 * @param numDecoderLayers layers on all positions after the blocks, at least 0
 * @param dModel width D, even
 * @param nHead heads H
 * @param dHead width d of a head
 * @param dInner width of the feed-forward part
 * @param hiddenAct name of an {@link Activation}
 * @param hiddenDropout dropout on embeddings, positions and on what a layer adds
 * @param attentionDropout dropout on attention weights
 * @param activationDropout dropout within the feed-forward part
 * @param initializerRange end of the uniform distribution from 0 that fresh weights of positions are drawn from
 * @param initializerStd deviation of the other fresh weights; null for one that fits their shape
 * @param layerNormEps added to variances
 * @param poolingType {@code mean} or {@code max} of two neighbours
 * @param attentionType {@code relative_shift}, or {@code factorized}: the same scores in other products, for long sequences on
 *     hardware that moves data slowly
 * @param separateCls whether the first position stands for the sequence: it is pooled alone and has no place
 * @param truncateSeq whether the last position is left out of pooling where the first is pooled alone
 * @param poolQOnly whether the first layer of a block still sees the positions of the block before
 * @param poolsPadding whether pooling takes padding for items and ends where the longest row does, as Hugging Face's does: the
 *     states of a row's last positions then depend on what stands behind it. Only for comparison with it
 */
public record FunnelConfig(
        List<Integer> blockSizes,
        List<Integer> blockRepeats,
        int numDecoderLayers,
        int dModel,
        int nHead,
        int dHead,
        int dInner,
        String hiddenAct,
        double hiddenDropout,
        double attentionDropout,
        double activationDropout,
        double initializerRange,
        @Nullable Double initializerStd,
        double layerNormEps,
        String poolingType,
        String attentionType,
        boolean separateCls,
        boolean truncateSeq,
        boolean poolQOnly,
        boolean poolsPadding)
        implements TransformerConfig {
    static final String FACTORIZED = "factorized";

    /** What is taken from the score of a key that may not be seen: the original's. */
    private static final double UNSEEN = 1e6;

    /** @throws IllegalArgumentException for a size out of range, an odd width, or an unknown name */
    public FunnelConfig {
        if (blockSizes.isEmpty() || blockRepeats.size() != blockSizes.size()) {
            throw new IllegalArgumentException("blockSizes: " + blockSizes + ", blockRepeats: " + blockRepeats
                    + " (expected: at least one block, and as many of the one as of the other)");
        }
        blockSizes.forEach(size -> Checks.positive("blockSizes", size));
        blockRepeats.forEach(repeats -> Checks.positive("blockRepeats", repeats));
        Checks.positive("dModel", dModel);
        if (dModel % 2 != 0) {
            throw new IllegalArgumentException("dModel: " + dModel + " (expected: even, for sines and cosines)");
        }
        Checks.positive("nHead", nHead);
        Checks.positive("dHead", dHead);
        Checks.positive("dInner", dInner);
        Checks.probability("hiddenDropout", hiddenDropout);
        Checks.probability("attentionDropout", attentionDropout);
        Checks.probability("activationDropout", activationDropout);
        new Options(
                blockSizes.size(), numDecoderLayers, poolingType, attentionType, separateCls, truncateSeq, poolQOnly);
        Activation.of(hiddenAct);
        blockSizes = List.copyOf(blockSizes);
        blockRepeats = List.copyOf(blockRepeats);
    }

    /**
     * What only Funnel has.
     *
     * @param blocks over which the layers are spread, the earlier ones taking what is left over; no more than there are layers
     * @param decoderLayers layers on all positions after the blocks
     * @param poolingType {@code mean} or {@code max}
     * @param attentionType {@code relative_shift} or {@code factorized}
     * @param separateCls whether the first position stands for the sequence
     * @param truncateSeq whether the last position is left out of pooling where the first is pooled alone
     * @param poolQOnly whether the first layer of a block still sees the positions of the block before
     */
    public record Options(
            int blocks,
            int decoderLayers,
            String poolingType,
            String attentionType,
            boolean separateCls,
            boolean truncateSeq,
            boolean poolQOnly) {
        /** @throws IllegalArgumentException for a size out of range or an unknown name */
        public Options {
            Checks.positive("blocks", blocks);
            Checks.notNegative("decoderLayers", decoderLayers);
            Checks.oneOf("poolingType", poolingType, "mean", "max");
            Checks.oneOf("attentionType", attentionType, "relative_shift", FACTORIZED);
        }

        /** The original's three blocks and two decoder layers; no first position apart, since sessions begin with an item. */
        public static Options defaults() {
            return new Options(3, 2, "mean", "relative_shift", false, false, true);
        }
    }

    /** As {@link #build(BuildArguments, Options)} with the default options. */
    public static FunnelConfig build(BuildArguments arguments) {
        return build(arguments, Options.defaults());
    }

    /** In the manner of T4RecConfig, which has no Funnel: every argument honoured but the longest sequence, which it has not. */
    public static FunnelConfig build(BuildArguments arguments, Options options) {
        int layers = arguments.nLayer();
        int blocks = Math.min(options.blocks, layers);
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < blocks; i++) {
            sizes.add(layers / blocks + (i < layers % blocks ? 1 : 0));
        }
        return new FunnelConfig(
                sizes,
                Collections.nCopies(blocks, 1),
                options.decoderLayers,
                arguments.dModel(),
                arguments.nHead(),
                arguments.dModel() / arguments.nHead(),
                arguments.inner(),
                arguments.hiddenAct(),
                arguments.dropout(),
                arguments.dropout(),
                0,
                arguments.initializerRange(),
                arguments.initializerRange(),
                arguments.layerNormEps(),
                options.poolingType,
                options.attentionType,
                options.separateCls,
                options.truncateSeq,
                options.poolQOnly,
                false);
    }

    /** From a Hugging Face {@code config.json}. */
    public static FunnelConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "funnel").encoderOnly();
        List<Integer> sizes = config.integers("block_sizes", List.of(4, 4, 4));
        return new FunnelConfig(
                sizes,
                config.integers("block_repeats", Collections.nCopies(sizes.size(), 1)),
                config.integer("num_decoder_layers", 2),
                config.integer("d_model", 768),
                config.integer("n_head", 12),
                config.integer("d_head", 64),
                config.integer("d_inner", 3072),
                config.text("hidden_act", "gelu_new"),
                config.real("hidden_dropout", 0.1),
                config.real("attention_dropout", 0.1),
                config.real("activation_dropout", 0),
                config.real("initializer_range", 0.1),
                json.hasNonNull("initializer_std") ? json.get("initializer_std").asDouble() : null,
                config.real("layer_norm_eps", 1e-9),
                config.text("pooling_type", "mean"),
                config.text("attention_type", "relative_shift"),
                config.flag("separate_cls", true),
                config.flag("truncate_seq", true),
                config.flag("pool_q_only", true),
                false);
    }

    /** The same, whose pooling takes padding for items as Hugging Face's does: for comparison with it. */
    public FunnelConfig asHuggingFacePads() {
        return new FunnelConfig(
                blockSizes,
                blockRepeats,
                numDecoderLayers,
                dModel,
                nHead,
                dHead,
                dInner,
                hiddenAct,
                hiddenDropout,
                attentionDropout,
                activationDropout,
                initializerRange,
                initializerStd,
                layerNormEps,
                poolingType,
                attentionType,
                separateCls,
                truncateSeq,
                poolQOnly,
                true);
    }

    @Override
    public String modelType() {
        return "funnel";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    /** Positions of a sequence that take part in pooling. */
    long pooled(long length) {
        return separateCls && truncateSeq && length > 2 ? length - 1 : length;
    }

    /** Distance from one position to the next in a block. */
    static int stride(int block) {
        return 1 << block;
    }

    /**
     * What queries may see of keys.
     *
     * @param positions scores by distance
     * @param places {@code [n, m]}, 0 for pairs with the position that stands for the sequence, 1 for others; null when there is none
     * @param unseen {@code [B, 1, 1, m]}, taken from scores; null when all keys may be seen
     */
    private record Sight(
            FunnelPositions.Scores positions,
            @Nullable Tensor places,
            @Nullable Tensor unseen) {}

    private static final class RelativeAttention extends Module {
        private final FunnelConfig config;
        private final Linear query;
        private final Linear key;
        private final Linear value;
        private final Parameter contentBias;
        private final Parameter positionBias;
        private final Parameter positionKernel;
        private final Parameter typeBias;
        private final Parameter types;
        private final Linear output;
        private final LayerNorm norm;

        RelativeAttention(FunnelConfig config, Generator generator) {
            this.config = config;
            int width = config.dModel;
            int heads = config.nHead * config.dHead;
            query = child("q_head", Linear.normalWithoutBias(width, heads, deviation(width, heads), generator));
            key = child("k_head", Linear.normal(width, heads, deviation(width, heads), generator));
            value = child("v_head", Linear.normal(width, heads, deviation(width, heads), generator));
            contentBias = parameter("r_w_bias", uniform(generator, config.nHead, config.dHead));
            positionBias = parameter("r_r_bias", uniform(generator, config.nHead, config.dHead));
            positionKernel = parameter("r_kernel", uniform(generator, width, config.nHead, config.dHead));
            typeBias = parameter("r_s_bias", uniform(generator, config.nHead, config.dHead));
            types = parameter("seg_embed", uniform(generator, 2, config.nHead, config.dHead));
            output = child("post_proj", Linear.normal(heads, width, deviation(heads, width), generator));
            norm = child("layer_norm", new LayerNorm(width, config.layerNormEps));
        }

        private double deviation(int in, int out) {
            return config.initializerStd == null ? Math.sqrt(1.0 / (in + out)) : config.initializerStd;
        }

        private Tensor uniform(Generator generator, long... shape) {
            return Tensors.zeros(shape).uniformInPlace(0, config.initializerRange, generator);
        }

        /**
         * Attends.
         *
         * @param x {@code [B, n, D]}, the queries
         * @param seen {@code [B, m, D]}, the keys and values
         */
        Tensor forward(Tensor x, Tensor seen, Sight sight, Pass pass) {
            Tensor q = Attention.split(query.forward(x), config.nHead).mul(1 / Math.sqrt(config.dHead)); // (B, H, n, d)
            Tensor k = Attention.split(key.forward(seen), config.nHead); // (B, H, m, d)
            Tensor v = Attention.split(value.forward(seen), config.nHead);
            Tensor byPlace = sight.positions.of(biased(q, positionBias), positionKernel.value()); // (B, H, n, m)
            if (sight.places != null || config.poolsPadding) {
                // all items are of one type: a summand of all keys, which counts where pairs are left out, or where all
                // keys are
                // hidden, whose scores the original rounds to sixteenths
                Tensor type = types.value().select(0, 1).unsqueeze(1); // (H, 1, d)
                byPlace = byPlace.add(RelativeScores.products(biased(q, typeBias), type)); // + (B, H, n, 1)
            }
            if (sight.places != null) {
                byPlace = byPlace.mul(sight.places);
            }
            Tensor scores = biased(q, contentBias).matmul(k.transpose(2, 3)).add(byPlace); // (B, H, n, m)
            if (sight.unseen != null) {
                scores = scores.sub(sight.unseen);
            }
            Tensor weights = pass.dropout(scores.softmax(-1), config.attentionDropout);
            Tensor attended = output.forward(Attention.join(weights.matmul(v))); // (B, n, D)
            return norm.forward(x.add(pass.dropout(attended, config.hiddenDropout)));
        }

        private Tensor biased(Tensor q, Parameter bias) {
            return q.add(bias.value().mul(1 / Math.sqrt(config.dHead)).unsqueeze(1));
        }
    }

    private static final class Layer extends Module {
        private final FunnelConfig config;
        private final Activation activation;
        private final RelativeAttention attention;
        private final Linear expand;
        private final Linear shrink;
        private final LayerNorm norm;

        Layer(FunnelConfig config, Generator generator) {
            this.config = config;
            activation = Activation.of(config.hiddenAct);
            attention = child("attention", new RelativeAttention(config, generator));
            double deviation = attention.deviation(config.dModel, config.dInner);
            expand = child("ffn.linear_1", Linear.normal(config.dModel, config.dInner, deviation, generator));
            shrink = child("ffn.linear_2", Linear.normal(config.dInner, config.dModel, deviation, generator));
            norm = child("ffn.layer_norm", new LayerNorm(config.dModel, config.layerNormEps));
        }

        Tensor forward(Tensor x, Tensor seen, Sight sight, Pass pass) {
            x = attention.forward(x, seen, sight, pass); // (B, n, D)
            Tensor inner = pass.dropout(activation.apply(expand.forward(x)), config.activationDropout);
            return norm.forward(x.add(pass.dropout(shrink.forward(inner), config.hiddenDropout)));
        }
    }

    private static final class Body extends TransformerBody {
        private final FunnelConfig config;
        private final FunnelPooling pooling;
        private final LayerNorm norm;
        private final List<List<Layer>> blocks = new ArrayList<>();
        private final List<Layer> decoder = new ArrayList<>();

        Body(FunnelConfig config, Generator generator) {
            this.config = config;
            pooling = new FunnelPooling(config);
            norm = child("embeddings.layer_norm", new LayerNorm(config.dModel, config.layerNormEps));
            for (int block = 0; block < config.blockSizes.size(); block++) {
                List<Layer> layers = new ArrayList<>();
                for (int i = 0; i < config.blockSizes.get(block); i++) {
                    layers.add(child("encoder.blocks." + block + "." + i, new Layer(config, generator)));
                }
                blocks.add(layers);
            }
            for (int i = 0; i < config.numDecoderLayers; i++) {
                decoder.add(child("decoder.layers." + i, new Layer(config, generator)));
            }
        }

        @Override
        public int inputWidth() {
            return config.dModel;
        }

        @Override
        public int outputWidth() {
            return config.dModel;
        }

        @Override
        public Set<AttentionPattern.Kind> patterns() {
            return Set.of(AttentionPattern.Kind.BIDIRECTIONAL);
        }

        @Override
        public boolean ignores(String weight) {
            return weight.equals("embeddings.word_embeddings.weight");
        }

        /** States of the last block, of the sequence within the first, and which of the last block's positions are real. */
        private record Encoded(
                Tensor last, Tensor first, @Nullable Tensor mask) {}

        @Override
        protected Tensor compute(BodyInput input, Pass pass) {
            long length = input.embeddings().size(1);
            Tensor x = pass.dropout(norm.forward(input.embeddings()), config.hiddenDropout); // (B, L, D)
            Tensor mask = input.paddingMask() == null
                    ? null
                    : input.paddingMask().unsqueeze(2).to(x.dataType()); // (B, L, 1)
            Encoded encoded = encode(x, mask, pass);
            Tensor last = encoded.last;
            if (encoded.mask != null && !config.poolsPadding) {
                last = last.mul(
                        encoded.mask); // what follows a row's last state is nothing, as it is when the row is alone
            }
            x = pooling.spread(last, length).add(encoded.first); // (B, L, D)
            Sight sight = sight(new FunnelPositions(config, x, pass), 0, length, 0, length, mask);
            for (Layer layer : decoder) {
                x = pass.block(x, in -> layer.forward(in, in, sight, pass));
            }
            return x;
        }

        private Encoded encode(Tensor x, @Nullable Tensor mask, Pass pass) {
            FunnelPositions positions = new FunnelPositions(config, x, pass);
            Tensor first = null;
            int applied = 0;
            for (int block = 0; block < blocks.size(); block++) {
                Tensor weights = pooling.weights(mask);
                Tensor seen = mask;
                mask = block == 0 ? mask : pooling.mask(mask, weights);
                boolean narrows = block > 0;
                for (Layer layer : blocks.get(block)) {
                    for (int repeat = 0; repeat < config.blockRepeats.get(block); repeat++) {
                        x = narrows
                                ? narrow(x, layer, block, positions, weights, seen, mask, pass)
                                : same(x, layer, block, positions, mask, pass);
                        narrows = false;
                        applied++;
                        if (applied == config.blockSizes.get(0)) { // repeats count, as in the original
                            first = x;
                            x = x.narrow(
                                    0, 0, x.size(0)); // one gradient comes back, in whatever way blocks are computed
                        }
                    }
                }
            }
            return new Encoded(x, Objects.requireNonNull(first), mask);
        }

        private Tensor same(
                Tensor x, Layer layer, int block, FunnelPositions positions, @Nullable Tensor mask, Pass pass) {
            Sight sight = sight(positions, block, x.size(1), block, x.size(1), mask);
            return pass.block(x, in -> layer.forward(in, in, sight, pass));
        }

        /** The first layer of a block: from the positions of the block before to half as many. */
        private Tensor narrow(
                Tensor x,
                Layer layer,
                int block,
                FunnelPositions positions,
                @Nullable Tensor weights,
                @Nullable Tensor before,
                @Nullable Tensor after,
                Pass pass) {
            long keys = x.size(1);
            long from = config.separateCls ? 1 : 0;
            long queries = from + (config.pooled(keys) - from + 1) / 2;
            Sight sight = config.poolQOnly
                    ? sight(positions, block, queries, block - 1, keys, before)
                    : sight(positions, block, queries, block, queries, after);
            return pass.block(x, in -> {
                Tensor half = pooling.states(in, weights); // (B, m, D)
                return layer.forward(half, config.poolQOnly ? in : half, sight, pass);
            });
        }

        private Sight sight(
                FunnelPositions positions,
                int queryBlock,
                long queries,
                int keyBlock,
                long keys,
                @Nullable Tensor mask) {
            Tensor places = null;
            if (config.separateCls) {
                places = others(queries).unsqueeze(1).mul(others(keys)).to(positions.device()); // (n, m)
            }
            Tensor unseen = mask == null
                    ? null
                    : mask.squeeze(2).neg().add(1).mul(UNSEEN).unsqueeze(1).unsqueeze(1); // (B, 1, 1, m)
            return new Sight(positions.scores(queryBlock, queries, keyBlock, keys), places, unseen);
        }

        /** 0, then ones. */
        private static Tensor others(long count) {
            float[] values = new float[(int) count];
            Arrays.fill(values, 1, values.length, 1);
            return Tensors.of(values, count);
        }
    }
}
