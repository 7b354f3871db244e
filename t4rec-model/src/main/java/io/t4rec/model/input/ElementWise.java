package io.t4rec.model.input;

import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;

/**
 * Sums of features of one width.
 *
 * @param timesItem whether the sum of the others is multiplied by the item, else the item is one of the sum
 */
record ElementWise(boolean timesItem) implements Aggregation {
    @Override
    public int width(SortedMap<String, Integer> widths, String item) {
        if (widths.values().stream().distinct().count() != 1) {
            throw new ConfigException(
                    "embedding widths: " + widths + " (expected: all equal, for an element-wise aggregation)");
        }
        if (timesItem && !widths.containsKey(item)) {
            throw new ConfigException("features: " + widths.keySet() + " (expected: " + item
                    + " among them, which multiplies the others)");
        }
        return widths.values().iterator().next();
    }

    @Override
    public Tensor apply(SortedMap<String, Tensor> features, String item) {
        if (!timesItem) {
            return sum(List.copyOf(features.values()));
        }
        List<Tensor> others = features.entrySet().stream()
                .filter(feature -> !feature.getKey().equals(item))
                .map(Map.Entry::getValue)
                .toList();
        Tensor own = Objects.requireNonNull(features.get(item), item);
        return others.isEmpty() ? own : own.mul(sum(others));
    }

    private static Tensor sum(List<Tensor> tensors) {
        Tensor sum = tensors.get(0);
        for (Tensor tensor : tensors.subList(1, tensors.size())) {
            sum = sum.add(tensor);
        }
        return sum;
    }
}
