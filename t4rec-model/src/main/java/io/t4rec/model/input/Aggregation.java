package io.t4rec.model.input;

import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.Tensor;
import java.util.SortedMap;

/**
 * How the features of a position become one vector. Features come in alphabetical order of their names, as in the original. Register your
 * own in {@link AggregationRegistry}.
 */
public interface Aggregation {
    /**
     * Width of the joined vector.
     *
     * @param widths of the features by name
     * @param item name of the item's feature
     * @throws ConfigException when features of these widths can't be joined so
     */
    int width(SortedMap<String, Integer> widths, String item);

    /**
     * Joins features.
     *
     * @param features by name, {@code [..., width]} each, equal but for the last size
     * @param item name of the item's feature
     * @return {@code [..., width(...)]}
     */
    Tensor apply(SortedMap<String, Tensor> features, String item);
}
