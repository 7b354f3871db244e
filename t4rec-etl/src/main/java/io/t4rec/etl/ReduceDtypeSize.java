package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The smallest types that hold the data it was fitted on: integers of 8, 16, 32 or 64 bits, numbers as 32-bit floats, rounded to the
 * nearest. An integer of other data that doesn't fit is an error when it is written. Text stays.
 */
public record ReduceDtypeSize(List<String> columns) implements Operator {
    private static final String OPERATOR = "reduce-dtype-size";
    private static final List<DType> INTEGERS = List.of(DType.INT8, DType.INT16, DType.INT32, DType.INT64);

    /** @throws ConfigException without column */
    public ReduceDtypeSize {
        columns = Operators.given(OPERATOR, columns);
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public List<Statistic> statistics(Input input) {
        return input.select(OPERATOR, columns).stream()
                .filter(column -> input.schema().get(column).dtype().isInteger())
                .<Statistic>map(column -> new Statistic.Range(input.key(column, "size"), column))
                .toList();
    }

    @Override
    public Built build(Input input, FittedState state) {
        Map<String, Expr> rounded = new LinkedHashMap<>();
        Map<String, ColumnSchema> reduced = new LinkedHashMap<>();
        for (String name : input.select(OPERATOR, columns)) {
            ColumnSchema column = input.schema().get(name);
            if (column.dtype().isFloating()) {
                input.changeable(OPERATOR, name);
                rounded.put(name, Operators.each(column, element -> Expr.call(Expr.Function.SINGLE, element)));
                reduced.put(name, column.withDType(DType.FLOAT32));
            } else if (column.dtype().isInteger()) {
                double min = state.statistic(input.key(name, "size") + ".min");
                double max = state.statistic(input.key(name, "size") + ".max");
                reduced.put(name, column.withDType(smallest(min, max)));
            }
        }
        Schema schema = Schema.of(input.schema().columns().stream()
                .map(column -> Objects.requireNonNullElse(reduced.get(column.name()), column))
                .toList());
        return new Built(rounded.isEmpty() ? List.of() : List.of(new Step.Project(rounded)), schema);
    }

    private static DType smallest(double min, double max) {
        for (DType type : INTEGERS) {
            double limit = Math.pow(2, type.bits() - 1);
            if (min >= -limit && max < limit) {
                return type;
            }
        }
        return DType.INT64;
    }
}
