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
            return listsOrEmpty(lists, rows);
        }
        int[] present = rows.clone();
        BitSet missing = new BitSet();
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] < 0 || column.isNull(rows[i])) {
                missing.set(i);
                present[i] = 0;
            }
        }
        if (column.size() == 0) {
            return nulls(column, rows.length);
        }
        Column picked = column.rows(present);
        if (picked instanceof Column.Longs longs) {
            return new Column.Longs(longs.values(), missing);
        }
        if (picked instanceof Column.Doubles doubles) {
            return new Column.Doubles(doubles.values(), missing);
        }
        @Nullable String[] texts = ((Column.Strings) picked).values();
        missing.stream().forEach(row -> texts[row] = null);
        return picked;
    }

    private static Column nulls(Column like, int size) {
        BitSet all = new BitSet();
        all.set(0, size);
        return like instanceof Column.Strings
                ? new Column.Strings(new @Nullable String[size])
                : like instanceof Column.Doubles
                        ? new Column.Doubles(new double[size], all)
                        : new Column.Longs(new long[size], all);
    }

    private static Column listsOrEmpty(Column.Lists lists, int[] rows) {
        int[] from = lists.offsets();
        int[] offsets = new int[rows.length + 1];
        for (int i = 0; i < rows.length; i++) {
            offsets[i + 1] = offsets[i] + (rows[i] < 0 ? 0 : from[rows[i] + 1] - from[rows[i]]);
        }
        int[] picked = new int[offsets[rows.length]];
        for (int i = 0; i < rows.length; i++) {
            for (int k = offsets[i]; k < offsets[i + 1]; k++) {
                picked[k] = from[rows[i]] + k - offsets[i];
            }
        }
        return new Column.Lists(lists.elements().rows(picked), offsets);
    }
}
