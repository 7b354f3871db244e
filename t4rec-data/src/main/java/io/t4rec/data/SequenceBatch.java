package io.t4rec.data;

import io.t4rec.schema.SchemaException;
import io.t4rec.schema.io.Names;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sequences as plain arrays: every list column's values after one another, one set of offsets for all, and beside them the
 * columns that hold one value a row, such as a user's age.
 *
 * <p>Row r of a list column is {@code values[offsets[r]] .. values[offsets[r + 1] - 1]}, oldest event first.
 */
public final class SequenceBatch {
    private final int[] offsets;
    private final Map<String, long[]> longs;
    private final Map<String, float[]> floats;
    private final Map<String, long[]> rowLongs;
    private final Map<String, float[]> rowFloats;

    /**
     * Sequences without values of the row.
     *
     * @param offsets {@code [rows + 1]}, from 0, rising
     * @param longs id columns by name, each as long as the last offset
     * @param floats number columns by name, each as long as the last offset
     */
    public SequenceBatch(int[] offsets, Map<String, long[]> longs, Map<String, float[]> floats) {
        this(offsets, longs, floats, Map.of(), Map.of());
    }

    /**
     * @param offsets {@code [rows + 1]}, from 0, rising
     * @param longs id columns by name, each as long as the last offset
     * @param floats number columns by name, each as long as the last offset
     * @param rowLongs id columns with one value a row, {@code [rows]} each
     * @param rowFloats number columns with one value a row, {@code [rows]} each
     * @throws IllegalArgumentException when the offsets don't rise from 0 or a column has another length
     */
    public SequenceBatch(
            int[] offsets,
            Map<String, long[]> longs,
            Map<String, float[]> floats,
            Map<String, long[]> rowLongs,
            Map<String, float[]> rowFloats) {
        this.offsets = offsets;
        this.longs = Collections.unmodifiableMap(new LinkedHashMap<>(longs));
        this.floats = Collections.unmodifiableMap(new LinkedHashMap<>(floats));
        this.rowLongs = Collections.unmodifiableMap(new LinkedHashMap<>(rowLongs));
        this.rowFloats = Collections.unmodifiableMap(new LinkedHashMap<>(rowFloats));
        Columns.requireOffsets(offsets);
        int values = offsets[offsets.length - 1];
        longs.forEach((name, column) -> check(name, column.length, values));
        floats.forEach((name, column) -> check(name, column.length, values));
        rowLongs.forEach((name, column) -> check(name, column.length, offsets.length - 1));
        rowFloats.forEach((name, column) -> check(name, column.length, offsets.length - 1));
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
        return known(name, longs.get(name));
    }

    /**
     * Values of a number column; not to be changed.
     *
     * @throws SchemaException when there is no such column
     */
    public float[] floats(String name) {
        return known(name, floats.get(name));
    }

    /**
     * Values of an id column with one value a row, {@code [rows]}; not to be changed.
     *
     * @throws SchemaException when there is no such column
     */
    public long[] rowLongs(String name) {
        return known(name, rowLongs.get(name));
    }

    /**
     * Values of a number column with one value a row, {@code [rows]}; not to be changed.
     *
     * @throws SchemaException when there is no such column
     */
    public float[] rowFloats(String name) {
        return known(name, rowFloats.get(name));
    }

    private <T> T known(String name, @Nullable T column) {
        if (column == null) {
            TreeSet<String> known = new TreeSet<>(longs.keySet());
            List.of(floats, rowLongs, rowFloats).forEach(columns -> known.addAll(columns.keySet()));
            throw new SchemaException(
                    "sequence column: " + name + " (expected: " + Names.expectation(name, known) + ")");
        }
        return column;
    }

    /** The same rows, the shortest first; those of like length stay in their order. */
    public SequenceBatch shortestFirst() {
        int[] order = IntStream.range(0, rowCount())
                .boxed()
                .sorted(Comparator.comparingInt(this::length))
                .mapToInt(Integer::intValue)
                .toArray();
        return rows(order, Integer.MAX_VALUE);
    }

