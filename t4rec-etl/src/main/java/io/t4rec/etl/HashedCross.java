package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One id for the values of several columns together: {@code 2 + hash % buckets} of all of them, a new column. 0 pads, 1 is null, which
 * it is only when all of them are. The hash is {@link StableHash} of the values' text together; NVTabular joins hashes by XOR, so that
 * rows whose values are equal all fall into one bucket.
 *
 * @param columns at least two, integers or text, one value an event
 * @param buckets at least 1
 * @param name of the new column; default the columns' names joined by {@code _X_}
 */
public record HashedCross(
        List<String> columns, long buckets, @Nullable String name) implements Operator {
    private static final String OPERATOR = "hashed-cross";

    /** @throws ConfigException without column and for a number of buckets out of range */
    public HashedCross {
        columns = Operators.given(OPERATOR, columns);
        HashedIds.requireBuckets(OPERATOR, buckets);
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> chosen = input.select(OPERATOR, columns);
        if (chosen.size() < 2) {
            throw new ConfigException("operator " + input.number() + " (" + OPERATOR + "): columns " + chosen
                    + " (expected: at least two)");
        }
        String crossed = name == null ? String.join("_X_", chosen) : name;
        input.requireNew(OPERATOR, crossed);
        chosen.forEach(column -> HashedIds.hashable(input, OPERATOR, input.scalar(OPERATOR, column)));
        Expr tuple = new Expr.Call(
                Expr.Function.TUPLE, chosen.stream().map(Expr::column).toList());
        ColumnSchema added = HashedIds.schema(ColumnSchema.scalar(crossed, DType.INT64), buckets);
        return new Built(
                List.of(new Step.Project(Map.of(crossed, HashedIds.id(tuple, buckets)))),
                input.schema().plus(Schema.of(added)));
    }
}
