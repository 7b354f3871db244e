package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Activation;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Initializers;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * ConvBERT (Jiang et al. 2020), as Hugging Face's {@code ConvBertModel}: BERT's layers, in which half of the width attends and the
 * other half is a convolution whose kernel each position makes from its own neighbourhood. Bidirectional.
 *
 * @param embeddingSize width of the inputs; another than D is projected
 * @param hiddenSize width D
 * @param numHiddenLayers layers, at least 1
 * @param numAttentionHeads heads before {@code headRatio} reduces them
 * @param intermediateSize width of the feed-forward part
 * @param hiddenAct name of an {@link Activation}
 * @param hiddenDropoutProb dropout on embeddings and on what a layer adds
 * @param attentionProbsDropoutProb dropout on attention weights
 * @param maxPositionEmbeddings longest sequence
 * @param typeVocabSize rows of the token type table; row 0 is added everywhere
 * @param initializerRange deviation of fresh weights
 * @param layerNormEps added to variances
 * @param headRatio how many times fewer heads there are, H = {@code numAttentionHeads / headRatio}, at least 1; 2 H divides D
 * @param convKernelSize positions under the convolution, odd
 * @param numGroups parts of the width that the feed-forward part maps apart; divides D and its inner width
 * @param convolvesPadding whether the convolution takes padding for items, as Hugging Face's does: the states of a sequence's last
 *     positions then depend on what stands behind it. Only for comparison with it
 */
