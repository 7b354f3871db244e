package io.t4rec.nn.transformer;

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
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The layers of {@link ReformerConfig}. Two streams run through them, side by side: {@code [B, L, 2 D]}. */
final class ReformerBody extends TransformerBody {
    private final ReformerConfig config;
    private final @Nullable AxialPositions axial;
    private final @Nullable Embedding plain;
    private final List<Layer> layers = new ArrayList<>();
    private final LayerNorm last;

    ReformerBody(ReformerConfig config, Generator generator) {
        this.config = config;
        String name = "embeddings.position_embeddings";
        axial = config.axes() == null ? null : child(name, new AxialPositions(config.axes(), generator));
        plain = axial != null
                ? null
                : child(
                        name + ".embedding",
                        Embedding.plain(
                                config.maxPositionEmbeddings(),
                                config.hiddenSize(),
                                config.initializerRange(),
                                generator));
        for (int i = 0; i < config.attnLayers().size(); i++) {
            layers.add(child("encoder.layers." + i, new Layer(config, i, generator)));
        }
        last = child("encoder.layer_norm", new LayerNorm(2L * config.hiddenSize(), config.layerNormEps()));
    }

    @Override
    public int inputWidth() {
        return config.hiddenSize();
    }

    @Override
    public int outputWidth() {
        return 2 * config.hiddenSize();
    }

    @Override
    public Set<AttentionPattern.Kind> patterns() {
        return config.isDecoder()
                ? Set.of(AttentionPattern.Kind.CAUSAL)
                : Set.of(AttentionPattern.Kind.BIDIRECTIONAL, AttentionPattern.Kind.CAUSAL);
    }

    @Override
    public boolean dependsOnLength() {
        return config.attnLayers().contains(ReformerConfig.LSH)
                && !config.hashing().exact();
    }

    @Override
    public boolean ignores(String weight) {
        return weight.equals("embeddings.word_embeddings.weight");
    }

    @Override
    protected Tensor compute(BodyInput input, Pass pass) {
        boolean causal = input.pattern().kind() == AttentionPattern.Kind.CAUSAL;
        long[] lengths = lengths(input);
        Tensor x = pass.dropout(input.embeddings(), config.hiddenDropoutProb())
                .add(positions(input.embeddings(), pass)); // (B, L, D)
        Tensor streams = Tensors.concat(-1, x, x); // (B, L, 2 D)
        for (Layer layer : layers) {
            streams = pass.block(streams, in -> layer.forward(in, lengths, causal, pass));
        }
        return pass.dropout(last.forward(streams), config.hiddenDropoutProb());
    }

    private static long[] lengths(BodyInput input) {
        Tensor mask = input.paddingMask();
        long[] lengths = new long[Math.toIntExact(input.embeddings().size(0))];
        Arrays.fill(lengths, input.embeddings().size(1));
        return mask == null ? lengths : mask.to(DataType.INT64).sum(1, false).toLongs();
    }

    /** {@code [B, L, D]}, with 1 in place of B where nothing is dropped. */
    private Tensor positions(Tensor x, Pass pass) {
        long length = x.size(1);
        if (length > config.maxPositionEmbeddings()) {
            throw new IllegalArgumentException("sequence length: " + length + " (expected: at most "
                    + config.maxPositionEmbeddings()
                    + ", the positions of this model; truncate sequences or build it with a larger totalSeqLength)");
        }
        if (axial != null) {
            return axial.first(x.size(0), length, config.hiddenDropoutProb(), pass);
        }
        Tensor places = Objects.requireNonNull(plain, "plain").first(length).unsqueeze(0); // (1, L, D)
        return pass.dropout(pass.isTraining() ? places.expand(x.size(0), -1, -1) : places, config.hiddenDropoutProb());
    }

    /** Attention changes the first stream by the second, the feed-forward part the second by the first (Gomez et al. 2017). */
    private static final class Layer extends Module {
        private final ReformerConfig config;
        private final LayerNorm beforeAttention;
        private final ReformerAttention attention;
        private final Linear attentionOutput;
        private final FeedForward feedForward;

        Layer(ReformerConfig config, int place, Generator generator) {
            this.config = config;
            int joined = config.numAttentionHeads() * config.attentionHeadSize();
            beforeAttention = child("attention.layer_norm", new LayerNorm(config.hiddenSize(), config.layerNormEps()));
            String name = "attention.self_attention";
            attention = config.attnLayers().get(place).equals(ReformerConfig.LSH)
                    ? child(name, new LshAttention(config, place, generator))
                    : child(name, new LocalAttention(config, generator));
            attentionOutput = child(
                    "attention.output.dense",
                    Linear.normalWithoutBias(joined, config.hiddenSize(), config.initializerRange(), generator));
            feedForward = child("feed_forward", new FeedForward(config, generator));
        }

        Tensor forward(Tensor streams, long[] lengths, boolean causal, Pass pass) {
            int width = config.hiddenSize();
            Tensor first = streams.narrow(-1, 0, width); // (B, L, D)
            Tensor second = streams.narrow(-1, width, width);
            Tensor context = attention.attend(beforeAttention.forward(second), lengths, causal, pass); // (B, H, L, d)
            Tensor attended = attentionOutput.forward(Attention.join(context)); // (B, L, D)
            first = first.add(pass.dropout(attended, config.hiddenDropoutProb()));
            return Tensors.concat(-1, first, second.add(feedForward.forward(first, pass)));
        }
    }

    private static final class FeedForward extends Module {
        private final ReformerConfig config;
        private final Activation activation;
        private final LayerNorm norm;
        private final Linear expand;
        private final Linear shrink;

        FeedForward(ReformerConfig config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize();
            double deviation = config.initializerRange();
            activation = Activation.of(config.hiddenAct());
            norm = child("layer_norm", new LayerNorm(width, config.layerNormEps()));
            expand = child("dense.dense", Linear.normal(width, config.feedForwardSize(), deviation, generator));
            shrink = child("output.dense", Linear.normal(config.feedForwardSize(), width, deviation, generator));
        }

        /** {@code [B, L, D]} to the same shape, some positions at a time. */
        Tensor forward(Tensor x, Pass pass) {
            long length = x.size(1);
            long size = config.chunkSizeFeedForward() == 0 ? length : config.chunkSizeFeedForward();
            List<Tensor> parts = new ArrayList<>();
            for (long start = 0; start < length; start += size) {
                parts.add(part(x.narrow(1, start, Math.min(size, length - start)), pass));
            }
            return parts.size() == 1 ? parts.get(0) : Tensors.concat(1, parts);
        }

        private Tensor part(Tensor x, Pass pass) {
            double dropout = config.hiddenDropoutProb();
            Tensor inner = activation.apply(pass.dropout(expand.forward(norm.forward(x)), dropout));
            return pass.dropout(shrink.forward(inner), dropout);
        }
    }
}
