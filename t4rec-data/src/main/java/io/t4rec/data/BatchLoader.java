package io.t4rec.data;

import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Cuts sequences into batches, epoch by epoch. Data larger than the shuffle window is read once an epoch, window by window, the next
 * one ahead on a thread of its own; smaller data is read once and kept. The order depends on the data, the seed and the epoch alone,
 * so a run can be resumed at any batch.
 *
 * <p>Thread-safe; what an epoch gives belongs to one thread.
 */
public final class BatchLoader implements AutoCloseable {
    private final LoaderConfig config;
    private final @Nullable SequenceFiles files;
    private final long rowCount;
    private final int windowSize;
    private final Set<Epoch> open = ConcurrentHashMap.newKeySet();
    private @Nullable SequenceBatch kept;

    private BatchLoader(
            LoaderConfig config, @Nullable SequenceFiles files, @Nullable SequenceBatch kept, long rowCount) {
        this.config = config;
        this.files = files;
        this.kept = kept;
        this.rowCount = rowCount;
        // whole batches, so that only the last window has an incomplete one
        windowSize = config.shuffleWindow() / config.batchSize() * config.batchSize();
        if (rowCount == 0) {
            throw new DataException("sequences: none (expected: at least one row)");
        }
        if (batchesPerEpoch() == 0) {
            throw new DataException("sequences: " + rowCount + " (expected: at least " + config.batchSize()
                    + ", a batch; or dropLast: false)");
        }
    }

    /**
     * Opens Parquet files.
     *
     * @param schema its list columns are read, and its integers and numbers with one value a row; text is not
     * @throws io.t4rec.schema.SchemaException when a file lacks a column of the schema or holds another type in it
     * @throws DataException when a file is absent or damaged, or there is no row
     */
    public static BatchLoader open(List<Path> parquet, Schema schema, LoaderConfig config) {
        SequenceFiles files = new SequenceFiles(parquet, schema);
        if (files.rowCount() == 0) {
            throw new DataException(parquet + ": no row (expected: at least one sequence)");
        }
        return new BatchLoader(config, files, null, files.rowCount());
    }

    /** Loads from sequences in memory. */
    public static BatchLoader of(SequenceBatch sequences, LoaderConfig config) {
        return new BatchLoader(config, null, sequences, sequences.rowCount());
    }

    public long rowCount() {
        return rowCount;
    }

    /** Number of batches of an epoch. */
    public int batchesPerEpoch() {
        long whole = rowCount / windowSize;
        return Math.toIntExact(whole * batchesOf(windowSize) + batchesOf(rowCount % windowSize));
    }

    private long batchesOf(long rows) {
        return config.dropLast() ? rows / config.batchSize() : (rows + config.batchSize() - 1) / config.batchSize();
    }

    /**
     * All batches of an epoch.
     *
     * @param epoch from 0; it changes the order when shuffling
     */
    public Epoch epoch(int epoch) {
        return epoch(epoch, 0);
    }

    /**
     * The batches of an epoch from one on, the same as if those before had been taken; windows before it are not read.
     *
     * @param epoch from 0; it changes the order when shuffling
     * @param firstBatch from 0; at {@link #batchesPerEpoch} or beyond there is none
     */
    public Epoch epoch(int epoch, int firstBatch) {
        if (firstBatch < 0) {
            throw new IllegalArgumentException("firstBatch: " + firstBatch + " (expected: >= 0)");
        }
        long perWindow = batchesOf(windowSize);
        long windows = rowCount / windowSize;
        long skipped = perWindow == 0 ? windows : Math.min(windows, firstBatch / perWindow);
        return new Epoch(epoch, skipped * windowSize, Math.toIntExact(firstBatch - skipped * perWindow));
    }

    /**
     * The batches of one epoch. One that is taken to its end closes itself; close it when leaving earlier, or close the loader.
     */
    public final class Epoch implements Iterator<SequenceBatch>, AutoCloseable {
        private final int epoch;
        private long nextRow;
        private int at;
        private @Nullable Prefetcher<SequenceBatch> ahead;
        private @Nullable SequenceBatch window;
        private List<int[]> plan = List.of();
        private BitSet reversed = new BitSet();
        private volatile boolean closed;

        private Epoch(int epoch, long firstRow, int firstBatch) {
            this.epoch = epoch;
            this.nextRow = firstRow;
            this.at = firstBatch;
        }

