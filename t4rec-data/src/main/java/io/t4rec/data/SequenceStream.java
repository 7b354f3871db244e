package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DataException;
import io.t4rec.schema.IntDomain;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * One pass over sequence files: every row is read once, in order, and never again. Refuses what would train on something else than the
 * data: missing values, numbers that are none, ids outside their column's range, lists of unequal length.
 */
final class SequenceStream implements Prefetcher.Source<SequenceBatch> {
    private final SequenceFiles files;
    private final List<Input> lists = new ArrayList<>();
    private final List<Input> scalars = new ArrayList<>();
    private final int maxLength;
    private final Database database = Database.openInOrder();
    private final ResultSet results;
    private long row;
    private int windowSize = Integer.MAX_VALUE;

    /**
     * @param sql gives a row for each event: the schema's list columns' elements, then in the schema's order the lengths of lists
     *     and the values of other columns
     * @param row number of the first row among those of all files
     */
    SequenceStream(SequenceFiles files, Schema schema, String sql, long row, int maxLength) {
        this.files = files;
        this.row = row;
        this.maxLength = maxLength;
        int element = 1;
        int other = schema.filter(ColumnSchema::isList).size() + 1;
        for (ColumnSchema column : schema.columns()) {
            if (column.isList()) {
                lists.add(new Input(column, element++, other++));
            } else {
                scalars.add(new Input(column, other++, 0));
            }
        }
        try {
            results = database.stream(sql);
        } catch (DataException e) {
            database.close();
            throw SequenceFiles.unreadable(files.place(row), e);
        }
    }

    /** Makes {@link #next} give this many rows at a time; the last window holds what is left. */
    SequenceStream windows(int rows) {
        windowSize = rows;
        return this;
    }

    @Override
    public @Nullable SequenceBatch next() {
        int count = (int) Math.min(windowSize, files.rowCount() - row);
        return count <= 0 ? null : read(count);
    }

    private SequenceBatch read(int count) {
        int[] offsets = new int[count + 1];
        lists.forEach(input -> input.begin(count));
        scalars.forEach(input -> input.begin(count));
        try {
            for (int i = 0; i < count; i++) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new CancellationException("reading " + files.place(row) + ": interrupted");
                }
                advance();
                int length = length();
                if (Integer.MAX_VALUE - offsets[i] < length) {
                    throw new DataException(
                            files.place(row) + ": more than " + Integer.MAX_VALUE + " events in a window of " + count
                                    + " rows (expected: fewer; make shuffleWindow smaller)");
                }
                offsets[i + 1] = offsets[i] + length;
                for (Input input : scalars) {
                    add(input);
                }
                for (int event = 0; event < length; event++) {
                    if (event > 0) {
                        advance();
                    }
                    for (Input input : lists) {
                        add(input);
                    }
                }
                row++;
            }
        } catch (SQLException e) {
            throw SequenceFiles.unreadable(files.place(row), Database.failure(e));
        }
        return batch(offsets);
    }

    private void advance() throws SQLException {
        if (!results.next()) {
            throw new DataException(
                    files.place(row) + ": missing (expected: as many rows as the file's footer says; was it"
                            + " changed while it was read?)");
        }
    }

    /** Number of events that are kept of the row. */
    private int length() throws SQLException {
        int length = -1;
        for (Input input : lists) {
            int own = results.getInt(input.lengthAt);
            if (own < 0) {
                throw refused(input, "null", "a list");
            }
            if (length >= 0 && own != length) {
                throw refused(
                        input,
                        own + " elements",
                        length + ", as many as " + lists.get(0).column.name() + " has: one an event");
            }
            length = own;
        }
        return Math.min(length, maxLength);
    }

    private void add(Input input) throws SQLException {
        if (input.floating) {
            double value = results.getDouble(input.at);
            if (results.wasNull()) {
                throw refused(input, "null", "a number; fill missing values in the workflow");
            }
            if (!Float.isFinite((float) value)) {
                throw refused(input, String.valueOf(value), "a finite number of 32 bits");
            }
            input.add((float) value);
        } else {
            long value = results.getLong(input.at);
            if (results.wasNull()) {
                throw refused(input, "null, or beyond 64 bits", "an integer");
            }
            if (input.maxId >= 0 && (value < 0 || value > input.maxId)) {
                throw refused(input, String.valueOf(value), "an id from 0 to " + input.maxId + ", as its schema says");
            }
            input.add(value);
        }
    }

    private DataException refused(Input input, String found, String expected) {
        return new DataException(
                files.place(row) + ", column " + input.column.name() + ": " + found + " (expected: " + expected + ")");
    }

    private SequenceBatch batch(int[] offsets) {
        Map<String, long[]> longs = new LinkedHashMap<>();
        Map<String, float[]> floats = new LinkedHashMap<>();
        Map<String, long[]> rowLongs = new LinkedHashMap<>();
        Map<String, float[]> rowFloats = new LinkedHashMap<>();
        lists.forEach(input -> input.put(longs, floats));
        scalars.forEach(input -> input.put(rowLongs, rowFloats));
        return new SequenceBatch(offsets, longs, floats, rowLongs, rowFloats);
    }

    /** Ends the pass, whether or not everything was read. */
    @Override
    public void close() {
        try (database) {
            results.close();
        } catch (SQLException e) {
            throw Database.failure(e);
        }
    }

    /** A column of the query and its values in the window at hand, as many as come. */
    private static final class Input {
        private static final int MOST = Integer.MAX_VALUE - 8;

        private final ColumnSchema column;
        private final boolean floating;
        private final int at;
        private final int lengthAt;
        private final long maxId;
        private long[] longs = new long[0];
        private float[] floats = new float[0];
        private int size;

        /**
         * @param at of the elements in the query
         * @param lengthAt of the lists' lengths; 0 for none
         */
        Input(ColumnSchema column, int at, int lengthAt) {
            this.column = column;
            this.floating = column.dtype().isFloating();
            this.at = at;
            this.lengthAt = lengthAt;
            IntDomain domain = column.tags().contains(Tag.CATEGORICAL) ? column.intDomain() : null;
            this.maxId = domain == null ? -1 : domain.max();
        }

        void begin(int expected) {
            longs = new long[floating ? 0 : expected];
            floats = new float[floating ? expected : 0];
            size = 0;
        }

        void add(long value) {
            if (size == longs.length) {
                longs = Arrays.copyOf(longs, grown());
            }
            longs[size++] = value;
        }

        void add(float value) {
            if (size == floats.length) {
                floats = Arrays.copyOf(floats, grown());
            }
            floats[size++] = value;
        }

        private int grown() {
            return (int) Math.min(MOST, 16 + size * 3L / 2);
        }

        void put(Map<String, long[]> intoLongs, Map<String, float[]> intoFloats) {
            if (floating) {
                intoFloats.put(column.name(), Arrays.copyOf(floats, size));
            } else {
                intoLongs.put(column.name(), Arrays.copyOf(longs, size));
            }
            begin(0); // not to be held while the window is in use
        }
    }
}
