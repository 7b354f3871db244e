package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One row a session, or another group. Groups are whole, however the data lies; lists come in order of time; equal times keep the
 * order of the data. Rows without a key are left out. Groups come in order of their last event.
 *
 * @param aggregations by column, or by pattern, tag or type for those neither named nor keys: any of list, first, last, count,
 *     nunique, and of numbers sum, mean, min, max, std, var, median. A single one keeps the column's name, several are named {@code
 *     column-aggregation}
 * @param by columns that tell groups apart; default those of the session
 * @param sort columns that order the events of a group, nulls last; default the time
 * @param descending whether that order falls; default false
 */
public record Groupby(Map<String, List<String>> aggregations, List<String> by, List<String> sort, boolean descending)
        implements Operator {
    private static final String OPERATOR = "groupby";

    /** @throws ConfigException for an unknown aggregation */
    public Groupby {
        if (aggregations == null) {
            throw new ConfigException(OPERATOR + ": no aggregations (expected: lists of them by column)");
        }
        aggregations.forEach((column, kinds) -> {
            if (kinds == null || kinds.isEmpty()) {
                throw new ConfigException(
                        OPERATOR + ": aggregations of " + column + ": none (expected: a list such as [list, last])");
            }
            kinds.forEach(Groupby::kind);
        });
        by = by == null ? List.of() : List.copyOf(by);
        sort = sort == null ? List.of() : List.copyOf(sort);
    }

    /** One row a session, in order of time. */
    public Groupby(Map<String, List<String>> aggregations) {
        this(aggregations, List.of(), List.of(), false);
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> keys = by.isEmpty() ? input.session() : input.keys(OPERATOR, by);
        Map<String, Step.Aggregate> columns = new LinkedHashMap<>();
        List<ColumnSchema> schema = new ArrayList<>();
        for (String key : keys) {
            columns.put(key, aggregate(Step.Aggregate.Kind.FIRST, input.scalar(OPERATOR, key)));
            schema.add(input.scalar(OPERATOR, key));
        }
        byColumn(input, keys).forEach((column, kinds) -> {
            for (String kind : kinds) {
                Step.Aggregate.Kind aggregate = kind(kind);
                ColumnSchema found = suited(input, column, aggregate);
                String name = kinds.size() == 1 ? column : column + "-" + kind;
                if (columns.put(name, aggregate(aggregate, found)) != null) {
                    throw input.refusal(OPERATOR, name, "twice in the result", "names that differ");
                }
                schema.add(output(found.withName(name), aggregate));
            }
        });
        List<Step> steps = new ArrayList<>();
        keys.stream()
                .filter(key -> !input.workflow().session().equals(key))
                .map(key -> Expr.call(Expr.Function.DISTINCT, Expr.column(key), Expr.literal(null)))
                .forEach(present -> steps.add(new Step.Where(present, Step.Scope.EVERYWHERE)));
        steps.add(new Step.Group(keys, order(input), descending, columns));
        return new Built(steps, Schema.of(schema));
    }

    /** What is made of each column; a pattern chooses those that are neither named themselves nor keys. */
    private Map<String, List<String>> byColumn(Input input, List<String> keys) {
        Map<String, List<String>> byColumn = new LinkedHashMap<>();
        aggregations.forEach((entry, kinds) -> {
            for (String column : input.select(OPERATOR, List.of(entry))) {
                boolean others = !column.equals(entry);
                if (others && (keys.contains(column) || aggregations.containsKey(column))) {
                    continue;
                }
                if (byColumn.put(column, kinds) != null) {
                    throw input.refusal(OPERATOR, column, "chosen twice by aggregations", "one entry for a column");
                }
            }
        });
        return byColumn;
    }

    private List<String> order(Input input) {
        ColumnSchema time = input.schema().find(input.workflow().time());
        List<String> order = new ArrayList<>(input.select(OPERATOR, sort));
        order.forEach(column -> input.scalar(OPERATOR, column));
        if (time != null && !time.isList() && !order.contains(time.name())) {
            order.add(time.name());
        }
        return order;
    }

    private static Step.Aggregate aggregate(Step.Aggregate.Kind kind, ColumnSchema column) {
        return new Step.Aggregate(kind, column.name(), column.dtype().isInteger() || column.dtype() == DType.BOOL);
    }

    private static ColumnSchema suited(Input input, String column, Step.Aggregate.Kind kind) {
        boolean picks = kind == Step.Aggregate.Kind.FIRST || kind == Step.Aggregate.Kind.LAST;
        ColumnSchema found = picks ? input.require(OPERATOR, column) : input.scalar(OPERATOR, column);
        if (kind.compareTo(Step.Aggregate.Kind.SUM) >= 0 && found.dtype() == DType.STRING) {
            throw input.refusal(
                    OPERATOR, column, "text", "numbers for " + kind.name().toLowerCase(Locale.ROOT));
        }
        return found;
    }

    private static Step.Aggregate.Kind kind(String name) {
        for (Step.Aggregate.Kind kind : Step.Aggregate.Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
                return kind;
            }
        }
        List<String> known = Arrays.stream(Step.Aggregate.Kind.values())
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .toList();
        throw new ConfigException("groupby: " + name + " (expected: " + Names.expectation(name, known) + ")");
    }

    private static ColumnSchema output(ColumnSchema input, Step.Aggregate.Kind kind) {
        return switch (kind) {
            case LIST -> input.withShape(ColumnShape.ragged()).withTags(Tag.LIST);
            case FIRST, LAST, MIN, MAX -> input;
            case COUNT, NUNIQUE -> ColumnSchema.scalar(input.name(), DType.INT64);
            case SUM -> ColumnSchema.scalar(input.name(), input.dtype().isFloating() ? DType.FLOAT64 : DType.INT64);
            default -> ColumnSchema.scalar(input.name(), DType.FLOAT64).withTags(Tag.CONTINUOUS);
        };
    }
}
