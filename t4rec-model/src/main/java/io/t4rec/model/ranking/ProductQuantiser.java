package io.t4rec.model.ranking;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Fits {@link ItemCodes} to a trained table by k-means in each split. Centroids are found on at most 32,768 items drawn at random;
 * all items are coded.
 *
 * @param splits parts of a vector; divides the table's width. More keep more: 8 is usual for a width of 64
 * @param seed of all draws: same table and seed, same codes
 */
public record ProductQuantiser(int splits, long seed) {
    private static final int SAMPLE = 1 << 15;
    private static final int READ_ITEMS = 1 << 14;

    /** @throws IllegalArgumentException for fewer than one split */
    public ProductQuantiser {
        if (splits < 1) {
            throw new IllegalArgumentException("splits: " + splits + " (expected: >= 1)");
        }
    }

    /**
     * Codes every row of a table.
     *
     * @param table {@code [items, width]}, finite
     * @param firstItem smallest id that is an item; rows below it are coded but don't shape centroids
     * @throws IllegalArgumentException when the splits don't divide the width, a weight is not finite, or there is no item
     */
    public ItemCodes fit(Tensor table, long firstItem) {
        int items = Math.toIntExact(table.size(0));
        int width = Math.toIntExact(table.size(1));
        int first = Math.toIntExact(firstItem);
        if (splits > width || width % splits != 0) {
            throw new IllegalArgumentException(
                    "splits: " + splits + " (expected: a divisor of " + width + ", the width of item vectors)");
        }
        if (first >= items) {
            throw new IllegalArgumentException("items: none (expected: at least one id from " + first + " on)");
        }
        int count = Math.min(ItemCodes.MAX_CENTROIDS, items - first);
        float[] centroids = new float[count * width];
        KMeans[] means = centroids(table, first, count, centroids);
        return new ItemCodes(splits, width, count, codes(table, means, count), centroids);
    }

    private KMeans[] centroids(Tensor table, int first, int count, float[] centroids) {
        int width = Math.toIntExact(table.size(1));
        int part = width / splits;
        SplittableRandom random = new SplittableRandom(seed);
        float[] sample = rows(table, sample(first, Math.toIntExact(table.size(0)), random));
        KMeans[] means = new KMeans[splits];
        for (int split = 0; split < splits; split++) {
            float[] points = new float[sample.length / splits];
            for (int i = 0; i < sample.length / width; i++) {
                System.arraycopy(sample, i * width + split * part, points, i * part, part);
            }
            means[split] = KMeans.fit(points, part, count, random.split());
            means[split].copyTo(centroids, split * count * part);
        }
        return means;
    }

    private byte[] codes(Tensor table, KMeans[] means, int count) {
        int items = Math.toIntExact(table.size(0));
        int width = Math.toIntExact(table.size(1));
        byte[] codes = new byte[Math.multiplyExact(items, splits)];
        float[] distances = new float[count];
        for (int start = 0; start < items; start += READ_ITEMS) {
            int end = Math.min(items, start + READ_ITEMS);
            float[] rows = rows(table, LongStream.range(start, end).toArray());
            for (int id = start; id < end; id++) {
                for (int split = 0; split < splits; split++) {
                    int at = (id - start) * width + split * (width / splits);
                    codes[id * splits + split] = (byte) means[split].nearest(rows, at, distances);
                }
            }
        }
        return codes;
    }

    private static float[] rows(Tensor table, long[] ids) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            float[] rows =
                    table.indexSelect(0, Tensors.of(ids).to(table.device())).toFloats();
            for (float value : rows) {
                if (!Float.isFinite(value)) {
                    throw new IllegalArgumentException(
                            "item table: holds " + value + " (expected: finite weights; train with a lower rate)");
                }
            }
            return rows;
        }
    }

    /** Ids of distinct items, rising. */
    private static long[] sample(int first, int items, SplittableRandom random) {
        int[] ids = new int[items - first];
        Arrays.setAll(ids, i -> first + i);
        int count = Math.min(SAMPLE, ids.length);
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(ids.length - i);
            int id = ids[other];
            ids[other] = ids[i];
            ids[i] = id;
        }
        return Arrays.stream(ids, 0, count).sorted().asLongStream().toArray();
    }
}
