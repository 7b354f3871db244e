package io.t4rec.model.input;

import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Normalises each feature of more than one element; a part for each, named after it. */
final class FeatureLayerNorm extends FeatureTransformation {
    private final Map<String, LayerNorm> norms = new TreeMap<>();

    /** @param epsilon added to variances; default 1e-5 */
    record Options(double epsilon) {
        Options {
            if (!(epsilon > 0)) {
                throw new ConfigException("epsilon: " + epsilon + " (expected: > 0)");
            }
        }

        static Options defaults() {
            return new Options(1e-5);
        }
    }

    FeatureLayerNorm(Options options, SortedMap<String, Integer> widths, Generator generator) {
        widths.forEach((name, width) -> {
            if (width > 1) {
                norms.put(name, child(name, new LayerNorm(width, options.epsilon)));
            }
        });
    }

    @Override
    public SortedMap<String, Tensor> forward(SortedMap<String, Tensor> features, Tensor real, Pass pass) {
        SortedMap<String, Tensor> normalised = new TreeMap<>(features);
        norms.forEach((name, norm) -> normalised.computeIfPresent(name, (same, feature) -> norm.forward(feature)));
        return normalised;
    }
}
