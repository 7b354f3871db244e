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
 * Transformer-XL (Dai et al. 2019), as Hugging Face's {@code TransfoXLModel}: causal attention by relative positions, over the
 * window's own positions and a memory of those before it. A sequence longer than the window is computed window by window, oldest
 * first; what entered each layer stays as memory for the next windows, without gradients. So there is no longest sequence.
 *
 * <p>As in the original, the memory before the first window is zeros that take part in attention. Its adaptive word embedding
 * ({@code adaptive}, {@code cutoffs}, {@code div_val}, {@code d_embed}) belongs to what comes before a body and isn't here.
 *
 * @param dModel width D, even
 * @param nLayer layers, at least 1
 * @param nHead heads H
 * @param dInner width of the feed-forward part
 * @param activation name of the feed-forward part's {@link Activation}; the original's is relu
 * @param dropout everywhere but on attention weights
 * @param initStd deviation of fresh weights
 * @param layerNormEpsilon added to variances
 * @param options what other bodies don't have
 */
public record TransfoXlConfig(
        int dModel,
        int nLayer,
        int nHead,
        int dInner,
        String activation,
        double dropout,
        double initStd,
        double layerNormEpsilon,
        Options options)
        implements TransformerConfig {
    /**
     * Choices beyond the sizes.
     *
     * @param dHead width of a head, whatever D
     * @param window positions computed at once; null for the longest sequence
     * @param memLen positions before a window that it sees; 0 for none
     * @param clampLen farthest distance told apart; 0 or less for no limit
     * @param sameLength whether each position sees just {@code memLen} positions, itself among them, instead of all it can
     * @param preLnorm whether normalisation comes before each part of a layer instead of after it
     * @param untieR whether each layer has relative biases of its own
     * @param dropatt dropout on attention weights
     */
    public record Options(
            int dHead,
            @Nullable Integer window,
            int memLen,
            int clampLen,
            boolean sameLength,
            boolean preLnorm,
            boolean untieR,
            double dropatt) {
        /** @throws IllegalArgumentException for a number out of range, or {@code sameLength} without memory, which sees nothing */
        public Options {
            Checks.positive("dHead", dHead);
            if (window != null) {
                Checks.positive("window", window);
            }
            Checks.notNegative("memLen", memLen);
            Checks.probability("dropatt", dropatt);
            if (sameLength && memLen == 0) {
                throw new IllegalArgumentException(
                        "memLen: 0 (expected: >= 1 with sameLength, or no position sees any other)");
            }
        }

        /**
         * Those of Transformers4Rec, but for {@code sameLength}: together with its memory of one position, it leaves the original
         * without any attention beyond a position itself.
         */
        public static Options defaults() {
            return new Options(64, null, 1, 1000, false, false, true, 0);
        }
    }

    /** @throws IllegalArgumentException for a size below 1, an odd width, or an unknown activation */
    public TransfoXlConfig {
        Checks.positive("dModel", dModel);
        Checks.positive("nLayer", nLayer);
        Checks.positive("nHead", nHead);
        Checks.positive("dInner", dInner);
        if (dModel % 2 != 0) {
            throw new IllegalArgumentException(
                    "dModel: " + dModel + " (expected: an even width, for pairs of sine and cosine)");
        }
        Checks.probability("dropout", dropout);
        Activation.of(activation);
    }

    /**
     * As T4RecConfig builds it, with activation, deviation and layer-norm epsilon honoured (the original passes them under names
     * that Transformer-XL doesn't know), and the longest sequence as window unless options say otherwise.
     */
    public static TransfoXlConfig build(BuildArguments arguments, Options options) {
        Options own = new Options(
                options.dHead,
                options.window == null ? Integer.valueOf(arguments.totalSeqLength()) : options.window,
                options.memLen,
                options.clampLen,
                options.sameLength,
                options.preLnorm,
                options.untieR,
                options.dropatt);
        return new TransfoXlConfig(
                arguments.dModel(),
                arguments.nLayer(),
                arguments.nHead(),
                arguments.inner(),
                arguments.hiddenAct(),
                arguments.dropout(),
                arguments.initializerRange(),
                arguments.layerNormEps(),
                own);
    }

    /**
     * From a Hugging Face {@code config.json}. The original's names no window, so that sequences are computed at once as there, and
     * no activation, which is always relu there; ours may name both.
     */
    public static TransfoXlConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "transfo-xl");
        if (config.integer("attn_type", 0) != 0) {
            throw new IllegalArgumentException("attn_type: " + config.integer("attn_type", 0)
                    + " (expected: 0, relative positions; the original has no other either)");
        }
        return new TransfoXlConfig(
                config.integer("d_model", 1024),
                config.integer("n_layer", 18),
                config.integer("n_head", 16),
                config.integer("d_inner", 4096),
                config.text("activation", "relu"),
                config.real("dropout", 0.1),
                config.real("init_std", 0.02),
                config.real("layer_norm_epsilon", 1e-5),
                new Options(
                        config.integer("d_head", 64),
                        config.integerOrNull("window"),
                        config.integer("mem_len", 1600),
                        config.integer("clamp_len", 1000),
                        config.flag("same_length", true),
                        config.flag("pre_lnorm", false),
                        config.flag("untie_r", true),
                        config.real("dropatt", 0)));
    }

    @Override
    public String modelType() {
        return "transfo-xl";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    /**
     * Positions that are computed at once, q of them, after M positions of memory.
     *
     * @param start first position
     * @param length q
     * @param distances {@code [M + q + 1, D]}, sinusoids from the farthest distance to 0
     * @param hidden {@code [q, M + q]} BOOL, true = not seen
     */
    private record Window(long start, long length, Tensor distances, Tensor hidden) {}

    /** What queries are raised by before they meet content and positions: both {@code [H, d]}. */
    private record Biases(Parameter content, Parameter position) {}

    private static Tensor freshBias(TransfoXlConfig config, Generator generator) {
        return Initializers.normal(config.initStd, generator, config.nHead, config.options.dHead);
    }

    private static final class RelativeAttention extends Module {
        private final TransfoXlConfig config;
        private final int joined;
        private final Parameter project;
        private final Linear position;
        private final Linear output;
        private final LayerNorm norm;
        private final Biases biases;

        /** @param shared biases of all layers, or null for own ones */
        RelativeAttention(TransfoXlConfig config, @Nullable Biases shared, Generator generator) {
            this.config = config;
            int width = config.dModel;
            joined = config.nHead * config.options.dHead;
            project = parameter("qkv_net.weight", Initializers.normal(config.initStd, generator, 3L * joined, width));
            position = child("r_net", Linear.normalWithoutBias(width, joined, config.initStd, generator));
            output = child("o_net", Linear.normalWithoutBias(joined, width, config.initStd, generator));
            norm = child("layer_norm", new LayerNorm(width, config.layerNormEpsilon));
            biases = shared == null
                    ? new Biases(
                            parameter("r_w_bias", freshBias(config, generator)),
                            parameter("r_r_bias", freshBias(config, generator)))
                    : shared;
        }

        /**
         * All windows, {@code [B, L, D]} to the same shape. What a window remembers is what entered this very layer before it, so no
         * state is needed between windows.
         */
        Tensor forward(Tensor x, List<Window> windows, Pass pass) {
            Tensor in = normBefore(x); // (B, L, D)
            Tensor remembered = normBefore(Tensors.concat(1, nothing(x), x.detach())); // (B, M + L, D)
            Tensor query = Attention.split(in.linear(project.value().narrow(0, 0, joined), null), config.nHead);
            Tensor byContent = query.add(biases.content.value().unsqueeze(1)); // (B, H, L, d)
            Tensor byPosition = query.add(biases.position.value().unsqueeze(1));
            List<Tensor> contexts = new ArrayList<>();
            for (Window window : windows) {
                Tensor before = remembered.narrow(1, window.start, config.options.memLen); // (B, M, D)
                contexts.add(attend(
                        byContent.narrow(2, window.start, window.length),
                        byPosition.narrow(2, window.start, window.length),
                        Tensors.concat(1, before, in.narrow(1, window.start, window.length)),
                        window,
                        pass));
            }
            Tensor context = Attention.join(Tensors.concat(2, contexts)); // (B, L, H * d)
            Tensor sum = x.add(pass.dropout(output.forward(context), config.dropout)); // (B, L, D)
            return config.options.preLnorm ? sum : norm.forward(sum);
        }

        private Tensor normBefore(Tensor x) {
            return config.options.preLnorm ? norm.forward(x) : x;
        }

        private Tensor nothing(Tensor x) {
            return Tensors.zeros(x.size(0), config.options.memLen, x.size(2))
                    .to(x.device())
                    .to(x.dataType()); // (B, M, D)
        }

        private Tensor attend(Tensor byContent, Tensor byPosition, Tensor seen, Window window, Pass pass) {
            Tensor memory = seen.linear(project.value().narrow(0, joined, 2L * joined), null)
                    .unflatten(-1, 2, config.nHead, -1)
                    .permute(2, 0, 3, 1, 4); // (2, B, H, M + q, d)
            Tensor distances = position.forward(window.distances)
                    .unflatten(-1, config.nHead, -1)
                    .permute(1, 2, 0); // (H, d, M + q + 1)
            Tensor scores = byContent
                    .matmul(memory.select(0, 0).transpose(-2, -1))
                    .add(shift(byPosition.matmul(distances)))
                    .mul(1 / Math.sqrt(config.options.dHead)); // (B, H, q, M + q)
            Tensor weights = Attention.hide(scores, window.hidden).softmax(-1);
            return pass.dropout(weights, config.options.dropatt).matmul(memory.select(0, 1)); // (B, H, q, d)
        }

        /** From scores by distance to scores by key: row i moves by i (Dai et al. 2019, appendix B). */
        private static Tensor shift(Tensor scores) {
            long queries = scores.size(2);
            long distances = scores.size(3);
            return scores.flatten(2, 3)
                    .unflatten(2, distances, queries)
                    .narrow(2, 1, distances - 1)
                    .flatten(2, 3)
                    .unflatten(2, queries, distances - 1); // (B, H, q, M + q)
        }
    }

    private static final class FeedForward extends Module {
        private final TransfoXlConfig config;
        private final Activation activation;
        private final Linear expand;
        private final Linear shrink;
        private final LayerNorm norm;

        FeedForward(TransfoXlConfig config, Generator generator) {
            this.config = config;
            activation = Activation.of(config.activation);
            expand = child("CoreNet.0", Linear.normal(config.dModel, config.dInner, config.initStd, generator));
            shrink = child("CoreNet.3", Linear.normal(config.dInner, config.dModel, config.initStd, generator));
            norm = child("layer_norm", new LayerNorm(config.dModel, config.layerNormEpsilon));
        }

        Tensor forward(Tensor x, Pass pass) {
            Tensor in = config.options.preLnorm ? norm.forward(x) : x;
            Tensor inner = pass.dropout(activation.apply(expand.forward(in)), config.dropout); // (B, q, dInner)
            Tensor sum = x.add(pass.dropout(shrink.forward(inner), config.dropout)); // (B, q, D)
            return config.options.preLnorm ? sum : norm.forward(sum);
        }
    }

    private static final class Layer extends Module {
        private final RelativeAttention attention;
        private final FeedForward feedForward;

        Layer(TransfoXlConfig config, @Nullable Biases shared, Generator generator) {
            attention = child("dec_attn", new RelativeAttention(config, shared, generator));
            feedForward = child("pos_ff", new FeedForward(config, generator));
        }

        Tensor forward(Tensor x, List<Window> windows, Pass pass) {
            return feedForward.forward(attention.forward(x, windows, pass), pass);
        }
    }

    private static final class Body extends TransformerBody {
        private final TransfoXlConfig config;
        private final List<Layer> layers = new ArrayList<>();

        Body(TransfoXlConfig config, Generator generator) {
            this.config = config;
            Biases shared = config.options.untieR
                    ? null
                    : new Biases(
                            parameter("r_w_bias", freshBias(config, generator)),
                            parameter("r_r_bias", freshBias(config, generator)));
            for (int i = 0; i < config.nLayer; i++) {
                layers.add(child("layers." + i, new Layer(config, shared, generator)));
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
            return Set.of(AttentionPattern.Kind.CAUSAL);
        }

        @Override
        public boolean ignores(String weight) {
            // shared biases are listed at every layer, too
            return weight.startsWith("word_emb.")
                    || weight.equals("pos_emb.inv_freq")
                    || !config.options.untieR && weight.startsWith("layers.") && weight.endsWith("_bias");
        }

        /** Padding follows all real positions of a row, so causal attention alone keeps it out of sight. */
        @Override
        protected Tensor compute(BodyInput input, Pass pass) {
            List<Window> windows = windows(input.embeddings(), pass);
            Tensor x = pass.dropout(input.embeddings(), config.dropout); // (B, L, D)
            for (Layer layer : layers) {
                x = pass.block(x, in -> layer.forward(in, windows, pass));
            }
            return pass.dropout(x, config.dropout);
        }

        private List<Window> windows(Tensor x, Pass pass) {
            long length = x.size(1);
            long size = config.options.window == null ? length : Math.min(length, config.options.window);
            long farthest = config.options.memLen + size;
            Tensor sinusoids = sinusoids(farthest).to(x.device());
            List<Window> windows = new ArrayList<>();
            for (long start = 0; start < length; start += size) {
                long count = Math.min(size, length - start);
                Tensor near = sinusoids.narrow(0, size - count, farthest + 1 - (size - count)); // (M + q + 1, D)
                windows.add(new Window(
                        start,
                        count,
                        pass.dropout(near, config.dropout),
                        hidden(count).to(x.device())));
            }
            return windows;
        }

        private Tensor hidden(long length) {
            int memory = config.options.memLen;
            Tensor ones = Tensors.ones(length, memory + length);
            Tensor hidden = ones.upperTriangle(1 + memory).ne(0); // (q, M + q)
            return config.options.sameLength ? hidden.or(ones.lowerTriangle(0).ne(0)) : hidden;
        }

        /** From distance {@code farthest} to 0: {@code [farthest + 1, D]}. */
        private Tensor sinusoids(long farthest) {
            int half = config.dModel / 2;
            int rows = Math.toIntExact(farthest + 1);
            float[] values = new float[rows * config.dModel];
            for (int i = 0; i < rows; i++) {
                double distance = farthest - i;
                if (config.options.clampLen > 0) {
                    distance = Math.min(config.options.clampLen, distance);
                }
                for (int j = 0; j < half; j++) {
                    double angle = distance / Math.pow(10_000, 2.0 * j / config.dModel);
                    values[i * config.dModel + j] = (float) Math.sin(angle);
                    values[i * config.dModel + half + j] = (float) Math.cos(angle);
                }
            }
            return Tensors.of(values, rows, config.dModel);
        }
    }
}
