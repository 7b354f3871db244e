package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.List;

/** Drops sessions with fewer events than {@code min}. Data sets only: a request may hold one event. */
public record SessionLengthFilter(int min) implements Operator {
    /** @throws ConfigException for a bound below 1 */
    public SessionLengthFilter {
        if (min < 1) {
            throw new ConfigException("session-length-filter: min " + min + " (expected: >= 1)");
        }
    }

    @Override
    public Built build(Input input, FittedState state) {
        String item = input.workflow().item();
        if (!input.require("session-length-filter", item).isList()) {
            throw new ConfigException("operator " + input.number() + " (session-length-filter), column " + item
                    + ": no list (expected: a groupby with lists before it)");
        }
        Expr length = Expr.call(Expr.Function.LENGTH, Expr.column(item));
        Expr enough = Expr.call(Expr.Function.AT_LEAST, length, Expr.literal((long) min));
        return new Built(List.of(new Step.Where(enough, Step.Scope.DATA_SETS)), input.schema());
    }
}
