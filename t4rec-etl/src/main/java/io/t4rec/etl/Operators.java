package io.t4rec.etl;

import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.IntDomain;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Operators on single events: each value from values of the same event or the one before it. */
public final class Operators {
    private Operators() {}

    /** An operator on events. */
    public sealed interface EventOperator extends Operator {}

    /**
     * Ids for categories, most frequent first; see {@link Vocabulary} for the layout.
     *
     * @param columns integer or text columns, each with a vocabulary of its own
     * @param frequencyThreshold values seen less often become unknown; default 0 keeps all
     * @param maxSize most values kept, the most frequent ones; default 0 keeps all
     */
    public record Categorify(List<String> columns, int frequencyThreshold, int maxSize) implements EventOperator {
        /** @throws ConfigException for negative bounds or no column */
        public Categorify {
            columns = given("categorify", columns);
            if (frequencyThreshold < 0 || maxSize < 0) {
                throw new ConfigException("categorify: frequencyThreshold " + frequencyThreshold + ", maxSize "
                        + maxSize + " (expected: >= 0)");
            }
        }

        /** Keeps all values. */
        public static Categorify of(String... columns) {
            return new Categorify(List.of(columns), 0, 0);
        }

        @Override
        public void fit(FitContext context) {
            for (String column : columns) {
                String name = context.require("categorify", column);
                Table table = context.database()
                        .query("select " + name + " as value, count(*) as count from " + context.relation() + " where "
                                + name
                                + " is not null group by 1 having count(*) >= " + Math.max(1, frequencyThreshold)
                                + " order by 2 desc, 1" + (maxSize > 0 ? " limit " + maxSize : ""));
                List<Object> values = new ArrayList<>();
                for (int row = 0; row < table.rowCount(); row++) {
                    Object value = table.column("value").value(row);
                    if (value != null) {
                        values.add(value);
                    }
                }
                context.state()
                        .vocabularies()
                        .put(column, new Vocabulary(values, table.longs("count").values()));
            }
        }

        @Override
        public Built build(BuildContext context) {
            return perColumn(
                    context,
                    "categorify",
                    columns,
                    column -> {
                        if (column.dtype().isFloating()) {
                            throw new ConfigException("operator " + context.number() + " (categorify), column "
                                    + column.name() + ": " + column.dtype() + " (expected: integers or text)");
                        }
                        long max = context.state().vocabulary(column.name()).cardinality() - 1;
                        return new ColumnSchema(
                                        column.name(),
                                        DType.INT64,
                                        column.shape(),
                                        column.tags(),
                                        null,
                                        null,
                                        column.properties())
                                .withIntDomain(new IntDomain(0, max, column.name()))
                                .withTags(Tag.CATEGORICAL);
                    },
                    column -> new Expr.Lookup(column, Expr.column(column)));
        }
    }

    /**
     * A value in place of null.
     *
     * @param value number or text, as the columns are
     */
    public record FillMissing(List<String> columns, Object value) implements EventOperator {
        /** @throws ConfigException without column */
        public FillMissing {
            columns = given("fill-missing", columns);
            value = value instanceof Integer number ? (Object) number.longValue() : value;
        }

        @Override
        public Built build(BuildContext context) {
            return perColumn(
                    context,
                    "fill-missing",
                    columns,
                    column -> {
                        boolean fits = column.dtype() == DType.STRING
                                ? value instanceof String
                                : column.dtype().isFloating() ? value instanceof Number : value instanceof Long;
                        if (!fits) {
                            throw new ConfigException("operator " + context.number() + " (fill-missing), column "
                                    + column.name() + ": value " + value + " (expected: a value of type "
                                    + column.dtype() + ")");
                        }
                        return column;
                    },
                    column -> {
                        boolean real = context.schema().get(column).dtype().isFloating();
                        Object typed = real && value instanceof Number number ? (Object) number.doubleValue() : value;
                        return Expr.call(Expr.Function.COALESCE, Expr.column(column), Expr.literal(typed));
                    });
        }
    }

