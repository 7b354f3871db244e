package io.t4rec.model.input;

import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Features of one width beside each other on a last axis, {@code [..., width, features]} as in the original, read as one vector: element d
 * of feature f is at {@code d * features + f}.
 */
final class Stack implements Aggregation {
    private static final ElementWise ALIKE = new ElementWise(false);

    @Override
    public int width(SortedMap<String, Integer> widths, String item) {
        return ALIKE.width(widths, item) * widths.size();
    }

    @Override
    public Tensor apply(SortedMap<String, Tensor> features, String item) {
        List<Tensor> columns = new ArrayList<>();
        features.values().forEach(feature -> columns.add(feature.unsqueeze(-1))); // (..., D, 1)
        return Tensors.concat(-1, columns).flatten(-2, -1); // (..., D * F)
    }
}
