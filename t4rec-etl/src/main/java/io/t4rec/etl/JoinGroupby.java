package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Statistics of the group that a row belongs to, in the data the workflow was fitted on, as new columns {@code GROUP_count} and {@code
 * GROUP_COLUMN_STATISTIC}. A group that was not there, and a key that is null (of several: all are), gives null. Nulls among the numbers
 * don't count.
 *
 * @param by columns that tell groups apart, integers or text; their names joined by {@code _} are the group's
 * @param columns numbers that are measured; none for the count alone
 * @param stats some of {@code count} (rows of the group), {@code sum}, {@code mean}, {@code std}, {@code var} (of the sample, n - 1), {@code
 *     min}, {@code max}; default count
 */
public record JoinGroupby(List<String> by, List<String> columns, List<String> stats) implements Operator {
    private static final String OPERATOR = "join-groupby";
    private static final String COUNT = "count";
    private static final List<String> KNOWN = List.of(COUNT, "sum", "mean", "std", "var", "min", "max");

    /** @throws ConfigException without group, for an unknown statistic, and for one of numbers without columns */
    public JoinGroupby {
        by = Operators.given(OPERATOR, by);
        columns = columns == null ? List.of() : List.copyOf(columns);
        stats = stats == null || stats.isEmpty() ? List.of(COUNT) : List.copyOf(stats);
        if (!KNOWN.containsAll(stats) || (columns.isEmpty() && !stats.equals(List.of(COUNT)))) {
            throw new ConfigException(OPERATOR + ": stats " + stats + ", columns " + columns + " (expected: some of "
                    + KNOWN + "; columns for all but count)");
        }
    }

    @Override
    public boolean needsData() {
        return true;
    }

    private List<String> keys(Input input) {
        return GroupKey.chosen(input, OPERATOR, by);
    }

    @Override
    public List<Statistic> statistics(Input input) {
        List<String> keys = keys(input);
        List<String> numbers = columns.isEmpty() ? List.of() : measured(input);
        boolean squares = stats.contains("std") || stats.contains("var");
        return List.of(new Statistic.Groups(table(input, keys), GroupKey.of(keys), numbers, squares));
    }

    private static String table(Input input, List<String> keys) {
        return input.key(String.join("_", keys), "groups");
    }

    private List<String> measured(Input input) {
        List<String> numbers = input.select(OPERATOR, columns);
        numbers.forEach(column -> Operators.real(input, OPERATOR, input.scalar(OPERATOR, column)));
        return numbers;
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> keys = keys(input);
        String group = String.join("_", keys);
        String table = table(input, keys);
        state.table(table);
        Expr key = GroupKey.of(keys);
        Map<String, Expr> expressions = new LinkedHashMap<>();
        List<ColumnSchema> added = new ArrayList<>();
        if (stats.contains(COUNT)) {
            expressions.put(group + "_count", new Expr.LookupColumn(table, "rows", key));
            added.add(ColumnSchema.scalar(group + "_count", DType.INT64).withTags(Tag.CONTINUOUS));
        }
        for (String column : columns.isEmpty() ? List.<String>of() : measured(input)) {
            for (String stat :
                    stats.stream().filter(stat -> !stat.equals(COUNT)).toList()) {
                String name = group + "_" + column + "_" + stat;
                expressions.put(name, statistic(table, column, stat, key));
                added.add(ColumnSchema.scalar(name, DType.FLOAT64).withTags(Tag.CONTINUOUS));
            }
        }
        expressions.keySet().forEach(name -> input.requireNew(OPERATOR, name));
        return new Built(List.of(new Step.Project(expressions)), input.schema().plus(Schema.of(added)));
    }

    private static Expr statistic(String table, String column, String stat, Expr key) {
        Expr count = of(table, column, COUNT, key);
        Expr less = Expr.call(Expr.Function.SUBTRACT, count, Expr.literal(1L));
        Expr variance = Expr.call(Expr.Function.DIVIDE, of(table, column, "m2", key), less);
        return switch (stat) {
            case "mean" -> Expr.call(Expr.Function.DIVIDE, of(table, column, "sum", key), count);
            case "var" -> variance;
            case "std" -> Expr.call(Expr.Function.SQRT, variance);
            default -> of(table, column, stat, key);
        };
    }

    private static Expr of(String table, String column, String measure, Expr key) {
        return new Expr.LookupColumn(table, column + "." + measure, key);
    }
}
