package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import java.util.List;

/** Writes the shortest and the longest length of lists into the schema, as the data it was fitted on has them; the values stay. */
public record ValueCount(List<String> columns) implements Operator {
    private static final String OPERATOR = "value-count";

    /** @throws ConfigException without column */
    public ValueCount {
        columns = Operators.given(OPERATOR, columns);
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public List<Statistic> statistics(Input input) {
        return lists(input).stream()
                .<Statistic>map(column -> new Statistic.Lengths(input.key(column, "length"), column))
                .toList();
    }

    private List<String> lists(Input input) {
        List<String> chosen = input.select(OPERATOR, columns);
        for (String column : chosen) {
            if (!input.schema().get(column).isList()) {
                throw input.refusal(OPERATOR, column, "one value a row", "a list column");
            }
        }
        return chosen;
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> chosen = lists(input);
        List<ColumnSchema> schema = input.schema().columns().stream()
                .map(column -> chosen.contains(column.name()) ? counted(column, input, state) : column)
                .toList();
        return new Built(List.of(), Schema.of(schema));
    }

    private static ColumnSchema counted(ColumnSchema column, Input input, FittedState state) {
        String key = input.key(column.name(), "length");
        long min = (long) state.statistic(key + ".min");
        long max = (long) state.statistic(key + ".max");
        return column.withShape(ColumnShape.ragged(min, max));
    }
}
