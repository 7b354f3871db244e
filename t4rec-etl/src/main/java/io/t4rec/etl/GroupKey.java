package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import java.util.List;

/** What tells groups of rows apart: a column, or several together. */
final class GroupKey {
    private GroupKey() {}

    /** The value of one column, or the {@link TupleText} of several. */
    static Expr of(List<String> columns) {
        return columns.size() == 1
                ? Expr.column(columns.get(0))
                : new Expr.Call(
                        Expr.Function.TUPLE, columns.stream().map(Expr::column).toList());
    }

    /** The columns that entries choose, at least one, which hold integers or text, one value a row. */
    static List<String> chosen(Operator.Input input, String operator, List<String> entries) {
        List<String> chosen = input.keys(operator, entries);
        require(input, operator, chosen);
        return chosen;
    }

    /** That the columns hold integers or text, one value a row. */
    static void require(Operator.Input input, String operator, List<String> columns) {
        for (String name : columns) {
            ColumnSchema column = input.scalar(operator, name);
            if (column.dtype().isFloating()) {
                throw input.refusal(operator, name, column.dtype().toString(), "integers or text");
            }
        }
    }
}
