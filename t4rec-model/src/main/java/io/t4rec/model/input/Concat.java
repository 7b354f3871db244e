package io.t4rec.model.input;

import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.SortedMap;

/** One feature after another. */
final class Concat implements Aggregation {
    @Override
    public int width(SortedMap<String, Integer> widths, String item) {
        return widths.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Override
    public Tensor apply(SortedMap<String, Tensor> features, String item) {
        return features.size() == 1
                ? features.values().iterator().next()
                : Tensors.concat(-1, new ArrayList<>(features.values()));
    }
}
