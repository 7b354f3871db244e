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
import org.jspecify.annotations.Nullable;

/**
 * XLNet (Yang et al. 2019), as Hugging Face's {@code XLNetModel} without memory and token types: relative positions, so no
 * longest sequence; two-stream attention for permutation patterns.
 *
 * @param dModel width D
 * @param nLayer layers, at least 1
 * @param nHead heads H; divides D
 * @param dInner width of the feed-forward part
 * @param ffActivation name of an {@link Activation}
 * @param attnType {@code bi} for a body that can do every pattern, {@code uni} for one that is always causal
 * @param initializerRange deviation of fresh weights
 * @param layerNormEps added to variances
 * @param dropout everywhere
 * @param clampLen farthest distance told apart; -1 for no limit
 */
public record XlNetConfig(
        int dModel,
        int nLayer,
        int nHead,
        int dInner,
        String ffActivation,
        String attnType,
        double initializerRange,
        double layerNormEps,
        double dropout,
        int clampLen)
        implements TransformerConfig {
    /** @throws IllegalArgumentException for a size below 1, heads that don't divide the width, or an unknown name */
    public XlNetConfig {
        Checks.positive("dModel", dModel);
        Checks.positive("nLayer", nLayer);
        Checks.positive("nHead", nHead);
        Checks.positive("dInner", dInner);
        Checks.divisible("dModel", dModel, "nHead", nHead);
        Checks.probability("dropout", dropout);
        Activation.of(ffActivation);
        if (!attnType.equals("bi") && !attnType.equals("uni")) {
            throw new IllegalArgumentException("attnType: " + attnType + " (expected: bi or uni)");
        }
    }

    /** As T4RecConfig builds it; the pattern comes from the masking task, so that causal training can't leak. */
    public static XlNetConfig build(BuildArguments arguments) {
        return new XlNetConfig(
                arguments.dModel(),
                arguments.nLayer(),
                arguments.nHead(),
                arguments.inner(),
                arguments.hiddenAct(),
                "bi",
                arguments.initializerRange(),
                arguments.layerNormEps(),
                arguments.dropout(),
                -1);
    }

    /** From a Hugging Face {@code config.json}. */
    public static XlNetConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "xlnet");
        if (!config.flag("untie_r", true) || config.flag("same_length", false) || config.flag("bi_data", false)) {
            throw new IllegalArgumentException(
                    "config: tied relative biases, same_length or bi_data (expected: untie_r and neither of the others)");
        }
        return new XlNetConfig(
                config.integer("d_model", 1024),
                config.integer("n_layer", 24),
                config.integer("n_head", 16),
                config.integer("d_inner", 4096),
                config.text("ff_activation", "gelu"),
                config.text("attn_type", "bi"),
                config.real("initializer_range", 0.02),
                config.real("layer_norm_eps", 1e-12),
                config.real("dropout", 0.1),
                config.integer("clamp_len", -1));
    }

    @Override
    public String modelType() {
        return "xlnet";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    /** Keys and values of the content stream and the positions, shared by both streams. */
    private record Memory(Tensor key, Tensor value, Tensor positionKey) {}

    private static final class RelativeAttention extends Module {
        private final XlNetConfig config;
        private final Parameter query;
        private final Parameter key;
        private final Parameter value;
        private final Parameter output;
        private final Parameter position;
        private final Parameter positionBias;
        private final Parameter contentBias;
        private final LayerNorm norm;

        RelativeAttention(XlNetConfig config, Generator generator) {
            this.config = config;
            int width = config.dModel;
            int heads = config.nHead;
            double deviation = config.initializerRange;
            query = parameter("q", Initializers.normal(deviation, generator, width, heads, width / heads));
            key = parameter("k", Initializers.normal(deviation, generator, width, heads, width / heads));
            value = parameter("v", Initializers.normal(deviation, generator, width, heads, width / heads));
            output = parameter("o", Initializers.normal(deviation, generator, width, heads, width / heads));
            position = parameter("r", Initializers.normal(deviation, generator, width, heads, width / heads));
            positionBias = parameter("r_r_bias", Initializers.normal(deviation, generator, heads, width / heads));
            contentBias = parameter("r_w_bias", Initializers.normal(deviation, generator, heads, width / heads));
            norm = child("layer_norm", new LayerNorm(width, config.layerNormEps));
        }

        private Tensor heads(Tensor input, Parameter weight) {
            Tensor projected = input.matmul(weight.value().flatten(1, 2)); // (..., L, H * d)
            return projected.unflatten(-1, config.nHead, -1).transpose(-3, -2); // (..., H, L, d)
        }

        /** @param positions {@code [R, D]}, sinusoids from the farthest earlier to the farthest later distance */
        Memory memory(Tensor content, Tensor positions) {
            return new Memory(heads(content, key), heads(content, value), heads(positions, position));
        }

        Tensor content(Tensor x, Memory memory, @Nullable Tensor hidden, Pass pass) {
            return finish(x, attend(heads(x, query), memory, hidden, pass), pass);
        }

        /** The stream that predicts: it knows positions, not the items there. */
        Tensor predicting(Tensor g, Memory memory, Tensor targetMapping, Tensor hidden, Pass pass) {
            Tensor mapping = targetMapping.unsqueeze(1); // (B, 1, M, L)
            Tensor q = mapping.transpose(-2, -1).matmul(heads(g, query)); // (B, H, L, d)
            return finish(g, mapping.matmul(attend(q, memory, hidden, pass)), pass); // (B, M, D)
        }

        private Tensor attend(Tensor q, Memory memory, @Nullable Tensor hidden, Pass pass) {
            double scale = 1 / Math.sqrt(q.size(-1));
            Tensor byContent =
                    q.add(contentBias.value().unsqueeze(1)).matmul(memory.key.transpose(-2, -1)); // (B, H, L, L)
            Tensor byPosition = q.add(positionBias.value().unsqueeze(1))
                    .matmul(memory.positionKey.transpose(-2, -1)); // (B, H, L, R)
            Tensor scores = byContent.add(shift(byPosition, q.size(2))).mul(scale);
            if (hidden != null) {
                scores = Attention.hide(scores, hidden);
            }
            return pass.dropout(scores.softmax(-1), config.dropout).matmul(memory.value); // (B, H, L, d)
        }

        /** From scores by distance to scores by key: row i moves by i (Dai et al. 2019, appendix B). */
        private static Tensor shift(Tensor scores, long length) {
            long distances = scores.size(3);
            return scores.flatten(2, 3)
                    .unflatten(2, distances, length) // (B, H, R, L)
                    .narrow(2, 1, distances - 1)
                    .flatten(2, 3)
                    .unflatten(2, length, distances - 1) // (B, H, L, R - 1)
                    .narrow(3, 0, length);
        }

        private Tensor finish(Tensor x, Tensor context, Pass pass) {
            Tensor joined =
                    Attention.join(context).matmul(output.value().flatten(1, 2).transpose(0, 1)); // (B, L, D)
            return norm.forward(x.add(pass.dropout(joined, config.dropout)));
        }
    }

    private static final class Layer extends Module {
        private final XlNetConfig config;
        private final Activation activation;
        private final RelativeAttention attention;
        private final Linear expand;
        private final Linear shrink;
        private final LayerNorm norm;

        Layer(XlNetConfig config, Generator generator) {
            this.config = config;
            double deviation = config.initializerRange;
            activation = Activation.of(config.ffActivation);
            attention = child("rel_attn", new RelativeAttention(config, generator));
            norm = child("ff.layer_norm", new LayerNorm(config.dModel, config.layerNormEps));
            expand = child("ff.layer_1", Linear.normal(config.dModel, config.dInner, deviation, generator));
            shrink = child("ff.layer_2", Linear.normal(config.dInner, config.dModel, deviation, generator));
        }

        Tensor feedForward(Tensor x, Pass pass) {
            Tensor inner = pass.dropout(activation.apply(expand.forward(x)), config.dropout); // (B, L, dInner)
            return norm.forward(x.add(pass.dropout(shrink.forward(inner), config.dropout)));
        }
    }

    private static final class Body extends TransformerBody {
        private final XlNetConfig config;
        private final Parameter maskEmbedding;
        private final List<Layer> layers = new ArrayList<>();

        Body(XlNetConfig config, Generator generator) {
            this.config = config;
            maskEmbedding =
                    parameter("mask_emb", Initializers.normal(config.initializerRange, generator, 1, 1, config.dModel));
            for (int i = 0; i < config.nLayer; i++) {
                layers.add(child("layer." + i, new Layer(config, generator)));
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
            return config.attnType.equals("uni")
                    ? Set.of(AttentionPattern.Kind.CAUSAL)
                    : Set.of(AttentionPattern.Kind.values());
        }

        @Override
        public boolean ignores(String weight) {
            // token types are not used, so their embedding and bias never take part
            return weight.equals("word_embedding.weight")
                    || weight.endsWith(".seg_embed")
                    || weight.endsWith(".r_s_bias");
        }

        @Override
        protected Tensor compute(BodyInput input, Pass pass) {
            long length = input.embeddings().size(1);
            boolean causal = input.pattern().kind() == AttentionPattern.Kind.CAUSAL;
            Tensor positions =
                    pass.dropout(positions(length, causal).to(input.embeddings().device()), config.dropout);
            Tensor hidden = Attention.hidden(input.embeddings(), input.paddingMask(), causal);
            Tensor x = pass.dropout(input.embeddings(), config.dropout); // (B, L, D)
            if (input.pattern() instanceof AttentionPattern.Permutation permutation) {
                return permuted(x, permutation, hidden, positions, pass);
            }
            Tensor contentHidden = hidden == null ? null : seeingOneself(hidden, length);
            for (Layer layer : layers) {
                x = pass.block(x, in -> {
                    Memory memory = layer.attention.memory(in, positions);
                    return layer.feedForward(layer.attention.content(in, memory, contentHidden, pass), pass);
                });
            }
            return pass.dropout(x, config.dropout);
        }

        private Tensor permuted(
                Tensor x, AttentionPattern.Permutation pattern, @Nullable Tensor padding, Tensor positions, Pass pass) {
            Tensor hidden = pattern.blocked().gt(0).unsqueeze(1); // (B, 1, L, L)
            hidden = padding == null ? hidden : hidden.or(padding);
            Tensor contentHidden = seeingOneself(hidden, x.size(1));
            Tensor mapping = pattern.targetMapping();
            Tensor g = pass.dropout(maskEmbedding.value().expand(mapping.size(0), mapping.size(1), -1), config.dropout);
            for (Layer layer : layers) {
                Memory memory = layer.attention.memory(x, positions);
                Tensor next = layer.feedForward(layer.attention.content(x, memory, contentHidden, pass), pass);
                g = layer.feedForward(layer.attention.predicting(g, memory, mapping, hidden, pass), pass);
                x = next;
            }
            return pass.dropout(g, config.dropout); // (B, M, D)
        }

        private static Tensor seeingOneself(Tensor hidden, long length) {
            Tensor diagonal = Tensors.ones(length, length)
                    .to(hidden.device())
                    .upperTriangle(0)
                    .lowerTriangle(0)
                    .ne(0); // (L, L)
            return hidden.and(diagonal.not());
        }

        /** Sinusoids of the distances, earlier ones first: {@code [R, D]}. Later ones are left out when nothing may see them. */
        private Tensor positions(long length, boolean causal) {
            int distances = (int) (causal ? length + 1 : 2 * length);
            int half = config.dModel / 2;
            float[] values = new float[distances * 2 * half];
            for (int i = 0; i < distances; i++) {
                double distance = length - i;
                if (config.clampLen > 0) {
                    distance = Math.max(-config.clampLen, Math.min(config.clampLen, distance));
                }
                for (int j = 0; j < half; j++) {
                    double angle = distance / Math.pow(10_000, 2.0 * j / config.dModel);
                    values[i * 2 * half + j] = (float) Math.sin(angle);
                    values[i * 2 * half + half + j] = (float) Math.cos(angle);
                }
            }
            return Tensors.of(values, distances, 2L * half);
        }
    }
}
