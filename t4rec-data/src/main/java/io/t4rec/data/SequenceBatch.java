package io.t4rec.data;

import io.t4rec.schema.SchemaException;
import io.t4rec.schema.io.Names;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Sequences as plain arrays: every list column's values after one another, and one set of offsets for all.
 *
 * <p>Row r of a column is {@code values[offsets[r]] .. values[offsets[r + 1] - 1]}, oldest event first.
 */
public final class SequenceBatch {
    private final int[] offsets;
    private final Map<String, long[]> longs;
    private final Map<String, float[]> floats;

    /**
     * @param offsets {@code [rows + 1]}, from 0, rising
     * @param longs id columns by name, each as long as the last offset
     * @param floats number columns by name, each as long as the last offset
     */
    public SequenceBatch(int[] offsets, Map<String, long[]> longs, Map<String, float[]> floats) {
        this.offsets = offsets;
        this.longs = Collections.unmodifiableMap(new LinkedHashMap<>(longs));
        this.floats = Collections.unmodifiableMap(new LinkedHashMap<>(floats));
        int values = offsets[offsets.length - 1];
        longs.forEach((name, column) -> check(name, column.length, values));
        floats.forEach((name, column) -> check(name, column.length, values));
    }

    private static void check(String name, int length, int expected) {
        if (length != expected) {
            throw new IllegalArgumentException(
                    "column " + name + ": " + length + " values (expected: " + expected + ")");
        }
    }

    /** Sequences of one id column. */
    public static SequenceBatch of(String column, long[][] sequences) {
        int[] offsets = new int[sequences.length + 1];
        for (int i = 0; i < sequences.length; i++) {
            offsets[i + 1] = offsets[i] + sequences[i].length;
        }
        long[] values = new long[offsets[sequences.length]];
        for (int i = 0; i < sequences.length; i++) {
            System.arraycopy(sequences[i], 0, values, offsets[i], sequences[i].length);
        }
        return new SequenceBatch(offsets, Map.of(column, values), Map.of());
    }

    public int rowCount() {
        return offsets.length - 1;
    }

    /** {@code [rows + 1]}; not to be changed. */
    public int[] offsets() {
        return offsets;
    }

    public int length(int row) {
        return offsets[row + 1] - offsets[row];
    }

    /** Length of the longest row. */
    public int maxLength() {
        int max = 0;
        for (int row = 0; row < rowCount(); row++) {
            max = Math.max(max, length(row));
        }
        return max;
    }

    /**
     * Values of an id column; not to be changed.
     *
     * @throws SchemaException when there is no such column
     */
    public long[] longs(String name) {
        long[] column = longs.get(name);
        if (column == null) {
            throw missing(name);
        }
        return column;
    }

    /**
     * Values of a number column; not to be changed.
     *
     * @throws SchemaException when there is no such column
     */
    public float[] floats(String name) {
        float[] column = floats.get(name);
        if (column == null) {
            throw missing(name);
        }
        return column;
    }

    private SchemaException missing(String name) {
        TreeSet<String> known = new TreeSet<>(longs.keySet());
        known.addAll(floats.keySet());
        return new SchemaException("sequence column: " + name + " (expected: " + Names.expectation(name, known) + ")");
    }

    /** Rows {@code from .. to - 1}. */
    public SequenceBatch rows(int from, int to) {
        int[] rows = new int[to - from];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = from + i;
        }
        return rows(rows, Integer.MAX_VALUE);
    }

    /** The chosen rows in the given order, each cut to its newest {@code maxLength} events. */
    public SequenceBatch rows(int[] rows, int maxLength) {
        int[] starts = new int[rows.length];
        int[] lengths = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            lengths[i] = Math.min(maxLength, length(rows[i]));
            starts[i] = offsets[rows[i] + 1] - lengths[i];
        }
        return pieces(starts, lengths);
    }

    /** The oldest {@code lengths[i]} events of row {@code rows[i]}, for every i. A row may occur more than once. */
    public SequenceBatch prefixes(int[] rows, int[] lengths) {
        int[] starts = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            starts[i] = offsets[rows[i]];
        }
        return pieces(starts, lengths);
    }

    private SequenceBatch pieces(int[] starts, int[] lengths) {
        int[] newOffsets = new int[starts.length + 1];
        for (int i = 0; i < starts.length; i++) {
            newOffsets[i + 1] = newOffsets[i] + lengths[i];
        }
        Map<String, long[]> newLongs = new LinkedHashMap<>();
        longs.forEach((name, values) -> {
            long[] out = new long[newOffsets[starts.length]];
            copy(starts, newOffsets, values, out);
            newLongs.put(name, out);
        });
        Map<String, float[]> newFloats = new LinkedHashMap<>();
        floats.forEach((name, values) -> {
            float[] out = new float[newOffsets[starts.length]];
            copy(starts, newOffsets, values, out);
            newFloats.put(name, out);
        });
        return new SequenceBatch(newOffsets, newLongs, newFloats);
    }

    @SuppressWarnings("SuspiciousSystemArraycopy") // both arrays are of one type
    private static void copy(int[] starts, int[] newOffsets, Object from, Object to) {
        for (int i = 0; i < starts.length; i++) {
            System.arraycopy(from, starts[i], to, newOffsets[i], newOffsets[i + 1] - newOffsets[i]);
        }
    }
}
