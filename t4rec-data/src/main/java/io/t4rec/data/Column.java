package io.t4rec.data;

import io.t4rec.schema.DType;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The values of one column of a {@link Table}. Immutable by convention: arrays are handed over, not copied. */
public sealed interface Column {
    int size();

    boolean isNull(int row);

    /** The value as Long, Double, String or a {@link Column} for a list; null where it is null. */
    @Nullable
    Object value(int row);

    /** The chosen rows in the given order. */
    Column rows(int[] rows);

    /** So many nulls, as a column of this type of elements. */
    static Column missing(DType type, int rows) {
        BitSet nulls = new BitSet();
        nulls.set(0, rows);
        if (type == DType.STRING) {
            return new Strings(new String[rows]);
        }
        return type.isFloating() ? new Doubles(new double[rows], nulls) : new Longs(new long[rows], nulls);
    }

    /**
     * Integers; booleans are 0 and 1.
     *
     * @param nulls rows that are null
     */
    record Longs(long[] values, BitSet nulls) implements Column {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public boolean isNull(int row) {
            return nulls.get(row);
        }

        @Override
        public @Nullable Object value(int row) {
            return nulls.get(row) ? null : (Object) values[row];
        }

        @Override
        public Longs rows(int[] rows) {
            long[] out = new long[rows.length];
            for (int i = 0; i < rows.length; i++) {
                out[i] = values[rows[i]];
            }
            return new Longs(out, pick(nulls, rows));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Longs column && Columns.equal(this, column);
        }

        @Override
        public int hashCode() {
            return Objects.hash(Arrays.hashCode(values), nulls);
        }
    }

    /**
     * Numbers.
     *
     * @param nulls rows that are null
     */
    record Doubles(double[] values, BitSet nulls) implements Column {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public boolean isNull(int row) {
            return nulls.get(row);
        }

        @Override
        public @Nullable Object value(int row) {
            return nulls.get(row) ? null : (Object) values[row];
        }

        @Override
        public Doubles rows(int[] rows) {
            double[] out = new double[rows.length];
            for (int i = 0; i < rows.length; i++) {
                out[i] = values[rows[i]];
            }
            return new Doubles(out, pick(nulls, rows));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Doubles column && Columns.equal(this, column);
        }

        @Override
        public int hashCode() {
            return Objects.hash(Arrays.hashCode(values), nulls);
        }
    }

    /** Text; a null element is null. */
    record Strings(@Nullable String[] values) implements Column {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public boolean isNull(int row) {
            return values[row] == null;
        }

        @Override
        public @Nullable Object value(int row) {
            return values[row];
        }

        @Override
        public Strings rows(int[] rows) {
            @Nullable String[] out = new String[rows.length];
            for (int i = 0; i < rows.length; i++) {
                out[i] = values[rows[i]];
            }
            return new Strings(out);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Strings column && Columns.equal(this, column);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }
    }

    /**
     * Lists.
     *
     * @param elements all lists' elements after one another
     * @param offsets where each list begins, and behind the last one its end: {@code [rows + 1]}, from 0, rising
     */
    record Lists(Column elements, int[] offsets) implements Column {
        /** @throws IllegalArgumentException when the offsets don't rise from 0 to the number of elements */
        public Lists {
            Columns.requireOffsets(offsets);
            if (offsets[offsets.length - 1] != elements.size()) {
                throw new IllegalArgumentException("offsets: to " + offsets[offsets.length - 1] + " (expected: to "
                        + elements.size() + ", the number of elements)");
            }
        }

        @Override
        public int size() {
            return offsets.length - 1;
        }

        @Override
        public boolean isNull(int row) {
            return false;
        }

        @Override
        public Column value(int row) {
            int[] range = new int[offsets[row + 1] - offsets[row]];
            for (int i = 0; i < range.length; i++) {
                range[i] = offsets[row] + i;
            }
            return elements.rows(range);
        }

        @Override
        public Lists rows(int[] rows) {
            int[] newOffsets = new int[rows.length + 1];
            for (int i = 0; i < rows.length; i++) {
                newOffsets[i + 1] = newOffsets[i] + offsets[rows[i] + 1] - offsets[rows[i]];
            }
            int[] picked = new int[newOffsets[rows.length]];
            int at = 0;
            for (int row : rows) {
                for (int i = offsets[row]; i < offsets[row + 1]; i++) {
                    picked[at++] = i;
                }
            }
            return new Lists(elements.rows(picked), newOffsets);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Lists column && Columns.equal(this, column);
        }

        @Override
        public int hashCode() {
            return Objects.hash(elements, Arrays.hashCode(offsets));
        }
    }

    /** Integers without nulls. */
    static Longs of(long... values) {
        return new Longs(values, new BitSet());
    }

    /** Numbers without nulls. */
    static Doubles of(double... values) {
        return new Doubles(values, new BitSet());
    }

    /** Text. */
    static Strings of(@Nullable String... values) {
        return new Strings(values);
    }

    private static BitSet pick(BitSet nulls, int[] rows) {
        BitSet out = new BitSet();
        if (!nulls.isEmpty()) {
            for (int i = 0; i < rows.length; i++) {
                out.set(i, nulls.get(rows[i]));
            }
        }
        return out;
    }
}
