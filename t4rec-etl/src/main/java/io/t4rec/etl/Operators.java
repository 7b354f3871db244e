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

/** Operators on columns: numbers, nulls, names and tags. */
public final class Operators {
    private Operators() {}

    /** An operator on columns. */
    public sealed interface EventOperator extends Operator {}

    /**
     * A value in place of null; in lists, in place of each null element.
     *
     * @param value number, text or truth value, as the columns are; of truth values 0 and 1 too
     * @param indicator whether a column {@code NAME_filled} tells where a value was missing; default false
     */
    public record FillMissing(List<String> columns, Object value, boolean indicator) implements EventOperator {
        private static final String OPERATOR = "fill-missing";

        /** @throws ConfigException without column or value, and for a number that is not finite */
        public FillMissing {
            columns = given(OPERATOR, columns);
            value = value instanceof Integer number ? (Object) number.longValue() : value;
            if (value == null || (value instanceof Double number && !Double.isFinite(number))) {
                throw new ConfigException(OPERATOR + ": value " + value + " (expected: a finite number or text)");
            }
        }

        /** Without indicator. */
        public FillMissing(List<String> columns, Object value) {
            this(columns, value, false);
        }

        @Override
        public Built build(Input input, FittedState state) {
            List<String> chosen = input.select(OPERATOR, columns);
            Built filled = perColumn(
                    input,
                    OPERATOR,
                    chosen,
                    column -> fitting(input, column),
                    (column, element) -> Expr.call(Expr.Function.COALESCE, element, Expr.literal(typed(column))));
            return indicator ? MissingIndicators.before(filled, input, OPERATOR, chosen) : filled;
        }

        private @Nullable Object typed(ColumnSchema column) {
            return switch (column.dtype()) {
                case STRING -> value instanceof String ? value : null;
                case BOOL -> truth(value);
                case FLOAT32 ->
                    value instanceof Number number && Float.isFinite(number.floatValue())
                            ? (Object) (double) number.floatValue()
                            : null;
                case FLOAT64 -> value instanceof Number number ? (Object) number.doubleValue() : null;
                default -> value instanceof Long ? value : null;
            };
        }

        private ColumnSchema fitting(Input input, ColumnSchema column) {
            if (typed(column) == null) {
                throw input.refusal(OPERATOR, column.name(), "value " + value, "a value of type " + column.dtype());
            }
            return column;
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
            return perColumn(input, "clip", columns, column -> real(input, "clip", column), (column, element) -> {
                Expr value = element;
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
                    (column, element) -> Expr.call(Expr.Function.LOG1P, element));
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
            return numbers(input, "normalize", columns).stream()
                    .<Statistic>map(column -> new Statistic.Moments(input.key(column, "normalize"), column))
                    .toList();
        }

        @Override
        public Built build(Input input, FittedState state) {
            return perColumn(
                    input, "normalize", columns, column -> real(input, "normalize", column), (column, element) -> {
                        double mean = state.statistic(input.key(column.name(), "normalize") + ".mean");
                        double deviation = state.statistic(input.key(column.name(), "normalize") + ".deviation");
                        Expr centred = Expr.call(Expr.Function.SUBTRACT, element, Expr.literal(mean));
                        return deviation > 0
                                ? Expr.call(Expr.Function.DIVIDE, centred, Expr.literal(deviation))
                                : centred;
                    });
        }
    }

    /**
     * New names. Columns that tell sessions and their order keep theirs.
     *
     * @param names new name by old; or none
     * @param columns that get the postfix; none without postfix
     * @param postfix put behind the names of the columns, or null for none
     */
    public record Rename(
            Map<String, String> names,
            List<String> columns,
            @Nullable String postfix) implements EventOperator {
        private static final String OPERATOR = "rename";

        /** @throws ConfigException without names and postfix, or for columns without postfix */
        public Rename {
            names = names == null ? Map.of() : renamed(OPERATOR, names);
            columns = columns == null ? List.of() : List.copyOf(columns);
            boolean post = postfix != null && !postfix.isEmpty();
            if ((names.isEmpty() && !post) || post == columns.isEmpty()) {
                throw new ConfigException(
                        "rename: no names (expected: at least one, the new by the old; or columns and a postfix)");
            }
        }

        /** These names. */
        public Rename(Map<String, String> names) {
            this(names, List.of(), null);
        }

        @Override
        public Built build(Input input, FittedState state) {
            Map<String, String> all = new LinkedHashMap<>();
            input.select(OPERATOR, columns).forEach(column -> all.put(column, column + postfix));
            all.putAll(names);
            all.keySet().forEach(column -> input.changeable(OPERATOR, column));
            Input others =
                    new Input(input.number(), input.workflow(), input.schema().excluding(all.keySet()));
            all.values().forEach(name -> others.requireNew(OPERATOR, name));
            Schema schema = Schema.of(input.schema().columns().stream()
                    .map(column -> column.withName(all.getOrDefault(column.name(), column.name())))
                    .toList());
            return new Built(List.of(new Step.Rename(all)), schema);
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
            tags = List.copyOf(tags);
        }

        @Override
        public Built build(Input input, FittedState state) {
            return new AddMetadata(columns, tags, Map.of()).build(input, state);
        }
    }

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
