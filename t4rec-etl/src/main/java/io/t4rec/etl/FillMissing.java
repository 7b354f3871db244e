package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value in place of null; in lists, in place of each null element.
 *
 * @param value number, text or truth value, as the columns are; of truth values 0 and 1 too
 * @param indicator whether a column {@code NAME_filled} tells where a value was missing; default false
 */
public record FillMissing(List<String> columns, Object value, boolean indicator) implements Operator {
    private static final String OPERATOR = "fill-missing";

    /** @throws ConfigException without column or value, and for a number that is not finite */
    public FillMissing {
        columns = Operators.given(OPERATOR, columns);
        value = value instanceof Integer number ? (Object) number.longValue() : value;
        if (value == null || (value instanceof Double number && !Double.isFinite(number))) {
            throw new ConfigException(OPERATOR + ": value " + value + " (expected: a finite number or text)");
        }
    }

    /** Without indicator. */
    public FillMissing(List<String> columns, Object value) {
        this(columns, value, false);
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> chosen = input.select(OPERATOR, columns);
        Built filled = Operators.perColumn(
                input,
                OPERATOR,
                chosen,
                column -> fitting(input, column),
                (column, element) -> Expr.call(Expr.Function.COALESCE, element, Expr.literal(typed(column))));
        return indicator ? MissingIndicators.before(filled, input, OPERATOR, chosen) : filled;
    }

    private @Nullable Object typed(ColumnSchema column) {
        return switch (column.dtype()) {
            case STRING -> value instanceof String ? value : null;
            case BOOL -> Operators.truth(value);
            case FLOAT32 ->
                value instanceof Number number && Float.isFinite(number.floatValue())
                        ? (Object) (double) number.floatValue()
                        : null;
            case FLOAT64 -> value instanceof Number number ? (Object) number.doubleValue() : null;
            default -> value instanceof Long ? value : null;
        };
    }

    private ColumnSchema fitting(Input input, ColumnSchema column) {
        if (typed(column) == null) {
            throw input.refusal(OPERATOR, column.name(), "value " + value, "a value of type " + column.dtype());
        }
        return column;
    }
}
