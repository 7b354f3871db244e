package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers moved into a range; null stays null. Integers become numbers of double precision.
 *
 * @param min lowest value, or null for none
 * @param max highest value, or null for none
 */
public record Clip(
        List<String> columns,
        @Nullable Double min,
        @Nullable Double max) implements Operator {
    /** @throws ConfigException without bound or column, for bounds that are not finite or cross */
    public Clip {
        columns = Operators.given("clip", columns);
        boolean bounded = min != null || max != null;
        boolean finite = (min == null || Double.isFinite(min)) && (max == null || Double.isFinite(max));
        if (!bounded || !finite || (min != null && max != null && min > max)) {
            throw new ConfigException(
                    "clip: min " + min + ", max " + max + " (expected: finite, at least one, min <= max)");
        }
    }

    @Override
    public Built build(Input input, FittedState state) {
        return Operators.perColumn(
                input, "clip", columns, column -> Operators.real(input, "clip", column), (column, element) -> {
                    Expr value = element;
                    value = min == null ? value : Expr.call(Expr.Function.GREATEST, value, Expr.literal(min));
                    return max == null ? value : Expr.call(Expr.Function.LEAST, value, Expr.literal(max));
                });
    }
}
