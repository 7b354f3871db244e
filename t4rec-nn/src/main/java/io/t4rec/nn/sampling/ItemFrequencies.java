package io.t4rec.nn.sampling;

import java.util.Arrays;

/** How often each item occurs in the training data, special ids left out. */
public final class ItemFrequencies {
    private final long[] counts;
    private final long firstItem;
    private long total;

    /**
     * Counts nothing yet.
     *
     * @param itemCount number of ids, the special ones included
     * @param firstItem smallest id that is an item
     * @throws IllegalArgumentException for a negative number, or more items than an array holds
     */
    public ItemFrequencies(long itemCount, long firstItem) {
        if (itemCount < 0 || itemCount > Integer.MAX_VALUE - 8 || firstItem < 0) {
            throw new IllegalArgumentException("itemCount: " + itemCount + ", firstItem: " + firstItem
                    + " (expected: both >= 0, less than 2^31 items)");
        }
        this.counts = new long[Math.toIntExact(itemCount)];
        this.firstItem = firstItem;
    }

    /**
     * Counts items one more time each; special ids are passed over.
     *
     * @throws IllegalArgumentException for an id outside 0 to {@code itemCount - 1}
     */
    public void add(long[] items) {
        for (long item : items) {
            if (item < 0 || item >= counts.length) {
                throw new IllegalArgumentException(
                        "item: " + item + " (expected: 0 to " + (counts.length - 1) + ", the ids of the catalogue)");
            }
            if (item >= firstItem) {
                counts[(int) item]++;
                total++;
            }
        }
    }

    /** Number of ids, the special ones included. */
    public int itemCount() {
        return counts.length;
    }

    /** Smallest id that is an item. */
    public long firstItem() {
        return firstItem;
    }

    /** How often an item occurred. */
    public long count(long item) {
        return counts[(int) item];
    }

    /** How often all items together occurred. */
    public long total() {
        return total;
    }

    /** Share of an item in all occurrences; one that never occurred counts as seen once. */
    double share(long item) {
        return Math.max(1, counts[(int) item]) / (double) Math.max(1, total);
    }

    /**
     * Weights that make frequent targets count less: {@code count^-power}, scaled so that the mean over all occurrences is 1. Items
     * that never occurred weigh as if seen once.
     *
     * @param power 0 for equal weights, 1 for equal sums of weights of all items
     * @return by id
     * @throws IllegalArgumentException when nothing was counted, or the power is no finite number
     */
    public float[] inverseWeights(double power) {
        if (!Double.isFinite(power)) {
            throw new IllegalArgumentException("power: " + power + " (expected: a finite number)");
        }
        if (total == 0) {
            throw new IllegalArgumentException("item frequencies: all zero (expected: training data with items)");
        }
        double sum = 0;
        for (long count : counts) {
            sum += count == 0 ? 0 : count * Math.pow(count, -power);
        }
        float[] weights = new float[counts.length];
        Arrays.fill(weights, 1);
        for (int item = (int) firstItem; item < counts.length; item++) {
            weights[item] = (float) (Math.pow(Math.max(1, counts[item]), -power) * total / sum);
        }
        return weights;
    }
}
