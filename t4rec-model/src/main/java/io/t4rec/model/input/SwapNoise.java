package io.t4rec.model.input;

import io.t4rec.nn.Pass;
import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Stochastic swap noise (Transformers4Rec): while training, some values of a column are replaced by others of the same column, drawn from
 * the rows that are computed together. Each column draws for itself; padding stays padding, and targets never change.
 */
final class SwapNoise extends FeatureTransformation {
    private final double probability;

    /** @param replacementProb probability that a value is replaced; default 0.1 */
    record Options(double replacementProb) {
        Options {
            if (!(replacementProb >= 0 && replacementProb < 1)) {
                throw new ConfigException("replacementProb: " + replacementProb + " (expected: 0 <= probability < 1)");
            }
        }
    }

    SwapNoise(Options options, SortedMap<String, Integer> widths, Generator generator) {
        probability = options.replacementProb;
    }

    @Override
    public SortedMap<String, Tensor> forward(SortedMap<String, Tensor> features, Tensor real, Pass pass) {
        Generator generator = pass.generator();
        if (generator == null || probability == 0) {
            return features;
        }
        SortedMap<String, Tensor> noisy = new TreeMap<>(features);
        noisy.replaceAll((name, values) -> values.rank() == 1
                ? swap(values.unsqueeze(1), Tensors.ones(values.size(0), 1).ne(0), generator)
                        .squeeze(1)
                : swap(values, real, generator));
        return noisy;
    }

    /**
     * @param values {@code [B, L]}
     * @param real {@code [B, L]}, which of them may be replaced and may replace others
     */
    private Tensor swap(Tensor values, Tensor real, Generator generator) {
        Tensor mask = real.to(values.device());
        Tensor pool = values.maskedSelect(mask); // (n)
        if (pool.elements() == 0) {
            return values;
        }
        Tensor draws = Tensors.zeros(values.shape())
                .uniformInPlace(0, pool.elements(), generator)
                .to(DataType.INT64)
                .to(values.device());
        Tensor others = pool.indexSelect(0, draws.flatten(0, 1).clamp(0, pool.elements() - 1))
                .reshape(values.shape());
        Tensor swap = Tensors.zeros(values.shape())
                .bernoulliInPlace(probability, generator)
                .ne(0)
                .to(values.device())
                .and(mask);
        return others.where(swap, values);
    }
}
