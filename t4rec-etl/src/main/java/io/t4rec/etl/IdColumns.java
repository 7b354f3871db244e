package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.IntDomain;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the schema says about columns of ids: domain, tag and the size of their embedding table. */
final class IdColumns {
    /** Property with {@code cardinality} and {@code dimension} of the embedding table. */
    static final String EMBEDDING_SIZES = "embedding_sizes";

    /** Property with the name of the vocabulary that the ids belong to, whatever the column is called by then. */
    static final String VOCABULARY = "vocabulary";

    /** Property with the id of the first value, where it is not {@link Vocabulary#FIRST}. */
    static final String FIRST_ID = "first_id";

    /** Property of ids made of truth, whose vocabulary holds 0 and 1. */
    static final String TRUTH = "truth";

    /** Properties that categorify gives. */
    private static final List<String> MADE =
            List.of(VOCABULARY, TRUTH, FIRST_ID, EMBEDDING_SIZES, "num_buckets", "freq_threshold", "max_size");

    private static final long MIN_DIMENSION = 16;
    private static final long MAX_DIMENSION = 512;

    private IdColumns() {}

    /**
     * The column as ids from 0, which pads.
     *
     * @param max largest id
     * @param domain name of the ids that columns may share, or null
     */
    static ColumnSchema of(ColumnSchema column, long max, @Nullable String domain) {
        Map<String, Object> sizes = new LinkedHashMap<>();
        sizes.put("cardinality", max + 1);
        sizes.put("dimension", dimension(max + 1));
        ColumnSchema raw = recomputed(column);
        return new ColumnSchema(column.name(), DType.INT64, column.shape(), column.tags(), null, null, raw.properties())
                .withIntDomain(new IntDomain(0, max, domain))
                .withTags(Tag.CATEGORICAL)
                .withProperties(
                        column.dtype() == DType.BOOL
                                ? Map.of(EMBEDDING_SIZES, sizes, TRUTH, true)
                                : Map.of(EMBEDDING_SIZES, sizes));
    }

    /**
     * The usual width of an embedding: {@code 1.6 n^0.56}, rounded, from 16 to 512 (fast.ai's rule with NVTabular's bounds). 100 ids
     * give 21, 1000 give 77, 10000 give 278.
     */
    static long dimension(long cardinality) {
        return Math.min(Math.max(MIN_DIMENSION, Math.round(1.6 * Math.pow(cardinality, 0.56))), MAX_DIMENSION);
    }

    /** A schema of raw columns: ids and numbers of sessions of another workflow are plain integers here. */
    static Schema unfitted(Schema schema) {
        return Schema.of(schema.columns().stream()
                .map(column -> without(column, List.of(VOCABULARY, TRUTH, FIRST_ID, Sessionize.NUMBER_OF_SESSION)))
                .toList());
    }

    /** A column whose values are computed anew, which makes them no ids of a vocabulary any more. */
    static ColumnSchema recomputed(ColumnSchema column) {
        return without(column, MADE);
    }

    private static ColumnSchema without(ColumnSchema column, List<String> keys) {
        if (keys.stream().noneMatch(column.properties()::containsKey)) {
            return column;
        }
        Map<String, @Nullable Object> properties = new LinkedHashMap<>(column.properties());
        properties.keySet().removeAll(keys);
        return new ColumnSchema(
                column.name(),
                column.dtype(),
                column.shape(),
                column.tags(),
                column.intDomain(),
                column.floatDomain(),
                properties);
    }
}
