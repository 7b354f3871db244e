package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a number lies from the mean of its group, such as a price from those of its category: {@code (x - mean) / mean}, as a new column
 * {@code COLUMN_relative_to_GROUP}. The means are those of the data the workflow was fitted on. Null for a null, for a group that was not
 * there, and for a mean of 0.
 *
 * @param columns numbers, one an event
 * @param by columns that tell groups apart, integers or text
 */
public record RelativeToGroup(List<String> columns, List<String> by) implements Operator {
    private static final String OPERATOR = "relative-to-group";

    /** @throws ConfigException without column or group */
    public RelativeToGroup {
        columns = Operators.given(OPERATOR, columns);
        by = Operators.given(OPERATOR, by);
    }

    @Override
    public boolean needsData() {
        return true;
    }

    private List<String> keys(Input input) {
        return GroupKey.chosen(input, OPERATOR, by);
    }

    private static String table(Input input, List<String> keys) {
        return input.key(String.join("_", keys), "means");
    }

    private List<String> measured(Input input) {
        List<String> chosen = input.select(OPERATOR, columns);
        chosen.forEach(column -> Operators.real(input, OPERATOR, input.scalar(OPERATOR, column)));
        return chosen;
    }

    @Override
    public List<Statistic> statistics(Input input) {
        List<String> keys = keys(input);
        return List.of(new Statistic.Groups(table(input, keys), GroupKey.of(keys), measured(input), false));
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> keys = keys(input);
        String table = table(input, keys);
        state.table(table);
        Expr key = GroupKey.of(keys);
        Map<String, Expr> expressions = new LinkedHashMap<>();
        Schema schema = input.schema();
        for (String column : measured(input)) {
            String name = column + "_relative_to_" + String.join("_", keys);
            input.requireNew(OPERATOR, name);
            Expr sum = new Expr.LookupColumn(table, column + ".sum", key);
            Expr count = new Expr.LookupColumn(table, column + ".count", key);
            Expr mean = Expr.call(Expr.Function.DIVIDE, sum, count);
            Expr above = Expr.call(Expr.Function.SUBTRACT, Expr.column(column), mean);
            expressions.put(name, Expr.call(Expr.Function.DIVIDE, above, mean));
            schema = schema.plus(
                    Schema.of(ColumnSchema.scalar(name, DType.FLOAT64).withTags(Tag.CONTINUOUS)));
        }
        return new Built(List.of(new Step.Project(expressions)), schema);
    }
}
