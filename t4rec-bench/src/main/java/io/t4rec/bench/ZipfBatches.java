package io.t4rec.bench;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.etl.Vocabulary;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.Arrays;

/** Full sequences of Zipf-distributed items, the same numbers in every language: SplitMix64 from seed 42, inverted. */
public final class ZipfBatches {
    /** Items of a sequence. */
    public static final int LENGTH = 20;

    private ZipfBatches() {}

    /**
     * A schema of the item column alone.
     *
     * @param items number of item ids, padding included
     */
    public static Schema schema(int items) {
        return Schema.of(ColumnSchema.categorical("item_id", items - 1)
                .withTags(Tag.ITEM_ID)
                .withShape(ColumnShape.ragged()));
    }

    /** Batches in memory, always in the same order; an incomplete last one is left out. */
    public static BatchLoader loader(int items, int rows, int batchSize) {
        return BatchLoader.of(
                SequenceBatch.of("item_id", sequences(items, rows)),
                new LoaderConfig(batchSize, LENGTH, false, 0, Math.max(200_000, batchSize), false, true));
    }

    private static long[][] sequences(int items, int rows) {
        double[] cumulative = new double[items - 1];
        double total = 0;
        for (int i = 0; i < cumulative.length; i++) {
            total += 1.0 / (i + 1);
            cumulative[i] = total;
        }
        long state = 42;
        long[][] sequences = new long[rows][LENGTH];
        for (long[] sequence : sequences) {
            for (int i = 0; i < LENGTH; i++) {
                state += 0x9E3779B97F4A7C15L;
                double uniform = (mix(state) >>> 11) * 0x1.0p-53;
                int found = Arrays.binarySearch(cumulative, uniform * total);
                int rank = Math.min(cumulative.length - 1, found >= 0 ? found : -found - 1);
                sequence[i] = Math.max(Vocabulary.FIRST, 1 + rank);
            }
        }
        return sequences;
    }

    private static long mix(long state) {
        long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