    /**
     * Values moved into a range; null stays null.
     *
     * @param min lowest value, or null for none
     * @param max highest value, or null for none
     */
    public record Clip(
            List<String> columns,
            @Nullable Double min,
            @Nullable Double max) implements EventOperator {
        /** @throws ConfigException without bound or column */
        public Clip {
            columns = given("clip", columns);
            if (min == null && max == null) {
                throw new ConfigException("clip: no bound (expected: min, max or both)");
            }
        }

        @Override
        public Built build(BuildContext context) {
            return perColumn(context, "clip", columns, column -> real(context, "clip", column), column -> {
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
        public Built build(BuildContext context) {
            return perColumn(
                    context,
                    "log",
                    columns,
                    column -> real(context, "log", column),
                    column -> Expr.call(Expr.Function.LOG1P, Expr.column(column)));
        }
    }

    /** To mean 0 and standard deviation 1 (of the sample, n - 1); a constant column becomes 0. */
    public record Normalize(List<String> columns) implements EventOperator {
        /** @throws ConfigException without column */
        public Normalize {
            columns = given("normalize", columns);
        }

        @Override
        public void fit(FitContext context) {
            for (String column : columns) {
                String name = context.require("normalize", column);
                context.database()
                        .forEach(
                                "select coalesce(avg(" + name + "), 0), coalesce(stddev_samp(" + name
                                        + "), 0), count(*) filter (where not isfinite(" + name + ")) from "
                                        + context.relation(),
                                row -> {
                                    if (row.getLong(3) > 0) {
                                        throw new DataException("column " + column + ": " + row.getLong(3)
                                                + " values that are not finite (expected: finite numbers or null)");
                                    }
                                    context.state().statistics().put(context.key(column, "mean"), row.getDouble(1));
                                    context.state()
                                            .statistics()
                                            .put(context.key(column, "deviation"), row.getDouble(2));
                                });
            }
        }

        @Override
        public Built build(BuildContext context) {
            return perColumn(context, "normalize", columns, column -> real(context, "normalize", column), column -> {
                double mean = context.state().statistic(context.key(column, "mean"));
                double deviation = context.state().statistic(context.key(column, "deviation"));
                Expr centred = Expr.call(Expr.Function.SUBTRACT, Expr.column(column), Expr.literal(mean));
                return deviation > 0 ? Expr.call(Expr.Function.DIVIDE, centred, Expr.literal(deviation)) : centred;
            });
        }
    }

    /**
     * New names.
     *
     * @param names new name by old
     */
    public record Rename(Map<String, String> names) implements EventOperator {
        @Override
        public Built build(BuildContext context) {
            names.keySet().forEach(column -> context.require("rename", column));
            Schema schema = Schema.of(context.schema().columns().stream()
                    .map(column -> column.withName(names.getOrDefault(column.name(), column.name())))
                    .toList());
            return new Built(List.of(new Step.Rename(names)), schema);
        }
    }

    /** Tags for columns; the values stay. */
    public record AddTags(List<String> columns, List<String> tags) implements EventOperator {
        /** @throws ConfigException without column */
        public AddTags {
            columns = given("add-tags", columns);
        }

        @Override
        public Built build(BuildContext context) {
            Set<Tag> added = new LinkedHashSet<>();
            tags.forEach(tag -> added.addAll(Tag.expand(tag)));
            columns.forEach(column -> context.require("add-tags", column));
            Schema schema = Schema.of(context.schema().columns().stream()
                    .map(column -> columns.contains(column.name()) ? column.withTags(added) : column)
                    .toList());
            return new Built(List.of(), schema);
        }
    }

    /**
     * Columns made of the event's time: {@code hour} (ids 1 to 24), {@code weekday} (ids 1 to 7, Monday first) and {@code
     * elapsed} (seconds since the session's previous event, 0 at the first), each only when asked for.
     */
    public record TimeFeatures(boolean hour, boolean weekday, boolean elapsed) implements EventOperator {
        private static final double MICROS = 1_000_000;

        @Override
        public Built build(BuildContext context) {
            context.scalar("time-features", context.workflow().time());
            Expr time = Expr.column(context.workflow().time());
            Map<String, Expr> columns = new LinkedHashMap<>();
            List<ColumnSchema> added = new ArrayList<>();
            if (hour) {
                columns.put("hour", plusOne(Expr.call(Expr.Function.HOUR, time)));
                added.add(ColumnSchema.categorical("hour", 24));
            }
            if (weekday) {
                columns.put("weekday", plusOne(Expr.call(Expr.Function.WEEKDAY, time)));
                added.add(ColumnSchema.categorical("weekday", 7));
            }
            if (elapsed) {
                Expr since = Expr.call(Expr.Function.SUBTRACT, time, new Expr.Previous(time));
                Expr seconds = Expr.call(Expr.Function.DIVIDE, since, Expr.literal(MICROS));
                columns.put("elapsed", Expr.call(Expr.Function.COALESCE, seconds, Expr.literal(0.0)));
                added.add(ColumnSchema.scalar("elapsed", DType.FLOAT64).withTags(Tag.CONTINUOUS));
            }
            return new Built(
                    List.of(new Step.Project(columns)), context.schema().plus(Schema.of(added)));
        }

        private static Expr plusOne(Expr value) {
            return Expr.call(Expr.Function.SUBTRACT, value, Expr.literal(-1L));
        }
    }

    private static List<String> given(String operator, @Nullable List<String> columns) {
        if (columns == null || columns.isEmpty()) {
            throw new ConfigException(operator + ": no columns (expected: at least one)");
        }
        return List.copyOf(columns);
    }

    private static ColumnSchema real(Operator.BuildContext context, String operator, ColumnSchema column) {
        if (column.dtype() == DType.STRING) {
            throw new ConfigException("operator " + context.number() + " (" + operator + "), column " + column.name()
                    + ": text (expected: numbers)");
        }
        return new ColumnSchema(
                        column.name(), DType.FLOAT64, column.shape(), column.tags(), null, null, column.properties())
                .withTags(Tag.CONTINUOUS);
    }

    private static Operator.Built perColumn(
            Operator.BuildContext context,
            String operator,
            List<String> columns,
            UnaryOperator<ColumnSchema> schema,
            Function<String, Expr> expression) {
        Map<String, Expr> expressions = new LinkedHashMap<>();
        Map<String, ColumnSchema> changed = new LinkedHashMap<>();
        for (String column : columns) {
            changed.put(column, schema.apply(context.scalar(operator, column)));
            expressions.put(column, expression.apply(column));
        }
        Schema after = Schema.of(context.schema().columns().stream()
                .map(column -> changed.getOrDefault(column.name(), column))
                .toList());
        return new Operator.Built(List.of(new Step.Project(expressions)), after);
    }
}
