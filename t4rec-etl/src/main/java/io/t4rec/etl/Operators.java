package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Operators on columns: numbers, nulls, names and tags. */
public final class Operators {
    private Operators() {}

    /** An operator on columns. */
    public sealed interface EventOperator extends Operator {}

    /**
     * A value in place of null.
     *
     * @param value number or text, as the columns are
     */
    public record FillMissing(List<String> columns, Object value) implements EventOperator {
        /** @throws ConfigException without column or value, and for a number that is not finite */
        public FillMissing {
            columns = given("fill-missing", columns);
            value = value instanceof Integer number ? (Object) number.longValue() : value;
            if (value == null || (value instanceof Double number && !Double.isFinite(number))) {
                throw new ConfigException("fill-missing: value " + value + " (expected: a finite number or text)");
            }
        }

        @Override
        public Built build(Input input, FittedState state) {
            return perColumn(
                    input,
                    "fill-missing",
                    columns,
                    column -> {
                        input.scalar("fill-missing", column.name());
                        boolean fits = column.dtype() == DType.STRING
                                ? value instanceof String
                                : column.dtype().isFloating() ? value instanceof Number : value instanceof Long;
                        if (!fits) {
                            throw input.refusal(
                                    "fill-missing",
                                    column.name(),
                                    "value " + value,
                                    "a value of type " + column.dtype());
                        }
                        return column;
                    },
                    column -> {
                        boolean real = input.schema().get(column).dtype().isFloating();
                        Object typed = real && value instanceof Number number ? (Object) number.doubleValue() : value;
                        return Expr.call(Expr.Function.COALESCE, Expr.column(column), Expr.literal(typed));
                    });
        }
    }

    /**
     * Numbers moved into a range; null stays null. Integers become numbers of double precision.
     *
     * @param min lowest value, or null for none
     * @param max highest value, or null for none
     */
    public record Clip(
            List<String> columns,
            @Nullable Double min,
            @Nullable Double max) implements EventOperator {
        /** @throws ConfigException without bound or column, for bounds that are not finite or cross */
        public Clip {
            columns = given("clip", columns);
            boolean bounded = min != null || max != null;
            boolean finite = (min == null || Double.isFinite(min)) && (max == null || Double.isFinite(max));
            if (!bounded || !finite || (min != null && max != null && min > max)) {
                throw new ConfigException(
                        "clip: min " + min + ", max " + max + " (expected: finite, at least one, min <= max)");
            }
        }

        @Override
        public Built build(Input input, FittedState state) {
            return perColumn(input, "clip", columns, column -> real(input, "clip", column), column -> {
                Expr value = Expr.column(column);
                value = min == null ? value : Expr.call(Expr.Function.GREATEST, value, Expr.literal(min));
                return max == null ? value : Expr.call(Expr.Function.LEAST, value, Expr.literal(max));
            });
        }
    }

    /** The natural logarithm of x + 1. A value of -1 or below has none and becomes null. */
    public record Log(List<String> columns) implements EventOperator {
        /** @throws ConfigException without column */
        public Log {
            columns = given("log", columns);
        }

        @Override
        public Built build(Input input, FittedState state) {
            return perColumn(
                    input,
                    "log",
                    columns,
                    column -> real(input, "log", column),
                    column -> Expr.call(Expr.Function.LOG1P, Expr.column(column)));
        }
    }

    /** To mean 0 and standard deviation 1 (of the sample, n - 1); a constant column becomes 0. Null stays null. */
    public record Normalize(List<String> columns) implements EventOperator {
        /** @throws ConfigException without column */
        public Normalize {
            columns = given("normalize", columns);
        }

        @Override
        public boolean needsData() {
            return true;
        }

        @Override
        public List<Statistic> statistics(Input input) {
            columns.forEach(column -> real(input, "normalize", input.changeable("normalize", column)));
            return columns.stream()
                    .<Statistic>map(column -> new Statistic.Moments(input.key(column, "normalize"), column))
                    .toList();
        }

        @Override
        public Built build(Input input, FittedState state) {
            return perColumn(input, "normalize", columns, column -> real(input, "normalize", column), column -> {
                double mean = state.statistic(input.key(column, "normalize") + ".mean");
                double deviation = state.statistic(input.key(column, "normalize") + ".deviation");
                Expr centred = Expr.call(Expr.Function.SUBTRACT, Expr.column(column), Expr.literal(mean));
                return deviation > 0 ? Expr.call(Expr.Function.DIVIDE, centred, Expr.literal(deviation)) : centred;
            });
        }
    }

    /**
     * New names. Columns that tell sessions and their order keep theirs.
     *
     * @param names new name by old
     */
    public record Rename(Map<String, String> names) implements EventOperator {
        /** @throws ConfigException without names */
        public Rename {
            if (names == null || names.isEmpty()) {
                throw new ConfigException("rename: no names (expected: at least one, the new by the old)");
            }
        }

        @Override
        public Built build(Input input, FittedState state) {
            names.keySet().forEach(column -> input.changeable("rename", column));
            Schema schema = Schema.of(input.schema().columns().stream()
                    .map(column -> column.withName(names.getOrDefault(column.name(), column.name())))
                    .toList());
            return new Built(List.of(new Step.Rename(names)), schema);
        }
    }

    /** Tags for columns; the values stay. */
    public record AddTags(List<String> columns, List<String> tags) implements EventOperator {
        /** @throws ConfigException without column or tag */
        public AddTags {
            columns = given("add-tags", columns);
            if (tags == null || tags.isEmpty()) {
                throw new ConfigException("add-tags: no tags (expected: at least one)");
            }
        }

        @Override
        public Built build(Input input, FittedState state) {
            Set<Tag> added = new LinkedHashSet<>();
            tags.forEach(tag -> added.addAll(Tag.expand(tag)));
            columns.forEach(column -> input.require("add-tags", column));
            Schema schema = Schema.of(input.schema().columns().stream()
                    .map(column -> columns.contains(column.name()) ? column.withTags(added) : column)
                    .toList());
            return new Built(List.of(), schema);
        }
    }

    static List<String> given(String operator, @Nullable List<String> columns) {
        if (columns == null || columns.isEmpty()) {
            throw new ConfigException(operator + ": no columns (expected: at least one)");
        }
        return List.copyOf(columns);
    }

    private static ColumnSchema real(Operator.Input input, String operator, ColumnSchema column) {
        input.scalar(operator, column.name());
        if (column.dtype() == DType.STRING) {
            throw input.refusal(operator, column.name(), "text", "numbers");
        }
        return new ColumnSchema(
                        column.name(), DType.FLOAT64, column.shape(), column.tags(), null, null, column.properties())
                .withTags(Tag.CONTINUOUS);
    }

    /** Replaces each column by an expression of it. */
    static Operator.Built perColumn(
            Operator.Input input,
            String operator,
            List<String> columns,
            UnaryOperator<ColumnSchema> schema,
            Function<String, Expr> expression) {
        Map<String, Expr> expressions = new LinkedHashMap<>();
        Map<String, ColumnSchema> changed = new LinkedHashMap<>();
        for (String column : columns) {
            changed.put(column, schema.apply(input.changeable(operator, column)));
            expressions.put(column, expression.apply(column));
        }
        Schema after = Schema.of(input.schema().columns().stream()
                .map(column -> changed.getOrDefault(column.name(), column))
                .toList());
        return new Operator.Built(List.of(new Step.Project(expressions)), after);
    }
}
