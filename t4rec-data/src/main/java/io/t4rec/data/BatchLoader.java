package io.t4rec.data;

import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Cuts sequences into batches, epoch by epoch. Data larger than the shuffle window is streamed window by window; smaller data
 * is read once and kept. The order depends on the data, the seed and the epoch alone, so a run can be resumed in mid-epoch by
 * skipping batches. Every rank of a sharded read gets the same number of batches: where rows don't divide evenly, ranks that
 * would fall short repeat a row, or leftover rows are dropped with {@code dropLast}.
 */
public final class BatchLoader implements AutoCloseable {
    private final LoaderConfig config;
    private final @Nullable SequenceFiles files;
    private final long rowCount;
    private @Nullable SequenceBatch kept;

    private BatchLoader(
            LoaderConfig config, @Nullable SequenceFiles files, @Nullable SequenceBatch kept, long rowCount) {
        this.config = config;
        this.files = files;
        this.kept = kept;
        this.rowCount = rowCount;
        if (rowCount == 0) {
            throw new DataException("sequences: none (expected: at least one row)");
        }
    }

    /**
     * Opens Parquet files.
     *
     * @param schema its list columns are read
     * @throws io.t4rec.schema.SchemaException when the files lack a column of the schema
     * @throws DataException when a file is absent or there is no row
     */
    public static BatchLoader open(List<Path> parquet, Schema schema, LoaderConfig config) {
        SequenceFiles files = new SequenceFiles(parquet, schema);
        return new BatchLoader(config, files, null, files.rowCount());
    }

    /** Loads from sequences in memory. */
    public static BatchLoader of(SequenceBatch sequences, LoaderConfig config) {
        return new BatchLoader(config, null, sequences, sequences.rowCount());
    }

    public long rowCount() {
        return rowCount;
    }

    /** Number of batches of an epoch; equal for all ranks. */
    public int batchesPerEpoch() {
        long batches = 0;
        for (long from = 0; from < rowCount; from += config.shuffleWindow()) {
            batches += batchesOf(Math.min(config.shuffleWindow(), rowCount - from));
        }
        return Math.toIntExact(batches);
    }

    private long batchesOf(long rows) {
        long share =
                config.dropLast() ? rows / config.worldSize() : (rows + config.worldSize() - 1) / config.worldSize();
        return config.dropLast() ? share / config.batchSize() : (share + config.batchSize() - 1) / config.batchSize();
    }

    /**
     * All batches of an epoch.
     *
     * @param epoch from 0; it changes the order when shuffling
     */
    public Iterator<SequenceBatch> epoch(int epoch) {
        return new Iterator<>() {
            private long next;
            private SequenceBatch window = new SequenceBatch(new int[1], Map.of(), Map.of());
            private List<int[]> plan = List.of();
            private int at;

            @Override
            public boolean hasNext() {
                while (at >= plan.size() && next < rowCount) {
                    long count = Math.min(config.shuffleWindow(), rowCount - next);
                    window = window(next, count);
                    plan = plan(window, new SplittableRandom(config.seed() * 1_000_003 + epoch * 7_919L + next));
                    next += count;
                    at = 0;
                }
                return at < plan.size();
            }

            @Override
            public SequenceBatch next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("epoch " + epoch + " is over");
                }
                return window.rows(plan.get(at++), config.maxSequenceLength());
            }
        };
    }

    private SequenceBatch window(long from, long count) {
        SequenceBatch sequences = kept;
        if (sequences == null) {
            sequences = Objects.requireNonNull(files).read(from, count);
            if (count == rowCount) {
                kept = sequences;
            }
        } else if (count != sequences.rowCount()) {
            sequences = sequences.rows((int) from, (int) (from + count));
        }
        return sequences;
    }

    /** Row numbers of each batch of this rank, in the order they are to come. */
    private List<int[]> plan(SequenceBatch sequences, SplittableRandom random) {
        int[] order = mine(shuffled(sequences.rowCount(), random));
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

    private int[] mine(int[] order) {
        if (config.worldSize() == 1) {
            return order;
        }
        // every rank gets the same number of rows; the last ones repeat rows of the front
        int share = config.dropLast()
                ? order.length / config.worldSize()
                : (order.length + config.worldSize() - 1) / config.worldSize();
        int[] own = new int[share];
        for (int i = 0; i < share; i++) {
            own[i] = order[(i * config.worldSize() + config.rank()) % order.length];
        }
        return own;
    }

    private int[] byLength(SequenceBatch sequences, int[] order) {
        return Arrays.stream(order)
                .boxed()
                .sorted(Comparator.comparingInt(row -> Math.min(config.maxSequenceLength(), sequences.length(row))))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    @Override
    public void close() {
        if (files != null) {
            files.close();
        }
    }
}
