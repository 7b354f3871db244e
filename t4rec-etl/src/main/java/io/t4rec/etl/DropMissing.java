package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.List;

/**
 * Keeps the events that have a value in each of the columns. Runs on data sets and on requests alike, as {@link Filter}.
 *
 * @param columns one value an event
 */
public record DropMissing(List<String> columns) implements Operator {
    private static final String OPERATOR = "drop-missing";

    /** @throws ConfigException without column */
    public DropMissing {
        columns = Operators.given(OPERATOR, columns);
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<Step> steps = input.select(OPERATOR, columns).stream()
                .map(column -> input.scalar(OPERATOR, column))
                .map(column -> Expr.call(Expr.Function.DISTINCT, Expr.column(column.name()), Expr.literal(null)))
                .<Step>map(present -> new Step.Where(present, Step.Scope.EVERYWHERE))
                .toList();
        return new Built(steps, input.schema());
    }
}