        /**
         * Whether there is a further batch; may wait for it to be read.
         *
         * @throws DataException when the data can't be read or holds what can't be trained on, with file, row and column
         */
        @Override
        public boolean hasNext() {
            if (closed) {
                return false;
            }
            while (window == null || at >= plan.size()) {
                if (window != null) {
                    at -= plan.size();
                    window = null; // not to be held while the next is waited for
                }
                if (nextRow >= rowCount) {
                    close();
                    return false;
                }
                advance();
            }
            return true;
        }

        private void advance() {
            int count = (int) Math.min(windowSize, rowCount - nextRow);
            SequenceBatch rows = inMemory();
            if (rows == null) {
                rows = Objects.requireNonNull(ahead().take(), "as many rows as were counted");
            } else if (count < rowCount) {
                rows = rows.rows((int) nextRow, (int) nextRow + count);
            }
            window = rows;
            long seed = config.seed() * 1_000_003 + epoch * 7_919L + nextRow;
            plan = plan(rows, new SplittableRandom(seed));
            reversed = reversed(rows.rowCount(), new SplittableRandom(~seed));
            nextRow += count;
        }

        private Prefetcher<SequenceBatch> ahead() {
            Prefetcher<SequenceBatch> running = ahead;
            if (running == null) {
                SequenceStream stream = Objects.requireNonNull(files).stream(nextRow, config.maxSequenceLength())
                        .windows(windowSize);
                running = new Prefetcher<>("batch-loader", stream);
                ahead = running;
                open.add(this);
            }
            return running;
        }

        /** @throws NoSuchElementException when the epoch is over or closed */
        @Override
        public SequenceBatch next() {
            if (!hasNext()) {
                throw new NoSuchElementException("epoch " + epoch + " is over");
            }
            int[] rows = plan.get(at++);
            SequenceBatch batch = Objects.requireNonNull(window).rows(rows, config.maxSequenceLength());
            return reversed.isEmpty() ? batch : batch.reversed(row -> reversed.get(rows[row]));
        }

        /** Stops reading ahead. There is no further batch then. */
        @Override
        public void close() {
            closed = true;
            open.remove(this);
            Prefetcher<SequenceBatch> running = ahead;
            if (running != null) {
                running.close();
            }
        }
    }

    /** All sequences, when they fit into one window; else null. */
    private synchronized @Nullable SequenceBatch inMemory() {
        if (kept == null && rowCount <= windowSize) {
            try (SequenceStream stream = Objects.requireNonNull(files).stream(0, config.maxSequenceLength())) {
                kept = stream.next();
            }
        }
        return kept;
    }

    /** Rows whose events come in reverse order. */
    private BitSet reversed(int rows, SplittableRandom random) {
        BitSet reversed = new BitSet(rows);
        for (int row = 0; config.reversal() > 0 && row < rows; row++) {
            reversed.set(row, random.nextDouble() < config.reversal());
        }
        return reversed;
    }

    /** Row numbers of each batch, in the order they are to come. */
    private List<int[]> plan(SequenceBatch sequences, SplittableRandom random) {
        int[] order = shuffled(sequences.rowCount(), random);
        if (config.bucketByLength()) {
            order = byLength(sequences, order);
        }
        List<int[]> batches = new ArrayList<>();
        for (int from = 0; from < order.length; from += config.batchSize()) {
            int to = Math.min(order.length, from + config.batchSize());
            if (!config.dropLast() || to - from == config.batchSize()) {
                batches.add(Arrays.copyOfRange(order, from, to));
            }
        }
        if (config.shuffle()) {
            for (int i = batches.size() - 1; i > 0; i--) {
                Collections.swap(batches, i, random.nextInt(i + 1));
            }
        }
        return batches;
    }

    private int[] shuffled(int rows, SplittableRandom random) {
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            order[i] = i;
        }
        if (config.shuffle()) {
            for (int i = rows - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
        }
        return order;
    }

    private int[] byLength(SequenceBatch sequences, int[] order) {
        return Arrays.stream(order)
                .boxed()
                .sorted(Comparator.comparingInt(row -> Math.min(config.maxSequenceLength(), sequences.length(row))))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Stops all epochs that are still being read. */
    @Override
    public void close() {
        List.copyOf(open).forEach(Epoch::close);
    }
}
