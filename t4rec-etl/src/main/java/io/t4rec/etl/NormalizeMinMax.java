package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import java.util.List;

/**
 * To the range from 0 to 1 of the data it was fitted on: {@code (x - min) / (max - min)}; other data may lie outside. A constant column
 * becomes 0.5. Null stays null. Of a list, each element is scaled. A range beyond what a double holds is refused.
 */
public record NormalizeMinMax(List<String> columns) implements Operator {
    private static final String OPERATOR = "normalize-min-max";

    /** @throws ConfigException without column */
    public NormalizeMinMax {
        columns = Operators.given(OPERATOR, columns);
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public List<Statistic> statistics(Input input) {
        return Operators.numbers(input, OPERATOR, columns).stream()
                .<Statistic>map(column -> new Statistic.Range(input.key(column, "range"), column))
                .toList();
    }

    @Override
    public Built build(Input input, FittedState state) {
        return Operators.perColumn(
                input, OPERATOR, columns, column -> Operators.real(input, OPERATOR, column), (column, element) -> {
                    double min = state.statistic(input.key(column.name(), "range") + ".min");
                    double max = state.statistic(input.key(column.name(), "range") + ".max");
                    if (!Double.isFinite(max - min)) {
                        throw new DataException("operator " + input.number() + " (" + OPERATOR + "), column "
                                + column.name() + ": " + min + " to " + max
                                + " (expected: a range that is a finite number, clip the column first)");
                    }
                    Expr above = Expr.call(Expr.Function.SUBTRACT, element, Expr.literal(min));
                    return max > min ? Expr.call(Expr.Function.DIVIDE, above, Expr.literal(max - min)) : half(above);
                });
    }

    /** 0.5 where there is a value. */
    private static Expr half(Expr value) {
        Expr zero = Expr.call(Expr.Function.MULTIPLY, value, Expr.literal(0.0));
        return Expr.call(Expr.Function.ADD, zero, Expr.literal(0.5));
    }
}
