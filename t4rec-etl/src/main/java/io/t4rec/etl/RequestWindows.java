package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The rows of a table in groups, each in order of time, and what expressions compute along them. */
final class RequestWindows {
    /** Rows of the table, group by group. */
    private final int[] order;

    /** Places in the order at which a group begins. */
    private final BitSet begins;

    private RequestWindows(int[] order, BitSet begins) {
        this.order = order;
        this.begins = begins;
    }

    /**
     * Groups of rows with equal values, in order of time.
     *
     * @param time column of the time; {@link SqlDialect#ROW} breaks its ties
     */
    static RequestWindows of(Table table, List<String> columns, String time) {
        long[] rows = table.longs(SqlDialect.ROW).values();
        long[] times = table.contains(time) && table.column(time) instanceof Column.Longs longs ? longs.values() : rows;
        return of(table, columns, Comparator.comparingLong(row -> times[row]));
    }

    /** Groups of rows with equal values, in an order whose ties {@link SqlDialect#ROW} breaks. */
    static RequestWindows of(Table table, List<String> columns, Comparator<Integer> inGroup) {
        List<Column> keys = columns.stream().map(table::column).toList();
        Map<Object, Integer> groups = new HashMap<>();
        int[] group = new int[table.rowCount()];
        for (int row = 0; row < group.length; row++) {
            group[row] = groups.computeIfAbsent(key(keys, row), key -> groups.size());
        }
        long[] rows = table.longs(SqlDialect.ROW).values();
        int[] order = order(
                group.length,
                Comparator.<Integer>comparingInt(row -> group[row])
                        .thenComparing(inGroup)
                        .thenComparingLong(row -> rows[row]));
        BitSet begins = new BitSet(order.length);
        for (int place = 0; place < order.length; place++) {
            begins.set(place, place == 0 || group[order[place]] != group[order[place - 1]]);
        }
        return new RequestWindows(order, begins);
    }

    private static Object key(List<Column> keys, int row) {
        if (keys.size() == 1) {
            return Objects.requireNonNullElse(comparable(keys.get(0), row), RequestWindows.class);
        }
        @Nullable Object[] values = new Object[keys.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = comparable(keys.get(i), row);
        }
        return Arrays.asList(values);
    }

    private static @Nullable Object comparable(Column key, int row) {
        Object value = key.value(row);
        return value == null ? null : RequestFunctions.comparable(value);
    }

    private static int[] order(int size, Comparator<Integer> comparator) {
        int[] same = new int[size];
        Arrays.setAll(same, i -> i);
        for (int row = 1; row < size; row++) {
            if (comparator.compare(row - 1, row) > 0) {
                Integer[] sorted = new Integer[size];
                Arrays.setAll(sorted, i -> i);
                Arrays.sort(sorted, comparator);
                return Arrays.stream(sorted).mapToInt(Integer::intValue).toArray();
            }
        }
        return same;
    }

    /** The value some rows before in the group; null where there is none. */
    Column previous(Column column, int shift) {
        int[] source = new int[order.length];
        for (int place = 0; place < order.length; place++) {
            int from = place - shift;
            boolean inGroup = shift > 0
                    ? from >= 0 && begins.previousSetBit(place) <= from
                    : from < order.length && (begins.nextSetBit(place + 1) < 0 || from < begins.nextSetBit(place + 1));
            source[order[place]] = inGroup ? order[from] : -1;
        }
        return RequestColumns.rowsOrNull(column, source);
    }

    /** The sum up to each row; nulls count nothing. */
    Column sumSoFar(Column.Longs column) {
        long[] sums = new long[order.length];
        long sum = 0;
        for (int place = 0; place < order.length; place++) {
            int row = order[place];
            sum = (begins.get(place) ? 0 : sum) + (column.isNull(row) ? 0 : column.values()[row]);
            sums[row] = sum;
        }
        return Column.of(sums);
    }

    /** The largest value of the group in each of its rows; nulls don't count. */
    Column largest(Column.Longs column) {
        long[] largest = new long[order.length];
        for (int begin = 0; begin < order.length; ) {
            int end = end(begin);
            long most = Long.MIN_VALUE;
            for (int place = begin; place < end; place++) {
                most = column.isNull(order[place]) ? most : Math.max(most, column.values()[order[place]]);
            }
            for (int place = begin; place < end; place++) {
                largest[order[place]] = most;
            }
            begin = end;
        }
        return Column.of(largest);
    }

    /** Number of rows of the group, in each of them. */
    Column rows() {
        long[] sizes = new long[order.length];
        for (int begin = 0; begin < order.length; ) {
            int end = end(begin);
            for (int place = begin; place < end; place++) {
                sizes[order[place]] = (long) end - begin;
            }
            begin = end;
        }
        return Column.of(sizes);
    }

    /** Number of rows of the group with an earlier time. */
    Column earlier(long[] times) {
        long[] earlier = new long[order.length];
        for (int begin = 0; begin < order.length; ) {
            int end = end(begin);
            for (int place = begin; place < end; place++) {
                boolean tie = place > begin && times[order[place]] == times[order[place - 1]];
                earlier[order[place]] = tie ? earlier[order[place - 1]] : place - begin;
            }
            begin = end;
        }
        return Column.of(earlier);
    }

    /** Rows of the table, group by group. */
    int[] order() {
        return order;
    }

    /** Places at which groups begin, and the number of rows. */
    int[] offsets() {
        return IntStream.concat(begins.stream(), IntStream.of(order.length)).toArray();
    }

    private int end(int begin) {
        int next = begins.nextSetBit(begin + 1);
        return next < 0 ? order.length : next;
    }
}
