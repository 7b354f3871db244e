package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a fitted workflow on a few sessions in memory: no I/O, no state, safe for many threads. Gives what the file engine gives,
 * but never drops a short session or a rare item, and keeps only the newest of a user's sessions where the workflow makes sessions
 * ({@link Sessionize}).
 */
public final class RequestPipeline {
    private final WorkflowConfig config;
    private final Schema input;
    private final List<Step> steps;
    private final RequestEvaluator evaluator;

    RequestPipeline(WorkflowConfig config, Schema input, List<Step> steps, FittedState state) {
        this.config = config;
        this.input = input;
        this.steps = steps;
        state.load(); // not with the first request
        this.evaluator = new RequestEvaluator(state, config.time());
        steps.stream()
                .flatMap(step -> MentionedColumns.expressions(step).stream())
                .forEach(RequestPipeline::require);
    }

    /** Functions of the user's own must be known before the first request. */
    private static void require(Expr expression) {
        if (expression instanceof Expr.Custom custom) {
            LambdaFunctions.require(custom.function());
        }
    }

    /** Columns that events must have: those that the workflow looks at. */
    public Schema inputSchema() {
        return input;
    }

    /**
     * Transforms events of one or more sessions.
     *
     * @param events the columns of {@link #inputSchema()}, in any order; rows of equal time keep their order
     * @return one row a session after a groupby, sessions in order of their last event
     * @throws DataException for a missing column, a value of another type, a number that is not finite, a truth that is neither
     *     true nor false, a missing session, item or time
     */
    public Table transform(Table events) {
        Table table = sorted(checked(events));
        for (Step step : steps) {
            table = named(step, table);
        }
        return inOrder(table).without(List.of(SqlDialect.ROW));
    }

    private Table checked(Table events) {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (ColumnSchema column : input.columns()) {
            Column given = events.column(column.name());
            if (column.isList() && given instanceof Column.Lists lists) {
                Column elements = checked(column, lists.elements(), lists.offsets());
                columns.put(column.name(), new Column.Lists(elements, lists.offsets()));
            } else {
                columns.put(column.name(), checked(column, given, null));
            }
        }
        columns.put(
                SqlDialect.ROW, Column.of(LongStream.range(0, events.rowCount()).toArray()));
        return Table.of(columns);
    }

    /** @param offsets where the list of each row begins; null when values are the rows */
    private Column checked(ColumnSchema column, Column values, int @Nullable [] offsets) {
        boolean fits = column.dtype() == DType.STRING
                ? values instanceof Column.Strings
                : values instanceof Column.Longs || (column.dtype().isFloating() && values instanceof Column.Doubles);
        if (!fits || column.isList() != (offsets != null)) {
            throw new DataException("column " + column.name() + ": "
                    + values.getClass().getSimpleName() + " (expected: " + (column.isList() ? "lists of " : "")
                    + column.dtype() + ")");
        }
        boolean isTime = column.name().equals(config.time());
        boolean isRole = isTime
                || column.name().equals(config.session())
                || column.name().equals(config.item());
        for (int i = 0; i < values.size(); i++) {
            Object value = values.value(i);
            if (value == null && isRole) {
                throw refusal(column, i, offsets, null, isTime ? "a time" : "an id");
            }
            if (value instanceof Double number && !Double.isFinite(number)) {
                throw refusal(column, i, offsets, number, "a finite number or null");
            }
            if (column.dtype() == DType.BOOL && value instanceof Long truth && truth != 0 && truth != 1) {
                throw refusal(column, i, offsets, truth, EventCheck.TRUTH);
            }
            if (column.dtype() == DType.FLOAT32
                    && value instanceof Number number
                    && Math.abs(number.doubleValue()) > Float.MAX_VALUE) {
                throw refusal(column, i, offsets, number, EventCheck.FLOATS);
            }
            if (isTime && value instanceof Long time && (time < -EventRelation.LATEST || time > EventRelation.LATEST)) {
                throw refusal(column, i, offsets, time, "a time in microseconds since 1970");
            }
        }
        return column.dtype().isFloating() && values instanceof Column.Longs integers
                ? new Column.Doubles(
                        Arrays.stream(integers.values()).asDoubleStream().toArray(), integers.nulls())
                : values;
    }

    private static DataException refusal(
            ColumnSchema column, int index, int @Nullable [] offsets, @Nullable Object value, String expected) {
        int row = index;
        if (offsets != null) {
            row = 0;
            while (offsets[row + 1] <= index) {
                row++;
            }
        }
        return new DataException("events, row " + (row + 1) + ", column " + column.name() + ": " + value
                + " (expected: " + expected + ")");
    }

