package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A function of the user's own: SQL for files and a Java function, named, for requests. It is for the user that both do the same. Files
 * refuse it without SQL, requests without a function that is {@linkplain LambdaFunctions#register registered}.
 *
 * @param output column that gets the result, new or replaced
 * @param inputs columns of one value an event; a null among them gives null
 * @param sql an expression of {@code {0}}, {@code {1}} ..., which stand for the inputs, and of nothing else: no other columns, no queries, no
 *     functions that depend on more than their arguments. DuckDB takes all that it knows, other engines what means the same on all:
 *     {@link CommonSql}. A result that is not finite becomes null
 * @param function name of the Java function
 * @param type of the result: int64, float64 or string; default float64
 */
public record Lambda(
        String output,
        List<String> inputs,
        @Nullable String sql,
        @Nullable String function,
        @Nullable String type) implements Operator {
    private static final String OPERATOR = "lambda";

    /** @throws ConfigException without columns, with neither SQL nor function, or for another type */
    public Lambda {
        inputs = Operators.given(OPERATOR, inputs);
        type = type == null ? "float64" : type;
        if (output == null || (sql == null && function == null)) {
            throw new ConfigException(OPERATOR + ": output " + output + ", sql " + sql + ", function " + function
                    + " (expected: a column, and SQL for files, a function for requests, or both)");
        }
        if (!List.of("int64", "float64", "string").contains(type.toLowerCase(Locale.ROOT))) {
            throw new ConfigException(OPERATOR + ": type " + type + " (expected: int64, float64 or string)");
        }
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> chosen = input.select(OPERATOR, inputs);
        chosen.forEach(column -> input.scalar(OPERATOR, column));
        if (input.schema().contains(output)) {
            input.changeable(OPERATOR, output);
        }
        DType result = DType.valueOf(Objects.requireNonNull(type).toUpperCase(Locale.ROOT));
        ColumnSchema column = ColumnSchema.scalar(output, result);
        Expr.Custom custom = new Expr.Custom(
                "operator " + input.number() + " (" + OPERATOR + "), column " + output,
                sql,
                function,
                chosen.stream().map(Expr::column).toList(),
                chosen.stream().map(name -> input.schema().get(name).dtype()).toList(),
                result);
        Step step = new Step.Project(Map.of(output, custom));
        if (sql != null) {
            SqlExpression.requirePlain(custom, sql);
            SqlExpression.requireRunning(custom, sql, step, chosen, new DuckDbDialect(input.workflow()));
        }
        List<ColumnSchema> columns = new ArrayList<>(input.schema().columns());
        columns.replaceAll(each -> each.name().equals(output) ? column : each);
        if (!input.schema().contains(output)) {
            columns.add(column);
        }
        return new Built(List.of(step), Schema.of(columns));
    }
}
