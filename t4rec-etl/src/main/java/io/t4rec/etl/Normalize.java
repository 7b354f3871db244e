package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.List;

/** To mean 0 and standard deviation 1 (of the sample, n - 1); a constant column becomes 0. Null stays null. */
public record Normalize(List<String> columns) implements Operator {
    /** @throws ConfigException without column */
    public Normalize {
        columns = Operators.given("normalize", columns);
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public List<Statistic> statistics(Input input) {
        return Operators.numbers(input, "normalize", columns).stream()
                .<Statistic>map(column -> new Statistic.Moments(input.key(column, "normalize"), column))
                .toList();
    }

    @Override
    public Built build(Input input, FittedState state) {
        return Operators.perColumn(
                input,
                "normalize",
                columns,
                column -> Operators.real(input, "normalize", column),
                (column, element) -> {
                    double mean = state.statistic(input.key(column.name(), "normalize") + ".mean");
                    double deviation = state.statistic(input.key(column.name(), "normalize") + ".deviation");
                    Expr centred = Expr.call(Expr.Function.SUBTRACT, element, Expr.literal(mean));
                    return deviation > 0 ? Expr.call(Expr.Function.DIVIDE, centred, Expr.literal(deviation)) : centred;
                });
    }
}
