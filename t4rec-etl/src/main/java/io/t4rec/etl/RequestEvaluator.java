package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions on rows in memory that lie in order of session and time. */
final class RequestEvaluator {
    private final FittedState state;

    RequestEvaluator(FittedState state) {
        this.state = state;
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
        if (expression instanceof Expr.LookupNumber lookup) {
            return numbers(lookup.numbers(), evaluate(lookup.value(), table));
        }
        if (expression instanceof Expr.Previous previous) {
            return previous(evaluate(previous.value(), table), begins(table, previous.session()));
        }
        if (expression instanceof Expr.SumSoFar sum) {
            return sumSoFar((Column.Longs) evaluate(sum.value(), table), begins(table, sum.session()));
        }
        if (expression instanceof Expr.Largest largest) {
            return largest((Column.Longs) evaluate(largest.value(), table), begins(table, largest.session()));
        }
        Expr.Slice slice = (Expr.Slice) expression;
        return slice(slice, (Column.Lists) evaluate(slice.list(), table));
    }

    private Column ids(String name, Column values) {
        Vocabulary vocabulary = state.vocabulary(name);
        long[] ids = new long[values.size()];
        for (int row = 0; row < ids.length; row++) {
            ids[row] = vocabulary.id(values.value(row));
        }
        return Column.of(ids);
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

    /** Rows at which a session begins. */
    static BitSet begins(Table table, List<String> session) {
        BitSet begins = new BitSet(table.rowCount());
        if (table.rowCount() > 0) {
            begins.set(0);
        }
        for (String name : session) {
            Column column = table.column(name);
            for (int row = 1; row < table.rowCount(); row++) {
                if (!Objects.equals(column.value(row), column.value(row - 1))) {
                    begins.set(row);
                }
            }
        }
        return begins;
    }

    private static Column previous(Column column, BitSet begins) {
        int[] rows = new int[column.size()];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = begins.get(row) ? row : row - 1;
        }
        Column moved = column.rows(rows);
        if (moved instanceof Column.Longs longs) {
            return new Column.Longs(longs.values(), either(longs.nulls(), begins));
        }
        if (moved instanceof Column.Doubles doubles) {
            return new Column.Doubles(doubles.values(), either(doubles.nulls(), begins));
        }
        @Nullable String[] texts = ((Column.Strings) moved).values();
        begins.stream().forEach(row -> texts[row] = null);
        return moved;
    }

    private static BitSet either(BitSet a, BitSet b) {
        BitSet both = (BitSet) a.clone();
        both.or(b);
        return both;
    }

    private static Column sumSoFar(Column.Longs column, BitSet begins) {
        long[] sums = new long[column.size()];
        for (int row = 0; row < sums.length; row++) {
            long value = column.isNull(row) ? 0 : column.values()[row];
            sums[row] = begins.get(row) ? value : sums[row - 1] + value;
        }
        return Column.of(sums);
    }

    private static Column largest(Column.Longs column, BitSet begins) {
        long[] values = column.values();
        long[] largest = new long[values.length];
        for (int begin = 0; begin < values.length; ) {
            int next = begins.nextSetBit(begin + 1);
            int end = next < 0 ? values.length : next;
            long most = Long.MIN_VALUE;
            for (int row = begin; row < end; row++) {
                most = Math.max(most, values[row]);
            }
            Arrays.fill(largest, begin, end, most);
            begin = end;
        }
        return Column.of(largest);
    }

    private static Column slice(Expr.Slice slice, Column.Lists lists) {
        int[] offsets = lists.offsets();
        int[] newOffsets = new int[offsets.length];
        int[] picked = new int[offsets[offsets.length - 1]];
        int count = 0;
        for (int row = 0; row < lists.size(); row++) {
            long length = (long) offsets[row + 1] - offsets[row];
            long begin = slice.start() < 0 ? Math.max(length + slice.start(), 0) : slice.start();
            Long end = slice.end();
            long last = end == null ? length : end < 0 ? Math.max(length + end, 0) : Math.min(length, end);
            for (long i = begin; i < last; i++) {
                picked[count++] = (int) (offsets[row] + i);
            }
            newOffsets[row + 1] = count;
        }
        return new Column.Lists(lists.elements().rows(Arrays.copyOf(picked, count)), newOffsets);
    }
}
