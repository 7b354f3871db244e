package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.List;

/** The natural logarithm of x + 1. A value of -1 or below has none and becomes null. */
public record Log(List<String> columns) implements Operator {
    /** @throws ConfigException without column */
    public Log {
        columns = Operators.given("log", columns);
    }

    @Override
    public Built build(Input input, FittedState state) {
        return Operators.perColumn(
                input,
                "log",
                columns,
                column -> Operators.real(input, "log", column),
                (column, element) -> Expr.call(Expr.Function.LOG1P, element));
    }
}
