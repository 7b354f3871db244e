package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.List;

/**
 * Drops events whose value is rare in the data it was fitted on, and those without value. Data sets only: a request keeps its
 * events.
 *
 * @param column integers or text, whose values are counted
 * @param min fewest events of a value that stays, at least 1
 */
public record MinSupport(String column, int min) implements Operator {
    private static final String OPERATOR = "min-support";

    /** @throws ConfigException without column and for a bound below 1 */
    public MinSupport {
        if (column == null || min < 1) {
            throw new ConfigException(
                    OPERATOR + ": column " + column + ", min " + min + " (expected: a column, min >= 1)");
        }
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public List<Statistic> statistics(Input input) {
        if (input.scalar(OPERATOR, column).dtype().isFloating()) {
            throw input.refusal(OPERATOR, column, "numbers", "integers or text");
        }
        return List.of(Statistic.Counts.of(input.key(column, "support"), column, min, 0));
    }

    @Override
    public Built build(Input input, FittedState state) {
        input.scalar(OPERATOR, column);
        state.vocabulary(input.key(column, "support"));
        Expr id = new Expr.Lookup(input.key(column, "support"), Expr.column(column));
        Expr frequent = Expr.call(Expr.Function.AT_LEAST, id, Expr.literal(Vocabulary.FIRST));
        return new Built(List.of(new Step.Where(frequent, Step.Scope.DATA_SETS)), input.schema());
    }
}
