package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The difference to an earlier event of the same group, as new columns {@code NAME_difference_lag_SHIFT}; null where there is no such
 * event. Groups are complete and in order of time, however the data lies. Integers are subtracted exactly.
 *
 * @param columns numbers, one an event
 * @param shifts how many events earlier, each at least 1, negative for later ones; default 1
 * @param by columns that tell groups apart; default those of the session
 */
public record DifferenceLag(List<String> columns, List<Integer> shifts, List<String> by) implements Operator {
    private static final String OPERATOR = "difference-lag";

    /** @throws ConfigException without column and for a shift of 0 */
    public DifferenceLag {
        columns = Operators.given(OPERATOR, columns);
        shifts = shifts == null || shifts.isEmpty() ? List.of(1) : List.copyOf(shifts);
        by = by == null ? List.of() : List.copyOf(by);
        if (shifts.contains(0)) {
            throw new ConfigException(OPERATOR + ": shift 0 (expected: at least 1, or negative)");
        }
    }

    @Override
    public Built build(Input input, FittedState state) {
        input.scalar(OPERATOR, input.workflow().time());
        List<String> groups = by.isEmpty() ? input.session() : input.keys(OPERATOR, by);
        groups.forEach(column -> input.scalar(OPERATOR, column));
        Map<String, Expr> expressions = new LinkedHashMap<>();
        List<ColumnSchema> added = new ArrayList<>();
        for (String column : input.select(OPERATOR, columns)) {
            ColumnSchema found = input.scalar(OPERATOR, column);
            Operators.real(input, OPERATOR, found);
            for (int shift : shifts) {
                String name = column + "_difference_lag_" + shift;
                input.requireNew(OPERATOR, name);
                expressions.put(name, difference(found, groups, shift));
                added.add(ColumnSchema.scalar(name, DType.FLOAT64).withTags(Tag.CONTINUOUS));
            }
        }
        return new Built(List.of(new Step.Project(expressions)), input.schema().plus(Schema.of(added)));
    }

    private static Expr difference(ColumnSchema column, List<String> groups, int shift) {
        Expr value = Expr.column(column.name());
        return Expr.call(
                column.dtype().isFloating() ? Expr.Function.SUBTRACT : Expr.Function.DIFFERENCE,
                value,
                new Expr.Previous(value, groups, shift));
    }
}
