package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.schema.DType;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions on rows in memory that lie in order of session and time. */
final class RequestEvaluator {
    private static final String ELEMENT = "__element";

    private final FittedState state;
    private final String time;

    /** @param time column of the time */
    RequestEvaluator(FittedState state, String time) {
        this.state = state;
        this.time = time;
    }

    Column evaluate(Expr expression, Table table) {
        if (expression instanceof Expr.Column column) {
            return table.column(column.name());
        }
        if (expression instanceof Expr.Literal literal) {
            return RequestFunctions.constant(literal.value(), table.rowCount());
        }
        if (expression instanceof Expr.Call call) {
            List<Column> arguments =
                    call.arguments().stream().map(a -> evaluate(a, table)).toList();
            return RequestFunctions.call(call.function(), arguments, table.rowCount());
        }
        if (expression instanceof Expr.Lookup lookup) {
            return ids(lookup.vocabulary(), evaluate(lookup.value(), table));
        }
        if (expression instanceof Expr.LookupEach lookup) {
            Column.Lists lists = (Column.Lists) evaluate(lookup.list(), table);
            return new Column.Lists(ids(lookup.vocabulary(), lists.elements()), lists.offsets());
        }
        if (expression instanceof Expr.LookupValue lookup) {
            return values(lookup.vocabulary(), (Column.Longs) evaluate(lookup.id(), table));
        }
        if (expression instanceof Expr.LookupValues lookup) {
            Column.Lists lists = (Column.Lists) evaluate(lookup.list(), table);
            return new Column.Lists(values(lookup.vocabulary(), (Column.Longs) lists.elements()), lists.offsets());
        }
        if (expression instanceof Expr.LookupColumn lookup) {
            return rows(state.table(lookup.table()), lookup.column(), evaluate(lookup.key(), table));
        }
        if (expression instanceof Expr.LookupNumber lookup) {
            return numbers(lookup.numbers(), evaluate(lookup.value(), table));
        }
        if (expression instanceof Expr.Previous previous) {
            return RequestWindows.of(table, previous.session(), time)
                    .previous(evaluate(previous.value(), table), previous.shift());
        }
        if (expression instanceof Expr.SumSoFar sum) {
            return RequestWindows.of(table, sum.session(), time).sumSoFar((Column.Longs) evaluate(sum.value(), table));
        }
        if (expression instanceof Expr.Largest largest) {
            return RequestWindows.of(table, largest.session(), time)
                    .largest((Column.Longs) evaluate(largest.value(), table));
        }
        if (expression instanceof Expr.Rows rows) {
            return RequestWindows.of(table, rows.group(), time).rows();
        }
        if (expression instanceof Expr.Earlier earlier) {
            return RequestWindows.of(table, earlier.group(), time)
                    .earlier(table.longs(time).values());
        }
        if (expression instanceof Expr.Custom custom) {
            List<Column> arguments =
                    custom.arguments().stream().map(a -> evaluate(a, table)).toList();
            return RequestFunctions.custom(custom, arguments, table.rowCount());
        }
        return evaluateOnLists(expression, table);
    }

    private Column evaluateOnLists(Expr expression, Table table) {
        if (expression instanceof Expr.Each each) {
            Column.Lists lists = (Column.Lists) evaluate(each.list(), table);
            Table elements = Table.of(Map.of(ELEMENT, lists.elements()));
            return new Column.Lists(evaluate(each.body(), elements), lists.offsets());
        }
        if (expression instanceof Expr.Element) {
            return table.column(ELEMENT);
        }
        if (expression instanceof Expr.Pad pad) {
            return RequestLists.pad(pad, (Column.Lists) evaluate(pad.list(), table));
        }
        Expr.Slice slice = (Expr.Slice) expression;
        return RequestLists.slice(slice, (Column.Lists) evaluate(slice.list(), table));
    }

    private Column ids(String name, Column values) {
        Vocabulary vocabulary = state.vocabulary(name);
        long[] ids = new long[values.size()];
        for (int row = 0; row < ids.length; row++) {
            ids[row] = vocabulary.id(values.value(row));
        }
        return Column.of(ids);
    }

    private Column values(String name, Column.Longs ids) {
        Vocabulary vocabulary = state.vocabulary(name);
        @Nullable Object[] values = new Object[ids.size()];
        for (int row = 0; row < values.length; row++) {
            long id = ids.values()[row];
            values[row] = ids.isNull(row) || id < 0 || id >= vocabulary.cardinality() ? null : vocabulary.value(id);
        }
        return RequestFunctions.column(values, vocabulary.isText() ? DType.STRING : DType.INT64);
    }

    private static Column rows(KeyedTable table, String column, Column keys) {
        int[] rows = new int[keys.size()];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = table.row(keys.value(row));
        }
        return RequestColumns.rowsOrNull(table.table().column(column), rows);
    }

    private Column numbers(String name, Column values) {
        KeyedNumbers known = state.numbers(name);
        long[] numbers = new long[values.size()];
        BitSet nulls = new BitSet();
        for (int row = 0; row < numbers.length; row++) {
            Long number = known.number(values.value(row));
            nulls.set(row, number == null);
            numbers[row] = number == null ? 0 : number;
        }
        return new Column.Longs(numbers, nulls);
    }
}
