package io.t4rec.model.input;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;

/** How the features of a position are joined. Features come in alphabetical order, as in the original. */
enum Aggregation {
    /** One after another. */
    CONCAT {
        @Override
        int width(SortedMap<String, Integer> widths, String item) {
            return widths.values().stream().mapToInt(Integer::intValue).sum();
        }

        @Override
        Tensor apply(SortedMap<String, Tensor> features, String item) {
            return features.size() == 1
                    ? features.values().iterator().next()
                    : Tensors.concat(-1, new ArrayList<>(features.values()));
        }
    },
    /** Sum of all; widths must agree. */
    ELEMENT_WISE_SUM {
        @Override
        int width(SortedMap<String, Integer> widths, String item) {
            return common(widths);
        }

        @Override
        Tensor apply(SortedMap<String, Tensor> features, String item) {
            return sum(new ArrayList<>(features.values()));
        }
    },
    /** The item times the sum of the others; widths must agree. */
    ELEMENT_WISE_SUM_ITEM_MULTI {
        @Override
        int width(SortedMap<String, Integer> widths, String item) {
            return common(widths);
        }

        @Override
        Tensor apply(SortedMap<String, Tensor> features, String item) {
            List<Tensor> others = features.entrySet().stream()
                    .filter(feature -> !feature.getKey().equals(item))
                    .map(Map.Entry::getValue)
                    .toList();
            Tensor own = Objects.requireNonNull(features.get(item), item);
            return others.isEmpty() ? own : own.mul(sum(others));
        }
    };

    abstract int width(SortedMap<String, Integer> widths, String item);

    abstract Tensor apply(SortedMap<String, Tensor> features, String item);

    static Aggregation of(String name) {
        for (Aggregation aggregation : values()) {
            if (aggregation.label().equals(name)) {
                return aggregation;
            }
        }
        List<String> known = Arrays.stream(values()).map(Aggregation::label).toList();
        throw new ConfigException("aggregation: " + name + " (expected: " + Names.expectation(name, known) + ")");
    }

    private String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static int common(SortedMap<String, Integer> widths) {
        if (widths.values().stream().distinct().count() != 1) {
            throw new ConfigException(
                    "embedding widths: " + widths + " (expected: all equal, for an element-wise aggregation)");
        }
        return widths.values().iterator().next();
    }

    private static Tensor sum(List<Tensor> tensors) {
        Tensor sum = tensors.get(0);
        for (Tensor tensor : tensors.subList(1, tensors.size())) {
            sum = sum.add(tensor);
        }
        return sum;
    }
}
