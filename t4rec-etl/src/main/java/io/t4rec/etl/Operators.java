package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What operators on columns share. */
final class Operators {
    private Operators() {}

    /** 0 or 1 for a truth value, given as such or as one of these numbers; else null. */
    static @Nullable Long truth(@Nullable Object value) {
        return value instanceof Boolean yes
                ? (Long) (yes ? 1L : 0L)
                : value instanceof Long number && (number == 0 || number == 1) ? number : null;
    }

    static List<String> given(String operator, @Nullable List<String> columns) {
        if (columns == null || columns.isEmpty()) {
            throw new ConfigException(operator + ": no columns (expected: at least one)");
        }
        return List.copyOf(columns);
    }

    /** New names of columns, each there. */
    static Map<String, String> renamed(String operator, Map<String, String> names) {
        names.forEach((column, name) -> {
            if (name == null || name.isBlank()) {
                throw new ConfigException(operator + ": no new name for column " + column + " (expected: one)");
            }
        });
        return Collections.unmodifiableMap(new LinkedHashMap<>(names));
    }

    /** The chosen columns, which must be numbers that may change. */
    static List<String> numbers(Operator.Input input, String operator, List<String> columns) {
        List<String> chosen = input.select(operator, columns);
        chosen.forEach(column -> real(input, operator, input.changeable(operator, column)));
        return chosen;
    }

    /** The column when it holds numbers of double precision, tagged continuous. */
    static ColumnSchema real(Operator.Input input, String operator, ColumnSchema column) {
        if (column.dtype() == DType.STRING) {
            throw input.refusal(operator, column.name(), "text", "numbers");
        }
        ColumnSchema numbers = IdColumns.recomputed(column);
        return new ColumnSchema(
                        column.name(), DType.FLOAT64, column.shape(), column.tags(), null, null, numbers.properties())
                .withTags(Tag.CONTINUOUS);
    }

    /** Replaces each chosen column by an expression of its value, or of each element of its lists. */
    static Operator.Built perColumn(
            Operator.Input input,
            String operator,
            List<String> columns,
            UnaryOperator<ColumnSchema> schema,
            BiFunction<ColumnSchema, Expr, Expr> expression) {
        return project(
                input, operator, columns, schema, column -> each(column, element -> expression.apply(column, element)));
    }

    /** An expression of a column's value, or of each element of its lists. */
    static Expr each(ColumnSchema column, UnaryOperator<Expr> expression) {
        Expr whole = Expr.column(column.name());
        return column.isList() ? new Expr.Each(whole, expression.apply(new Expr.Element())) : expression.apply(whole);
    }

    /** Replaces each chosen column by an expression of it. */
    static Operator.Built project(
            Operator.Input input,
            String operator,
            List<String> columns,
            UnaryOperator<ColumnSchema> schema,
            Function<ColumnSchema, Expr> expression) {
        Map<String, Expr> expressions = new LinkedHashMap<>();
        Map<String, ColumnSchema> changed = new LinkedHashMap<>();
        for (String name : input.select(operator, columns)) {
            ColumnSchema column = input.changeable(operator, name);
            changed.put(name, schema.apply(column));
            expressions.put(name, expression.apply(column));
        }
        Schema after = Schema.of(input.schema().columns().stream()
                .map(column -> changed.getOrDefault(column.name(), column))
                .toList());
        return new Operator.Built(List.of(new Step.Project(expressions)), after);
    }
}
