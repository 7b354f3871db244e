package io.t4rec.model.input;

import io.t4rec.schema.ConfigException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Numbers as weighted means of learned vectors (soft one-hot encoding, see {@link SoftEmbedding}), in place of the numbers themselves.
 *
 * @param columns number columns; null, the default, for all
 * @param cardinalityDefault vectors of a column that {@code cardinalities} doesn't name; default 10
 * @param dimDefault width of a column that {@code dims} doesn't name; default 8
 * @param cardinalities vectors by column
 * @param dims width by column
 * @param layerNorm whether each is normalised, in place of the normalisation of all features; default true
 */
public record SoftEmbeddings(
        @Nullable List<String> columns,
        @Nullable Integer cardinalityDefault,
        @Nullable Integer dimDefault,
        Map<String, Integer> cardinalities,
        Map<String, Integer> dims,
        @Nullable Boolean layerNorm) {
    /** @throws ConfigException for numbers below 1 */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public SoftEmbeddings {
        columns = columns == null ? null : List.copyOf(columns);
        cardinalityDefault = cardinalityDefault == null ? 10 : cardinalityDefault;
        dimDefault = dimDefault == null ? 8 : dimDefault;
        cardinalities = copy(cardinalities);
        dims = copy(dims);
        layerNorm = layerNorm == null || layerNorm;
        boolean positive = cardinalityDefault >= 1
                && dimDefault >= 1
                && cardinalities.values().stream().allMatch(value -> value >= 1)
                && dims.values().stream().allMatch(value -> value >= 1);
        if (!positive) {
            throw new ConfigException("softEmbeddings: cardinalityDefault " + cardinalityDefault + ", dimDefault "
                    + dimDefault + ", cardinalities " + cardinalities + ", dims " + dims + " (expected: all >= 1)");
        }
    }

    private static Map<String, Integer> copy(@Nullable Map<String, Integer> given) {
        return given == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(given));
    }

    /** All number columns, ten vectors of width 8 each, normalised: the original's defaults. */
    public static SoftEmbeddings defaults() {
        return new SoftEmbeddings(null, null, null, Map.of(), Map.of(), null);
    }

    boolean normalises() {
        return Boolean.TRUE.equals(layerNorm);
    }

    boolean takes(String column) {
        return columns == null || columns.contains(column);
    }

    int cardinality(String column) {
        return of(cardinalities, column, cardinalityDefault);
    }

    int dim(String column) {
        return of(dims, column, dimDefault);
    }

    private static int of(Map<String, Integer> given, String column, @Nullable Integer other) {
        Integer value = given.containsKey(column) ? given.get(column) : other;
        return value == null ? 0 : value;
    }
}
