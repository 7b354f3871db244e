package io.t4rec.nn.transformer;

import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.RecurrentLayer;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.Set;

/**
 * A recurrent body, the classic of session-based recommendation (GRU4Rec, Hidasi et al. 2016) as Transformers4Rec's tutorial
 * uses it: states of all positions, causal by nature.
 *
 * @param cell GRU or LSTM
 * @param hiddenSize width of input and output
 * @param numHiddenLayers stacked layers, at least 1
 * @param dropout on the output, 0 to below 1
 */
public record RecurrentConfig(RecurrentLayer.Cell cell, int hiddenSize, int numHiddenLayers, double dropout)
        implements TransformerConfig {
    /** @throws IllegalArgumentException for a size below 1 or a dropout outside [0, 1) */
    public RecurrentConfig {
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.probability("dropout", dropout);
    }

    @Override
    public String modelType() {
        return cell == RecurrentLayer.Cell.GRU ? "gru" : "lstm";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    private static final class Body extends TransformerBody {
        private final RecurrentConfig config;
        private final RecurrentLayer layers;

        Body(RecurrentConfig config, Generator generator) {
            this.config = config;
            this.layers = child(
                    "rnn",
                    new RecurrentLayer(
                            config.cell, config.hiddenSize, config.hiddenSize, config.numHiddenLayers, generator));
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
        protected Tensor compute(BodyInput input, Pass pass) {
            return pass.dropout(layers.forward(input.embeddings()), config.dropout); // (B, L, D)
        }
    }
}
