package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import java.util.Map;

/** Ids by {@link StableHash}: 0 pads, 1 is null, then the buckets. */
final class HashedIds {
    /** Most buckets: ids are 32-bit integers in other programs. */
    private static final long MAX_BUCKETS = Integer.MAX_VALUE - 2;

    private HashedIds() {}

    static void requireBuckets(String operator, long buckets) {
        if (buckets < 1 || buckets > MAX_BUCKETS) {
            throw new ConfigException(operator + ": buckets " + buckets + " (expected: 1 to " + MAX_BUCKETS + ")");
        }
    }

    /** The column, when it holds integers or text. */
    static ColumnSchema hashable(Operator.Input input, String operator, ColumnSchema column) {
        if (column.dtype().isFloating()) {
            throw input.refusal(operator, column.name(), column.dtype().toString(), "integers or text");
        }
        return column;
    }

    static Expr id(Expr value, long buckets) {
        Expr bucket = Expr.call(Expr.Function.HASH_BUCKET, value, Expr.literal(buckets));
        Expr id = Expr.call(Expr.Function.ADD, bucket, Expr.literal(Vocabulary.UNKNOWN));
        return Expr.call(Expr.Function.COALESCE, id, Expr.literal(Vocabulary.NULL));
    }

    /** The column with its ids. */
    static ColumnSchema schema(ColumnSchema column, long buckets) {
        return IdColumns.of(column, Vocabulary.UNKNOWN + buckets - 1, null)
                .withProperties(Map.of("num_buckets", buckets));
    }
}