    /** Rows {@code from .. to - 1}. */
    public SequenceBatch rows(int from, int to) {
        int[] rows = new int[to - from];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = from + i;
        }
        return rows(rows, Integer.MAX_VALUE);
    }

    /**
     * The chosen rows in the given order, each cut to its newest {@code maxLength} events.
     *
     * @throws IllegalArgumentException for a negative {@code maxLength}
     */
    public SequenceBatch rows(int[] rows, int maxLength) {
        if (maxLength < 0) {
            throw new IllegalArgumentException("maxLength: " + maxLength + " (expected: >= 0)");
        }
        int[] starts = new int[rows.length];
        int[] lengths = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            lengths[i] = Math.min(maxLength, length(rows[i]));
            starts[i] = offsets[rows[i] + 1] - lengths[i];
        }
        return pieces(rows, starts, lengths);
    }

    /**
     * The oldest {@code lengths[i]} events of row {@code rows[i]}, for every i. A row may occur more than once.
     *
     * @throws IllegalArgumentException when there are not as many lengths as rows, or a row has fewer events
     */
    public SequenceBatch prefixes(int[] rows, int[] lengths) {
        if (lengths.length != rows.length) {
            throw new IllegalArgumentException("lengths: " + lengths.length + " (expected: " + rows.length + ")");
        }
        int[] starts = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            if (lengths[i] < 0 || lengths[i] > length(rows[i])) {
                throw new IllegalArgumentException(
                        "length: " + lengths[i] + " (expected: 0 to " + length(rows[i]) + ", the events of the row)");
            }
            starts[i] = offsets[rows[i]];
        }
        return pieces(rows, starts, lengths);
    }

    /**
     * The same rows with other events at some places.
     *
     * @param sources for each event the event of this batch that takes its place, with all its list columns
     * @param kept list columns that stay as they are, such as times
     */
    public SequenceBatch withEvents(int[] sources, Set<String> kept) {
        Map<String, long[]> newLongs = new LinkedHashMap<>(longs);
        newLongs.replaceAll((name, values) -> kept.contains(name)
                ? values
                : IntStream.of(sources).mapToLong(source -> values[source]).toArray());
        Map<String, float[]> newFloats = new LinkedHashMap<>(floats);
        newFloats.replaceAll((name, values) -> {
            float[] moved = values.clone();
            for (int i = 0; !kept.contains(name) && i < moved.length; i++) {
                moved[i] = values[sources[i]];
            }
            return moved;
        });
        return new SequenceBatch(offsets, newLongs, newFloats, rowLongs, rowFloats);
    }

    /**
     * The same with the events of some rows in reverse order, newest first, times too.
     *
     * @param row whether the row of a number is reversed
     */
    public SequenceBatch reversed(IntPredicate row) {
        int[] sources = new int[offsets[rowCount()]];
        for (int r = 0; r < rowCount(); r++) {
            int ends = offsets[r] + offsets[r + 1] - 1;
            for (int i = offsets[r]; i < offsets[r + 1]; i++) {
                sources[i] = row.test(r) ? ends - i : i;
            }
        }
        return withEvents(sources, Set.of());
    }

    /** The same with other values of an id column. */
    public SequenceBatch withLongs(String name, long[] values) {
        longs(name); // must be there
        Map<String, long[]> changed = new LinkedHashMap<>(longs);
        changed.put(name, values);
        return new SequenceBatch(offsets, changed, floats, rowLongs, rowFloats);
    }

    private SequenceBatch pieces(int[] rows, int[] starts, int[] lengths) {
        int[] newOffsets = new int[rows.length + 1];
        for (int i = 0; i < rows.length; i++) {
            newOffsets[i + 1] = Math.addExact(newOffsets[i], lengths[i]);
        }
        int[] rowOffsets = IntStream.rangeClosed(0, rows.length).toArray();
        return new SequenceBatch(
                newOffsets,
                copies(longs, long[]::new, starts, newOffsets),
                copies(floats, float[]::new, starts, newOffsets),
                copies(rowLongs, long[]::new, rows, rowOffsets),
                copies(rowFloats, float[]::new, rows, rowOffsets));
    }

    @SuppressWarnings("SuspiciousSystemArraycopy") // both arrays are of one type
    private static <A> Map<String, A> copies(
            Map<String, A> columns, IntFunction<A> newArray, int[] starts, int[] newOffsets) {
        Map<String, A> copies = new LinkedHashMap<>();
        columns.forEach((name, values) -> {
            A copy = newArray.apply(newOffsets[starts.length]);
            for (int i = 0; i < starts.length; i++) {
                System.arraycopy(values, starts[i], copy, newOffsets[i], newOffsets[i + 1] - newOffsets[i]);
            }
            copies.put(name, copy);
        });
        return copies;
    }
}
