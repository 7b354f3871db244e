package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.List;

/**
 * Ids for categories without a vocabulary: {@code 2 + hash % buckets}, where the hash is {@link StableHash}. 0 pads and 1 is null, as
 * in {@link Categorify}; NVTabular's ids begin at 0, so that its first bucket is the padding. Of a list, each element gets its id.
 *
 * @param columns integer or text columns
 * @param buckets at least 1
 */
public record HashBucket(List<String> columns, long buckets) implements Operator {
    private static final String OPERATOR = "hash-bucket";

    /** @throws ConfigException without column and for a number of buckets out of range */
    public HashBucket {
        columns = Operators.given(OPERATOR, columns);
        HashedIds.requireBuckets(OPERATOR, buckets);
    }

    @Override
    public Built build(Input input, FittedState state) {
        return Operators.perColumn(
                input,
                OPERATOR,
                columns,
                column -> HashedIds.schema(HashedIds.hashable(input, OPERATOR, column), buckets),
                (column, element) -> HashedIds.id(element, buckets));
    }
}
