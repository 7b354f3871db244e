package io.t4rec.nn.transformer;

import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.RecurrentLayer;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * GRU4Rec (Hidasi et al. 2016; Hidasi and Karatzoglou 2018): gated recurrent units over item embeddings, with dropout on the
 * embeddings and on every layer's states. With a tied head it is the "constrained" form, in which an item has one vector for input
 * and output; the authors add a bias an item, which our heads don't have. Fresh weights follow the authors: uniform by Glorot's
 * rule for each gate, biases zero. The cell is PyTorch's, as in the authors' own PyTorch version.
 *
 * <p>Unlike the plain {@code gru}, which follows Transformers4Rec's tutorial: PyTorch's fresh weights and one dropout at the end.
 *
 * @param hiddenSize width of embeddings and states; the authors' models have 100 and more
 * @param numHiddenLayers stacked layers, at least 1; the authors found one enough
 * @param dropout on the states of every layer, 0 to below 1
 * @param options what other bodies don't have
 */
public record Gru4RecConfig(int hiddenSize, int numHiddenLayers, double dropout, Options options)
        implements TransformerConfig {
    /**
     * Choices beyond the sizes.
     *
     * @param embeddingDropout dropout on the embeddings, 0 to below 1
     */
    public record Options(double embeddingDropout) {
        /** @throws IllegalArgumentException for a dropout outside [0, 1) */
        public Options {
            Checks.probability("embeddingDropout", embeddingDropout);
        }

        /** None, as the authors' code. */
        public static Options defaults() {
            return new Options(0);
        }
    }

    /** @throws IllegalArgumentException for a size below 1 or a dropout outside [0, 1) */
    public Gru4RecConfig {
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numHiddenLayers", numHiddenLayers);
        Checks.probability("dropout", dropout);
    }

    /** With those of the common arguments that a recurrent body has: width, layers, dropout. */
    public static Gru4RecConfig build(BuildArguments arguments, Options options) {
        return new Gru4RecConfig(arguments.dModel(), arguments.nLayer(), arguments.dropout(), options);
    }

    @Override
    public String modelType() {
        return "gru4rec";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new Body(this, generator);
    }

    private static final class Body extends TransformerBody {
        private final Gru4RecConfig config;
        private final List<RecurrentLayer> layers = new ArrayList<>();

        Body(Gru4RecConfig config, Generator generator) {
            this.config = config;
            for (int i = 0; i < config.numHiddenLayers; i++) {
                layers.add(child(
                        "gru." + i, RecurrentLayer.glorot(RecurrentLayer.Cell.GRU, config.hiddenSize, generator)));
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
            return Set.of(AttentionPattern.Kind.CAUSAL);
        }

        @Override
        protected Tensor compute(BodyInput input, Pass pass) {
            Tensor x = pass.dropout(input.embeddings(), config.options.embeddingDropout);
            for (RecurrentLayer layer : layers) {
                x = pass.dropout(layer.forward(x), config.dropout); // (B, L, D)
            }
            return x;
        }
    }
}
