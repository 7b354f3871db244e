package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Columns a second time under other names, so that operators can make two things of one column.
 *
 * @param names new name by the column's
 */
public record Copy(Map<String, String> names) implements Operator {
    private static final String OPERATOR = "copy";

    /** @throws ConfigException without names */
    public Copy {
        if (names == null || names.isEmpty()) {
            throw new ConfigException(OPERATOR + ": no names (expected: at least one, the new by the column's)");
        }
        names = Operators.renamed(OPERATOR, names);
    }

    @Override
    public Built build(Input input, FittedState state) {
        Map<String, Expr> columns = new LinkedHashMap<>();
        Schema schema = input.schema();
        for (Map.Entry<String, String> name : names.entrySet()) {
            ColumnSchema column = input.require(OPERATOR, name.getKey());
            input.requireNew(OPERATOR, name.getValue());
            if (columns.put(name.getValue(), Expr.column(name.getKey())) != null) {
                throw input.refusal(OPERATOR, name.getValue(), "twice in the result", "names that differ");
            }
            schema = schema.plus(Schema.of(column.withName(name.getValue())));
        }
        return new Built(List.of(new Step.Project(columns)), schema);
    }
}
