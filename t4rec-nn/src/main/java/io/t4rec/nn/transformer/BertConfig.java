package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Activation;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * BERT's encoder (Devlin et al. 2019), as Hugging Face's {@code BertModel} without pooler: post-norm layers, learned
 * positions, bidirectional.
 *
 * @param hiddenSize width D
 * @param numHiddenLayers layers, at least 1
 * @param numAttentionHeads heads H; divides D
 * @param intermediateSize width of the feed-forward part
 * @param hiddenAct name of an {@link Activation}
 * @param hiddenDropoutProb dropout on embeddings and on what a layer adds
 * @param attentionProbsDropoutProb dropout on attention weights
 * @param maxPositionEmbeddings longest sequence
 * @param typeVocabSize rows of the token type table; row 0 is added everywhere
 * @param initializerRange deviation of fresh weights
 * @param layerNormEps added to variances
 */
public record BertConfig(
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
        double layerNormEps)
        implements TransformerConfig {
    /** Positions beyond the longest sequence, so that one appended mask position fits. */
    private static final int EXTRA_POSITIONS = 2;

    /** @throws IllegalArgumentException for a size below 1, heads that don't divide the width, or an unknown activation */
    public BertConfig {
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.positive("numAttentionHeads", numAttentionHeads);
        Checks.positive("intermediateSize", intermediateSize);
        Checks.positive("maxPositionEmbeddings", maxPositionEmbeddings);
        Checks.positive("typeVocabSize", typeVocabSize);
        Checks.divisible("hiddenSize", hiddenSize, "numAttentionHeads", numAttentionHeads);
        Checks.probability("hiddenDropoutProb", hiddenDropoutProb);
        Checks.probability("attentionProbsDropoutProb", attentionProbsDropoutProb);
        Activation.of(hiddenAct);
    }

    /**
     * As T4RecConfig builds it, with its dropout and inner width honoured (the original passes the first under a name that BERT
     * ignores and never sets the second).
     */
    public static BertConfig build(BuildArguments arguments) {
        return new BertConfig(
                arguments.dModel(),
                arguments.nLayer(),
                arguments.nHead(),
                arguments.inner(),
                arguments.hiddenAct(),
                arguments.dropout(),
                arguments.dropout(),
                arguments.totalSeqLength() + EXTRA_POSITIONS,
                2,
                arguments.initializerRange(),
                arguments.layerNormEps());
    }

    /** From a Hugging Face {@code config.json}. */
    public static BertConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "bert");
        return new BertConfig(
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
                config.real("layer_norm_eps", 1e-12));
    }

    @Override
    public String modelType() {
        return "bert";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    private static final class Layer extends Module {
        private final BertConfig config;
        private final Activation activation;
        private final Linear query;
        private final Linear key;
        private final Linear value;
        private final Linear attentionOutput;
        private final LayerNorm afterAttention;
        private final Linear expand;
        private final Linear shrink;
        private final LayerNorm afterFeedForward;

        Layer(BertConfig config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize;
            double deviation = config.initializerRange;
            activation = Activation.of(config.hiddenAct);
            query = child("attention.self.query", Linear.normal(width, width, deviation, generator));
            key = child("attention.self.key", Linear.normal(width, width, deviation, generator));
            value = child("attention.self.value", Linear.normal(width, width, deviation, generator));
            attentionOutput = child("attention.output.dense", Linear.normal(width, width, deviation, generator));
            afterAttention = child("attention.output.LayerNorm", new LayerNorm(width, config.layerNormEps));
            expand = child("intermediate.dense", Linear.normal(width, config.intermediateSize, deviation, generator));
            shrink = child("output.dense", Linear.normal(config.intermediateSize, width, deviation, generator));
            afterFeedForward = child("output.LayerNorm", new LayerNorm(width, config.layerNormEps));
        }

        Tensor forward(Tensor x, @Nullable Tensor hidden, Pass pass) {
            int heads = config.numAttentionHeads;
            Tensor context = Attention.attend(
                    Attention.split(query.forward(x), heads),
                    Attention.split(key.forward(x), heads),
                    Attention.split(value.forward(x), heads),
                    hidden,
                    config.attentionProbsDropoutProb,
                    pass); // (B, H, L, d)
            Tensor attended = attentionOutput.forward(Attention.join(context)); // (B, L, D)
            x = afterAttention.forward(x.add(pass.dropout(attended, config.hiddenDropoutProb)));
            Tensor inner = activation.apply(expand.forward(x)); // (B, L, intermediate)
            return afterFeedForward.forward(x.add(pass.dropout(shrink.forward(inner), config.hiddenDropoutProb)));
        }
    }

    private static final class Body extends TransformerBody {
        private final BertConfig config;
        private final Embedding positions;
        private final Embedding tokenTypes;
        private final LayerNorm norm;
        private final List<Layer> layers = new ArrayList<>();

        Body(BertConfig config, Generator generator) {
            this.config = config;
            int width = config.hiddenSize;
            positions = child(
                    "embeddings.position_embeddings",
                    Embedding.plain(config.maxPositionEmbeddings, width, config.initializerRange, generator));
            tokenTypes = child(
                    "embeddings.token_type_embeddings",
                    Embedding.plain(config.typeVocabSize, width, config.initializerRange, generator));
            norm = child("embeddings.LayerNorm", new LayerNorm(width, config.layerNormEps));
            for (int i = 0; i < config.numHiddenLayers; i++) {
                layers.add(child("encoder.layer." + i, new Layer(config, generator)));
            }
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
            return Set.of(AttentionPattern.Kind.BIDIRECTIONAL);
        }

        @Override
        public boolean ignores(String weight) {
            return weight.equals("embeddings.word_embeddings.weight") || weight.startsWith("pooler.");
        }

        @Override
        protected Tensor compute(BodyInput input, Pass pass) {
            long length = input.embeddings().size(1);
            Tensor hidden = Attention.hidden(input.embeddings(), input.paddingMask(), false);
            Tensor added = positions.first(length).add(tokenTypes.first(1)); // (L, D)
            Tensor x = pass.dropout(norm.forward(input.embeddings().add(added)), config.hiddenDropoutProb); // (B, L, D)
            for (Layer layer : layers) {
                x = pass.block(x, in -> layer.forward(in, hidden, pass));
            }
            return x;
        }
    }
}