    /** By session, time and place: what windows and lists are defined on. */
    private Table sorted(Table table) {
        if (!EventRelation.isOfEvents(config, input)) {
            return table;
        }
        Column session = table.column(config.session());
        long[] time = table.longs(config.time()).values();
        Integer[] order = new Integer[table.rowCount()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(
                order,
                Comparator.<Integer, Object>comparing(
                                row -> Objects.requireNonNull(session.value(row)), RequestPipeline::compare)
                        .thenComparingLong(row -> time[row]));
        return table.rows(Arrays.stream(order).mapToInt(Integer::intValue).toArray());
    }

    private static int compare(Object a, Object b) {
        return a instanceof String x && b instanceof String y
                ? Arrays.compare(x.codePoints().toArray(), y.codePoints().toArray())
                : a instanceof Long m && b instanceof Long n ? Long.compare(m, n) : Double.compare(real(a), real(b));
    }

    /** A number whose order is SQL's, which knows one zero only. */
    private static double real(Object number) {
        return ((Number) number).doubleValue() + 0.0;
    }

    private static Table inOrder(Table table) {
        long[] rows = table.longs(SqlDialect.ROW).values();
        Integer[] order = new Integer[rows.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingLong(i -> rows[i]));
        return table.rows(Arrays.stream(order).mapToInt(Integer::intValue).toArray());
    }

    private Table named(Step step, Table table) {
        try {
            return run(step, table);
        } catch (ArithmeticException e) {
            throw new DataException(
                    "columns " + computed(step) + ": " + e.getMessage() + " (expected: integers of 64 bits)", e);
        }
    }

    /** Columns of a step that are computed from numbers. */
    private static List<String> computed(Step step) {
        if (step instanceof Step.Group group) {
            return group.sums();
        }
        return step instanceof Step.Project project
                ? List.copyOf(project.columns().keySet())
                : List.of();
    }

    private Table run(Step step, Table table) {
        if (step instanceof Step.Project project) {
            Map<String, Column> added = new LinkedHashMap<>();
            project.columns().forEach((name, expression) -> added.put(name, evaluator.evaluate(expression, table)));
            Table result = table;
            for (Map.Entry<String, Column> column : added.entrySet()) {
                result = result.with(column.getKey(), column.getValue());
            }
            return result;
        }
        if (step instanceof Step.Rename rename) {
            Map<String, Column> columns = new LinkedHashMap<>();
            table.columnNames()
                    .forEach(name -> columns.put(rename.names().getOrDefault(name, name), table.column(name)));
            return Table.of(columns);
        }
        if (step instanceof Step.Select select) {
            return table.select(Stream.concat(select.columns().stream(), Stream.of(SqlDialect.ROW))
                    .toList());
        }
        if (step instanceof Step.Where where) {
            Column keep = evaluator.evaluate(where.predicate(), table);
            int[] rows = IntStream.range(0, table.rowCount())
                    .filter(row -> Long.valueOf(1).equals(keep.value(row)))
                    .toArray();
            return table.rows(rows);
        }
        return group((Step.Group) step, table);
    }

    private Table group(Step.Group group, Table events) {
        RequestWindows windows = RequestWindows.of(events, group.session(), order(group, events));
        Table table = events.rows(windows.order());
        int[] offsets = windows.offsets();
        Map<String, Column> columns = new LinkedHashMap<>();
        group.columns()
                .forEach((name, aggregate) ->
                        columns.put(name, RequestAggregates.of(aggregate, table.column(aggregate.column()), offsets)));
        boolean timed = group.order().contains(config.time());
        columns.put(SqlDialect.ROW, Column.of(placesByLastEvent(table, offsets, timed)));
        return Table.of(columns);
    }

    private static Comparator<Integer> order(Step.Group group, Table table) {
        List<Comparator<Integer>> byColumn = new ArrayList<>();
        for (String name : group.order()) {
            Column column = table.column(name);
            Comparator<Object> values = RequestPipeline::compare;
            Comparator<@Nullable Object> nullsLast =
                    Comparator.nullsLast(group.descending() ? values.reversed() : values);
            byColumn.add((a, b) -> nullsLast.compare(column.value(a), column.value(b)));
        }
        return (a, b) -> byColumn.stream()
                .mapToInt(comparator -> comparator.compare(a, b))
                .filter(result -> result != 0)
                .findFirst()
                .orElse(0);
    }

    /** Groups in order of their last event, ties by their first place. */
    private long[] placesByLastEvent(Table table, int[] offsets, boolean timed) {
        long[] rows = table.longs(SqlDialect.ROW).values();
        Comparator<Object> values = RequestPipeline::compare;
        Comparator<@Nullable Object> nullsLast = Comparator.nullsLast(values);
        Integer[] groups = new Integer[offsets.length - 1];
        Arrays.setAll(groups, i -> i);
        @Nullable Object[] last = new Object[groups.length];
        if (timed) {
            Column times = table.column(config.time()); // integers, or what an earlier groupby made of them
            Arrays.setAll(
                    last,
                    group -> IntStream.range(offsets[group], offsets[group + 1])
                            .filter(row -> !times.isNull(row))
                            .mapToObj(row -> Objects.requireNonNull(times.value(row)))
                            .max(values)
                            .orElse(null));
        }
        Arrays.sort(
                groups,
                Comparator.<Integer, @Nullable Object>comparing(group -> last[group], nullsLast)
                        .thenComparingLong(group -> Arrays.stream(rows, offsets[group], offsets[group + 1])
                                .min()
                                .orElseThrow()));
        long[] places = new long[groups.length];
        for (int place = 0; place < places.length; place++) {
            places[groups[place]] = place;
        }
        return places;
    }
}
