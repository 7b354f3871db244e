package io.t4rec.etl;

import io.t4rec.data.Column;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Columns in memory made of others. */
final class RequestColumns {
    private RequestColumns() {}

    /** The rows of one column, then those of another of the same type. */
    static Column concat(Column first, Column second) {
        int size = first.size();
        if (first instanceof Column.Longs a && second instanceof Column.Longs b) {
            long[] values = Arrays.copyOf(a.values(), size + b.size());
            System.arraycopy(b.values(), 0, values, size, b.size());
            return new Column.Longs(values, concat(a.nulls(), b.nulls(), size));
        }
        if (first instanceof Column.Doubles a && second instanceof Column.Doubles b) {
            double[] values = Arrays.copyOf(a.values(), size + b.size());
            System.arraycopy(b.values(), 0, values, size, b.size());
            return new Column.Doubles(values, concat(a.nulls(), b.nulls(), size));
        }
        @Nullable String[] values = Arrays.copyOf(((Column.Strings) first).values(), size + second.size());
        System.arraycopy(((Column.Strings) second).values(), 0, values, size, second.size());
        return new Column.Strings(values);
    }

    private static BitSet concat(BitSet first, BitSet second, int size) {
        BitSet both = (BitSet) first.clone();
        second.stream().forEach(row -> both.set(size + row));
        return both;
    }

    /** The chosen rows; -1 gives null. Lists have no nulls, so they get an empty list. */
    static Column rowsOrNull(Column column, int[] rows) {
        if (column instanceof Column.Lists lists) {
            int[] with = new int[lists.offsets().length + 1];
            System.arraycopy(lists.offsets(), 0, with, 0, with.length - 1);
            with[with.length - 1] = with[with.length - 2];
            return new Column.Lists(lists.elements(), with).rows(or(rows, column.size()));
        }
        Column none = column instanceof Column.Strings
                ? Column.of((@Nullable String) null)
                : column instanceof Column.Doubles
                        ? new Column.Doubles(new double[1], BitSet.valueOf(new long[] {1}))
                        : new Column.Longs(new long[1], BitSet.valueOf(new long[] {1}));
        return concat(column, none).rows(or(rows, column.size()));
    }

    private static int[] or(int[] rows, int missing) {
        return Arrays.stream(rows).map(row -> row < 0 ? missing : row).toArray();
    }
}
