package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.List;

/**
 * The median in place of null, as a number of double precision; in lists, in place of each null element. The median of an even number
 * of values is the mean of the two in the middle; without any value it is 0.
 *
 * @param indicator whether a column {@code NAME_filled} tells where a value was missing; default false
 */
public record FillMedian(List<String> columns, boolean indicator) implements Operator {
    private static final String OPERATOR = "fill-median";

    /** @throws ConfigException without column */
    public FillMedian {
        columns = Operators.given(OPERATOR, columns);
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public List<Statistic> statistics(Input input) {
        return Operators.numbers(input, OPERATOR, columns).stream()
                .<Statistic>map(column -> new Statistic.Median(input.key(column, "fill"), column))
                .toList();
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> chosen = input.select(OPERATOR, columns);
        Built filled = Operators.perColumn(
                input, OPERATOR, chosen, column -> Operators.real(input, OPERATOR, column), (column, element) -> {
                    double median = state.statistic(input.key(column.name(), "fill") + ".median");
                    return Expr.call(Expr.Function.COALESCE, element, Expr.literal(median));
                });
        return indicator ? MissingIndicators.before(filled, input, OPERATOR, chosen) : filled;
    }
}
