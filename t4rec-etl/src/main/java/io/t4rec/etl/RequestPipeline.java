package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a fitted workflow on a few sessions in memory: no I/O, no state, safe for many threads. Gives what the file engine gives,
 * but never drops a session or a rare item ({@link Step#dataSetOnly()}).
 */
public final class RequestPipeline {
    private final WorkflowConfig config;
    private final Schema input;
    private final List<Step> steps;
    private final Map<String, Vocabulary> vocabularies;
    private final boolean everyStep;

    RequestPipeline(
            WorkflowConfig config,
            Schema input,
            List<Step> steps,
            Map<String, Vocabulary> vocabularies,
            boolean everyStep) {
        this.config = config;
        this.input = input;
        this.steps = steps;
        this.vocabularies = vocabularies;
        this.everyStep = everyStep;
    }

    /** Columns that events must have. */
    public Schema inputSchema() {
        return input;
    }

    /**
     * Transforms events of one or more sessions.
     *
     * @param events the columns of {@link #inputSchema()}, in any order; rows of equal time keep their order
     * @return one row a session after a groupby, sessions in order of their first event
     * @throws DataException for a missing column or a value of another type
     */
    public Table transform(Table events) {
        Table table = sorted(checked(events));
        for (Step step : steps) {
            if (everyStep || !step.dataSetOnly()) {
                table = run(step, table);
            }
        }
        return inOrder(table).without(List.of(DuckDbDialect.ROW));
    }

    private Table checked(Table events) {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (ColumnSchema column : input.columns()) {
            Column values = events.column(column.name());
            boolean fits = column.dtype() == DType.STRING
                    ? values instanceof Column.Strings
                    : column.dtype().isFloating()
                            ? values instanceof Column.Doubles || values instanceof Column.Longs
                            : values instanceof Column.Longs;
            if (!fits) {
                throw new DataException("column " + column.name() + ": "
                        + values.getClass().getSimpleName() + " (expected: " + column.dtype() + ")");
            }
            boolean widened = column.dtype().isFloating() && values instanceof Column.Longs;
            columns.put(column.name(), widened ? toDoubles((Column.Longs) values) : values);
        }
        long[] rows = new long[events.rowCount()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i;
        }
        columns.put(DuckDbDialect.ROW, Column.of(rows));
        return Table.of(columns);
    }

    private static Column toDoubles(Column.Longs values) {
        return new Column.Doubles(
                Arrays.stream(values.values()).asDoubleStream().toArray(), values.nulls());
    }

    /** By session, time and place: what windows and lists are defined on. */
    private Table sorted(Table table) {
        Column session = table.column(config.session());
        Column time = table.column(config.time());
        Integer[] order = new Integer[table.rowCount()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(
                order,
                Comparator.<Integer, @Nullable Object>comparing(session::value, RequestPipeline::compare)
                        .thenComparing(time::value, RequestPipeline::compare));
        return table.rows(Arrays.stream(order).mapToInt(Integer::intValue).toArray());
    }

    /** Nulls last, as DuckDB sorts. */
    private static int compare(@Nullable Object a, @Nullable Object b) {
        if (a == null || b == null) {
            return a == b ? 0 : a == null ? 1 : -1;
        }
        return a instanceof String x && b instanceof String y
                ? x.compareTo(y)
                : a instanceof Long m && b instanceof Long n
                        ? Long.compare(m, n)
                        : Double.compare(((Number) a).doubleValue(), ((Number) b).doubleValue());
    }

    private static Table inOrder(Table table) {
        long[] rows = table.longs(DuckDbDialect.ROW).values();
        Integer[] order = new Integer[rows.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingLong(i -> rows[i]));
        return table.rows(Arrays.stream(order).mapToInt(Integer::intValue).toArray());
    }

    private Table run(Step step, Table table) {
        if (step instanceof Step.Project project) {
            Map<String, Column> added = new LinkedHashMap<>();
            project.columns().forEach((name, expression) -> added.put(name, evaluate(expression, table)));
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
        if (step instanceof Step.Where where) {
            Column keep = evaluate(where.predicate(), table);
            int[] rows = IntStream.range(0, table.rowCount())
                    .filter(row -> Long.valueOf(1).equals(keep.value(row)))
                    .toArray();
            return table.rows(rows);
        }
        return group((Step.Group) step, table);
    }

    private Table group(Step.Group group, Table table) {
        Column session = table.column(config.session());
        List<Integer> starts = new ArrayList<>();
        for (int row = 0; row < table.rowCount(); row++) {
            if (row == 0 || compare(session.value(row), session.value(row - 1)) != 0) {
                starts.add(row);
            }
        }
        int[] offsets = new int[starts.size() + 1];
        for (int i = 0; i < starts.size(); i++) {
            offsets[i] = starts.get(i);
        }
        offsets[starts.size()] = table.rowCount();
        Map<String, Column> columns = new LinkedHashMap<>();
        group.columns()
                .forEach((name, aggregate) ->
                        columns.put(name, aggregate(aggregate.kind(), table.column(aggregate.column()), offsets)));
        columns.put(DuckDbDialect.ROW, Column.of(placesByLastEvent(table, offsets)));
        return Table.of(columns);
    }

    /** Sessions in order of their last event, ties by their first place. */
    private long[] placesByLastEvent(Table table, int[] offsets) {
        Column time = table.column(config.time());
        long[] rows = table.longs(DuckDbDialect.ROW).values();
        Integer[] sessions = new Integer[offsets.length - 1];
        Arrays.setAll(sessions, i -> i);
        Arrays.sort(
                sessions,
                Comparator.<Integer, @Nullable Object>comparing(
                                session -> time.value(offsets[session + 1] - 1), RequestPipeline::compare)
                        .thenComparingLong(session -> Arrays.stream(rows, offsets[session], offsets[session + 1])
                                .min()
                                .orElseThrow()));
        long[] places = new long[sessions.length];
        for (int place = 0; place < places.length; place++) {
            places[sessions[place]] = place;
        }
        return places;
    }

    private static Column aggregate(Step.Aggregate.Kind kind, Column column, int[] offsets) {
        int groups = offsets.length - 1;
        int[] rows = new int[groups];
        long[] numbers = new long[groups];
        for (int i = 0; i < groups; i++) {
            rows[i] = kind == Step.Aggregate.Kind.LAST ? offsets[i + 1] - 1 : offsets[i];
            Stream<Object> present = IntStream.range(offsets[i], offsets[i + 1])
                    .filter(row -> !column.isNull(row))
                    .mapToObj(row -> Objects.requireNonNull(column.value(row)));
            numbers[i] =
                    kind == Step.Aggregate.Kind.NUNIQUE ? present.distinct().count() : present.count();
        }
        return switch (kind) {
            case LIST -> new Column.Lists(column, offsets);
            case FIRST, LAST -> column.rows(rows);
            case COUNT, NUNIQUE -> Column.of(numbers);
        };
    }

    private Column evaluate(Expr expression, Table table) {
        if (expression instanceof Expr.Slice slice) {
            return slice(slice, (Column.Lists) evaluate(slice.list(), table));
        }
        if (expression instanceof Expr.Column column) {
            return table.column(column.name());
        }
        if (expression instanceof Expr.Previous previous) {
            return previous(evaluate(previous.value(), table), table.column(config.session()));
        }
        int rows = table.rowCount();
        List<@Nullable Object> values = new ArrayList<>(rows);
        if (expression instanceof Expr.Lookup lookup) {
            Vocabulary vocabulary = vocabularies.get(lookup.vocabulary());
            Column input = evaluate(lookup.value(), table);
            for (int row = 0; row < rows; row++) {
                values.add(Objects.requireNonNull(vocabulary).id(input.value(row)));
            }
        } else if (expression instanceof Expr.Literal literal) {
            for (int row = 0; row < rows; row++) {
                values.add(literal.value());
            }
        } else if (expression instanceof Expr.Call call) {
            List<Column> arguments =
                    call.arguments().stream().map(a -> evaluate(a, table)).toList();
            for (int row = 0; row < rows; row++) {
                List<@Nullable Object> a = new ArrayList<>(arguments.size());
                for (Column argument : arguments) {
                    a.add(argument.value(row));
                }
                values.add(RequestFunctions.call(call.function(), a));
            }
        }
        return typed(values, isReal(expression, table), isText(expression, table));
    }

    private static boolean isReal(Expr expression, Table table) {
        if (expression instanceof Expr.Literal literal) {
            return literal.value() instanceof Double;
        }
        if (expression instanceof Expr.Column column) {
            return table.column(column.name()) instanceof Column.Doubles;
        }
        if (expression instanceof Expr.Previous previous) {
            return isReal(previous.value(), table);
        }
        if (expression instanceof Expr.Call call) {
            return switch (call.function()) {
                case DIVIDE, LOG1P, GREATEST, LEAST -> true;
                case SUBTRACT, COALESCE -> call.arguments().stream().anyMatch(a -> isReal(a, table));
                default -> false;
            };
        }
        return false;
    }

    private static boolean isText(Expr expression, Table table) {
        if (expression instanceof Expr.Literal literal) {
            return literal.value() instanceof String;
        }
        if (expression instanceof Expr.Column column) {
            return table.column(column.name()) instanceof Column.Strings;
        }
        return expression instanceof Expr.Call call
                && call.function() == Expr.Function.COALESCE
                && isText(call.arguments().get(0), table);
    }

    private static Column typed(List<@Nullable Object> values, boolean real, boolean text) {
        if (text) {
            return new Column.Strings(
                    values.stream().map(v -> v == null ? null : v.toString()).toArray(String[]::new));
        }
        BitSet nulls = new BitSet();
        double[] doubles = new double[real ? values.size() : 0];
        long[] longs = new long[real ? 0 : values.size()];
        for (int i = 0; i < values.size(); i++) {
            if (!(values.get(i) instanceof Number number)) {
                nulls.set(i);
            } else if (real) {
                doubles[i] = number.doubleValue();
            } else {
                longs[i] = number.longValue();
            }
        }
        return real ? new Column.Doubles(doubles, nulls) : new Column.Longs(longs, nulls);
    }

    private static Column previous(Column column, Column session) {
        int[] rows = new int[column.size()];
        BitSet first = new BitSet();
        for (int row = 0; row < rows.length; row++) {
            boolean begins = row == 0 || compare(session.value(row), session.value(row - 1)) != 0;
            first.set(row, begins);
            rows[row] = begins ? row : row - 1;
        }
        Column moved = column.rows(rows);
        if (moved instanceof Column.Longs longs) {
            BitSet nulls = (BitSet) longs.nulls().clone();
            nulls.or(first);
            return new Column.Longs(longs.values(), nulls);
        }
        if (moved instanceof Column.Doubles doubles) {
            BitSet nulls = (BitSet) doubles.nulls().clone();
            nulls.or(first);
            return new Column.Doubles(doubles.values(), nulls);
        }
        @Nullable String[] texts = ((Column.Strings) moved).values();
        first.stream().forEach(row -> texts[row] = null);
        return new Column.Strings(texts);
    }

    private static Column slice(Expr.Slice slice, Column.Lists lists) {
        int[] offsets = lists.offsets();
        int[] newOffsets = new int[offsets.length];
        List<Integer> picked = new ArrayList<>();
        for (int row = 0; row < lists.size(); row++) {
            long length = (long) offsets[row + 1] - offsets[row];
            long begin = slice.start() < 0 ? Math.max(length + slice.start(), 0) : slice.start();
            Long end = slice.end();
            long last = end == null ? length : end < 0 ? Math.max(length + end, 0) : Math.min(length, end);
            for (long i = begin; i < last; i++) {
                picked.add((int) (offsets[row] + i));
            }
            newOffsets[row + 1] = picked.size();
        }
        return new Column.Lists(
                lists.elements()
                        .rows(picked.stream().mapToInt(Integer::intValue).toArray()),
                newOffsets);
    }
}
