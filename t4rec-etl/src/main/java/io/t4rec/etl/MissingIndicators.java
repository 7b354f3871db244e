package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Columns {@code NAME_filled} that tell where a value was missing before it was filled. */
final class MissingIndicators {
    private MissingIndicators() {}

    /** What filled columns, with indicators computed from the columns as they were. */
    static Operator.Built before(Operator.Built filled, Operator.Input input, String operator, List<String> columns) {
        Map<String, Expr> indicators = new LinkedHashMap<>();
        List<ColumnSchema> added = new ArrayList<>();
        for (String name : columns) {
            ColumnSchema column = input.require(operator, name);
            String indicator = name + "_filled";
            input.requireNew(operator, indicator);
            indicators.put(indicator, Operators.each(column, MissingIndicators::isNull));
            added.add(ColumnSchema.scalar(indicator, DType.BOOL).withShape(column.shape()));
        }
        List<Step> steps = new ArrayList<>(List.of(new Step.Project(indicators)));
        steps.addAll(filled.steps());
        return new Operator.Built(steps, filled.schema().plus(Schema.of(added)));
    }

    static Expr isNull(Expr value) {
        return Expr.call(Expr.Function.NOT, Expr.call(Expr.Function.DISTINCT, value, Expr.literal(null)));
    }
}
