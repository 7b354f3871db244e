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
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * GPT-2 (Radford et al. 2019), as Hugging Face's {@code GPT2Model}: pre-norm blocks, learned positions, causal.
 *
 * @param nEmbd width D
 * @param nLayer blocks, at least 1
 * @param nHead heads H; divides D
 * @param nPositions longest sequence
 * @param nInner width of the feed-forward part
 * @param activationFunction name of an {@link Activation}
 * @param residPdrop dropout on what a block adds
 * @param embdPdrop dropout on the input
 * @param attnPdrop dropout on attention weights
 * @param layerNormEpsilon added to variances
 * @param initializerRange deviation of fresh weights
 */
public record Gpt2Config(
        int nEmbd,
        int nLayer,
        int nHead,
        int nPositions,
        int nInner,
        String activationFunction,
        double residPdrop,
        double embdPdrop,
        double attnPdrop,
        double layerNormEpsilon,
        double initializerRange)
        implements TransformerConfig {
    /** @throws IllegalArgumentException for a size below 1, heads that don't divide the width, or an unknown activation */
    public Gpt2Config {
        Checks.positive("nEmbd", nEmbd);
        Checks.positive("nLayer", nLayer);
        Checks.positive("nHead", nHead);
        Checks.positive("nPositions", nPositions);
        Checks.positive("nInner", nInner);
        Checks.divisible("nEmbd", nEmbd, "nHead", nHead);
        Checks.probability("residPdrop", residPdrop);
        Checks.probability("embdPdrop", embdPdrop);
        Checks.probability("attnPdrop", attnPdrop);
        Activation.of(activationFunction);
    }

    /**
     * As T4RecConfig builds it: inner width 4 D, one dropout everywhere, and the layer-norm epsilon honoured (the original
     * passes it under a name that GPT-2 doesn't know).
     */
    public static Gpt2Config build(BuildArguments arguments) {
        return new Gpt2Config(
                arguments.dModel(),
                arguments.nLayer(),
                arguments.nHead(),
                arguments.totalSeqLength(),
                arguments.inner(),
                arguments.hiddenAct(),
                arguments.dropout(),
                arguments.dropout(),
                arguments.dropout(),
                arguments.layerNormEps(),
                arguments.initializerRange());
    }

    /** From a Hugging Face {@code config.json}. */
    public static Gpt2Config fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "gpt2");
        int width = config.integer("n_embd", 768);
        return new Gpt2Config(
                width,
                config.integer("n_layer", 12),
                config.integer("n_head", 12),
                config.integer("n_positions", 1024),
                config.integer("n_inner", 4 * width),
                config.text("activation_function", "gelu_new"),
                config.real("resid_pdrop", 0.1),
                config.real("embd_pdrop", 0.1),
                config.real("attn_pdrop", 0.1),
                config.real("layer_norm_epsilon", 1e-5),
                config.real("initializer_range", 0.02));
    }

    @Override
    public String modelType() {
        return "gpt2";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    /** Affine map with the weight as {@code [in, out]}, GPT-2's way. */
    private static final class Conv1D extends Module {
        private final Parameter weight;
        private final Parameter bias;

        Conv1D(int in, int out, double deviation, Generator generator) {
            weight = parameter("weight", Initializers.normal(deviation, generator, in, out));
            bias = parameter("bias", Tensors.zeros(out));
        }

        Tensor forward(Tensor input) {
            return input.linear(weight.value().transpose(0, 1), bias.value());
        }
    }

    private static final class SelfAttention extends Module {
        private final Gpt2Config config;
        private final Conv1D project;
        private final Conv1D output;

        SelfAttention(Gpt2Config config, Generator generator) {
            this.config = config;
            project = child("c_attn", new Conv1D(config.nEmbd, 3 * config.nEmbd, config.initializerRange, generator));
            output = child("c_proj", new Conv1D(config.nEmbd, config.nEmbd, residualDeviation(config), generator));
        }

        Tensor forward(Tensor input, @Nullable Tensor hidden, Pass pass) {
            Tensor all =
                    project.forward(input).unflatten(-1, 3, config.nHead, -1).permute(2, 0, 3, 1, 4); // (3, B, H, L, d)
            Tensor context = Attention.attend(
                    all.select(0, 0),
                    all.select(0, 1),
                    all.select(0, 2),
                    hidden,
                    config.attnPdrop,
                    pass); // (B, H, L, d)
            return pass.dropout(output.forward(Attention.join(context)), config.residPdrop); // (B, L, D)
        }
    }

    private static final class FeedForward extends Module {
        private final Gpt2Config config;
        private final Activation activation;
        private final Conv1D expand;
        private final Conv1D shrink;

        FeedForward(Gpt2Config config, Generator generator) {
            this.config = config;
            activation = Activation.of(config.activationFunction);
            expand = child("c_fc", new Conv1D(config.nEmbd, config.nInner, config.initializerRange, generator));
            shrink = child("c_proj", new Conv1D(config.nInner, config.nEmbd, residualDeviation(config), generator));
        }

        Tensor forward(Tensor input, Pass pass) {
            Tensor inner = activation.apply(expand.forward(input)); // (B, L, nInner)
            return pass.dropout(shrink.forward(inner), config.residPdrop); // (B, L, D)
        }
    }

    /** What ends in the residual stream starts smaller, by the number of additions. */
    private static double residualDeviation(Gpt2Config config) {
        return config.initializerRange / Math.sqrt(2.0 * config.nLayer);
    }

    private static final class Block extends Module {
        private final LayerNorm beforeAttention;
        private final SelfAttention attention;
        private final LayerNorm beforeFeedForward;
        private final FeedForward feedForward;

        Block(Gpt2Config config, Generator generator) {
            beforeAttention = child("ln_1", new LayerNorm(config.nEmbd, config.layerNormEpsilon));
            attention = child("attn", new SelfAttention(config, generator));
            beforeFeedForward = child("ln_2", new LayerNorm(config.nEmbd, config.layerNormEpsilon));
            feedForward = child("mlp", new FeedForward(config, generator));
        }

        Tensor forward(Tensor x, @Nullable Tensor hidden, Pass pass) {
            x = x.add(attention.forward(beforeAttention.forward(x), hidden, pass));
            return x.add(feedForward.forward(beforeFeedForward.forward(x), pass));
        }
    }

    private static final class Body extends TransformerBody {
        private final Gpt2Config config;
        private final Embedding positions;
        private final List<Block> blocks = new ArrayList<>();
        private final LayerNorm last;

        Body(Gpt2Config config, Generator generator) {
            this.config = config;
            positions =
                    child("wpe", Embedding.plain(config.nPositions, config.nEmbd, config.initializerRange, generator));
            for (int i = 0; i < config.nLayer; i++) {
                blocks.add(child("h." + i, new Block(config, generator)));
            }
            last = child("ln_f", new LayerNorm(config.nEmbd, config.layerNormEpsilon));
        }

        @Override
        public int inputWidth() {
            return config.nEmbd;
        }

        @Override
        public int outputWidth() {
            return config.nEmbd;
        }

        @Override
        public Set<AttentionPattern.Kind> patterns() {
            return Set.of(AttentionPattern.Kind.CAUSAL);
        }

        @Override
        public boolean ignores(String weight) {
            // old files hold the causal mask, too
            return weight.equals("wte.weight") || weight.matches("h\\.\\d+\\.attn\\.(masked_)?bias");
        }

        @Override
        protected Tensor compute(BodyInput input, Pass pass) {
            long length = input.embeddings().size(1);
            Tensor hidden = Attention.hidden(input.embeddings(), input.paddingMask(), true);
            Tensor x = pass.dropout(input.embeddings().add(positions.first(length)), config.embdPdrop); // (B, L, D)
            for (Block block : blocks) {
                x = pass.block(x, in -> block.forward(in, hidden, pass));
            }
            return last.forward(x);
        }
    }
}
