package io.t4rec.model.input;

import io.t4rec.nn.Pass;
import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.SortedMap;
import java.util.TreeMap;

/** Dropout on each feature, while training. */
final class FeatureDropout extends FeatureTransformation {
    private final double rate;

    /** @param dropoutRate probability that an element becomes 0; default 0 */
    record Options(double dropoutRate) {
        Options {
            if (!(dropoutRate >= 0 && dropoutRate < 1)) {
                throw new ConfigException("dropoutRate: " + dropoutRate + " (expected: 0 <= rate < 1)");
            }
        }
    }

    FeatureDropout(Options options, SortedMap<String, Integer> widths, Generator generator) {
        rate = options.dropoutRate;
    }

    @Override
    public SortedMap<String, Tensor> forward(SortedMap<String, Tensor> features, Tensor real, Pass pass) {
        SortedMap<String, Tensor> dropped = new TreeMap<>(features);
        dropped.replaceAll((name, feature) -> pass.dropout(feature, rate));
        return dropped;
    }
}