public record ConvBertConfig(
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
        int headRatio,
        int convKernelSize,
        int numGroups,
        boolean convolvesPadding)
        implements TransformerConfig {
    /** @throws IllegalArgumentException for a size below 1, sizes that don't divide others, or an unknown activation */
    public ConvBertConfig {
        Checks.positive("embeddingSize", embeddingSize);
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.positive("numAttentionHeads", numAttentionHeads);
        Checks.positive("intermediateSize", intermediateSize);
        Checks.positive("maxPositionEmbeddings", maxPositionEmbeddings);
        Checks.positive("typeVocabSize", typeVocabSize);
        Options options = new Options(headRatio, convKernelSize, numGroups);
        Checks.divisible("hiddenSize", hiddenSize, "2 heads", 2 * options.heads(numAttentionHeads));
        Checks.divisible("hiddenSize", hiddenSize, "numGroups", numGroups);
        Checks.divisible("intermediateSize", intermediateSize, "numGroups", numGroups);
        Checks.probability("hiddenDropoutProb", hiddenDropoutProb);
        Checks.probability("attentionProbsDropoutProb", attentionProbsDropoutProb);
        Activation.of(hiddenAct);
    }

    /**
     * What only ConvBERT has.
     *
     * @param headRatio how many times fewer heads there are than asked for
     * @param convKernelSize positions under the convolution, odd
     * @param numGroups parts of the width that the feed-forward part maps apart
     */
    public record Options(int headRatio, int convKernelSize, int numGroups) {
        /** @throws IllegalArgumentException for a size below 1 or an even kernel */
        public Options {
            Checks.positive("headRatio", headRatio);
            Checks.odd("convKernelSize", convKernelSize);
            Checks.positive("numGroups", numGroups);
        }

        /** The original's: half of the heads, nine positions, one group. */
        public static Options defaults() {
            return new Options(2, 9, 1);
        }

        private int heads(int asked) {
            return Math.max(1, asked / headRatio);
        }
    }

    /** As {@link #build(BuildArguments, Options)} with the default options. */
    public static ConvBertConfig build(BuildArguments arguments) {
        return build(arguments, Options.defaults());
    }

    /** In the manner of T4RecConfig, which has no ConvBERT: every argument honoured. */
    public static ConvBertConfig build(BuildArguments arguments, Options options) {
        return new ConvBertConfig(
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
                options.headRatio,
                options.convKernelSize,
                options.numGroups,
                false);
    }

    /** From a Hugging Face {@code config.json}. */
    public static ConvBertConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "convbert").encoderOnly();
        return new ConvBertConfig(
                config.integer("embedding_size", 768),
                config.integer("hidden_size", 768),
                config.integer("num_hidden_layers", 12),
                config.integer("num_attention_heads", 12),
                config.integer("intermediate_size", 3072),
                config.text("hidden_act", "gelu"),
                config.real("hidden_dropout_prob", 0.1),
                config.real("attention_probs_dropout_prob", 0.1),
                config.integer("max_position_embeddings", 512),
                config.integer("type_vocab_size", 2),
                config.real("initializer_range", 0.02),
                config.real("layer_norm_eps", 1e-12),
                config.integer("head_ratio", 2),
                config.integer("conv_kernel_size", 9),
                config.integer("num_groups", 1),
                false);
    }

    /** The same, whose convolution takes padding for items as Hugging Face's does: for comparison with it. */
    public ConvBertConfig asHuggingFacePads() {
        return new ConvBertConfig(
                embeddingSize,
                hiddenSize,
                numHiddenLayers,
                numAttentionHeads,
                intermediateSize,
                hiddenAct,
                hiddenDropoutProb,
                attentionProbsDropoutProb,
                maxPositionEmbeddings,
                typeVocabSize,
                initializerRange,
                layerNormEps,
                headRatio,
                convKernelSize,
                numGroups,
                true);
    }

    @Override
    public String modelType() {
        return "convbert";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    private int heads() {
        return new Options(headRatio, convKernelSize, numGroups).heads(numAttentionHeads);
    }

    private EncoderEmbeddings.Parts embeddings() {
        return new EncoderEmbeddings.Parts(
                embeddingSize,
                maxPositionEmbeddings,
                0,
                false,
                RelativeKeys.ABSOLUTE,
                typeVocabSize,
                true,
                layerNormEps,
                hiddenDropoutProb,
                initializerRange);
    }

    /** An affine map of each of G parts of the width by itself. */
    private static final class GroupedLinear extends Module {
        private final int groups;
        private final Parameter weight;
        private final Parameter bias;

        GroupedLinear(int in, int out, ConvBertConfig config, Generator generator) {
            groups = config.numGroups;
            weight = parameter(
                    "weight",
                    Initializers.normal(config.initializerRange, generator, groups, in / groups, out / groups));
            bias = parameter("bias", Tensors.zeros(out));
        }

        Tensor forward(Tensor x) {
            return x.flatten(0, 1)
                    .unflatten(-1, groups, -1)
                    .transpose(0, 1) // (G, B * L, in / G)
                    .matmul(weight.value())
                    .transpose(0, 1)
                    .flatten(1, 2)
                    .unflatten(0, x.size(0), -1) // (B, L, out)
                    .add(bias.value());
        }
    }

    /** Self-attention and convolution side by side: {@code [B, L, D]} to {@code [B, L, D]}. */
    private static final class MixedAttention extends Module {
        private final ConvBertConfig config;
        private final int heads;
        private final Linear query;
        private final Linear key;
        private final Linear value;
        private final Parameter depthwise;
        private final Parameter pointwise;
        private final Parameter pointwiseBias;
        private final Linear kernel;
        private final Linear convolved;

        MixedAttention(ConvBertConfig config, Generator generator) {
            this.config = config;
            heads = config.heads();
            int width = config.hiddenSize;
            int half = width / 2;
            int size = config.convKernelSize;
            double deviation = config.initializerRange;
            query = child("query", Linear.normal(width, half, deviation, generator));
            key = child("key", Linear.normal(width, half, deviation, generator));
            value = child("value", Linear.normal(width, half, deviation, generator));
            depthwise = parameter(
                    "key_conv_attn_layer.depthwise.weight", Initializers.normal(deviation, generator, width, 1, size));
            pointwise = parameter(
                    "key_conv_attn_layer.pointwise.weight", Initializers.normal(deviation, generator, half, width, 1));
            pointwiseBias = parameter("key_conv_attn_layer.bias", Tensors.zeros(half, 1));
            kernel = child("conv_kernel_layer", Linear.normal(half, (long) heads * size, deviation, generator));
            convolved = child("conv_out_layer", Linear.normal(width, half, deviation, generator));
        }

        /** @param real {@code [B, L, 1]}, 1 at real positions, 0 at padding; null when all are taken for real */
        Tensor forward(Tensor x, @Nullable Tensor real, @Nullable Tensor hidden, Pass pass) {
            Tensor queries = query.forward(x); // (B, L, D / 2)
            Tensor context = Attention.attend(
                    Attention.split(queries, heads),
                    Attention.split(key.forward(x), heads),
                    Attention.split(value.forward(x), heads),
                    hidden,
                    config.attentionProbsDropoutProb,
                    pass); // (B, H, L, d)
            Tensor spans = spans(real == null ? x : x.mul(real)); // (B, L, D / 2)
            Tensor kernels = kernel.forward(spans.mul(queries)) // (B, L, H * kernel)
                    .unflatten(-1, heads, -1)
                    .softmax(-1)
                    .transpose(1, 2); // (B, H, L, kernel)
            Tensor values = convolved.forward(x);
            values = Attention.split(real == null ? values : values.mul(real), heads); // (B, H, L, d)
            Tensor mixed = Tensors.concat(1, context, band(kernels).matmul(values)); // (B, 2 H, L, d)
            return Attention.join(mixed);
        }

        /** Each position's neighbourhood, channel by channel, then mapped to half of the width. */
        private Tensor spans(Tensor x) {
            Tensor neighbours = x.transpose(1, 2)
                    .convolve(depthwise.value(), null, config.convKernelSize / 2, config.hiddenSize)
                    .transpose(1, 2); // (B, L, D)
            return neighbours.linear(
                    pointwise.value().squeeze(2), pointwiseBias.value().squeeze(1));
        }

        /**
         * The convolution as a matrix: a row holds its position's kernel around the diagonal, {@code [B, H, L, kernel]} to
         * {@code [B, H, L, L]}. What would lie beyond the ends is cut off.
         */
        private Tensor band(Tensor kernels) {
            long length = kernels.size(2);
            long size = kernels.size(3);
            Tensor zeros = Tensors.zeros(kernels.dataType(), kernels.size(0), heads, length, length)
                    .to(kernels.device());
            return Tensors.concat(3, kernels, zeros) // (B, H, L, kernel + L), of which each row shifts the next by one
                    .flatten(2, 3)
                    .narrow(2, 0, length * (size + length - 1))
                    .unflatten(2, length, size + length - 1)
                    .narrow(3, size / 2, length);
        }
    }

    private static final class Layer extends Module {
        private final ConvBertConfig config;
        private final Activation activation;
        private final MixedAttention attention;
        private final ResidualNorm afterAttention;
        private final UnaryOperator<Tensor> expand;
        private final UnaryOperator<Tensor> shrink;
        private final LayerNorm norm;

        Layer(ConvBertConfig config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize;
            activation = Activation.of(config.hiddenAct);
            attention = child("attention.self", new MixedAttention(config, generator));
            afterAttention = child(
                    "attention.output",
                    new ResidualNorm(
                            width,
                            width,
                            config.initializerRange,
                            config.layerNormEps,
                            config.hiddenDropoutProb,
                            generator));
            expand = dense("intermediate.dense", width, config.intermediateSize, generator);
            shrink = dense("output.dense", config.intermediateSize, width, generator);
            norm = child("output.LayerNorm", new LayerNorm(width, config.layerNormEps));
        }

        private UnaryOperator<Tensor> dense(String name, int in, int out, Generator generator) {
            if (config.numGroups > 1) {
                return child(name, new GroupedLinear(in, out, config, generator))::forward;
            }
            return child(name, Linear.normal(in, out, config.initializerRange, generator))::forward;
        }

        Tensor forward(Tensor x, @Nullable Tensor real, @Nullable Tensor hidden, Pass pass) {
            x = afterAttention.forward(attention.forward(x, real, hidden, pass), x, pass); // (B, L, D)
            Tensor inner = activation.apply(expand.apply(x)); // (B, L, intermediate)
            return norm.forward(x.add(pass.dropout(shrink.apply(inner), config.hiddenDropoutProb)));
        }
    }

    private static final class Body extends TransformerBody {
        private final ConvBertConfig config;
        private final EncoderEmbeddings embeddings;
        private final @Nullable Linear project;
        private final List<Layer> layers = new ArrayList<>();

        Body(ConvBertConfig config, Generator generator) {
            this.config = config;
            int in = config.embeddingSize;
            int width = config.hiddenSize;
            embeddings = child("embeddings", new EncoderEmbeddings(config.embeddings(), generator));
            project = in == width
                    ? null
                    : child("embeddings_project", Linear.normal(in, width, config.initializerRange, generator));
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
            return Set.of(AttentionPattern.Kind.BIDIRECTIONAL);
        }

        @Override
        public boolean ignores(String weight) {
            return weight.equals("embeddings.word_embeddings.weight") || weight.startsWith("pooler.");
        }

        @Override
        protected Tensor compute(BodyInput input, Pass pass) {
            Tensor mask = input.paddingMask();
            Tensor hidden = Attention.hidden(input.embeddings(), mask, false);
            Tensor x = embeddings.forward(input.embeddings(), pass); // (B, L, embeddingSize)
            x = project == null ? x : project.forward(x); // (B, L, D)
            Tensor real = mask == null || config.convolvesPadding
                    ? null
                    : mask.unsqueeze(2).to(x.dataType()); // (B, L, 1)
            for (Layer layer : layers) {
                x = pass.block(x, in -> layer.forward(in, real, hidden, pass));
            }
            return x;
        }
    }
}
