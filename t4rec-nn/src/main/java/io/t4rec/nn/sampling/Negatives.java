package io.t4rec.nn.sampling;

import java.util.Arrays;
import java.util.function.LongToDoubleFunction;

/** Items that all targets of a batch are compared with, and how likely each item was to be among them. */
public final class Negatives {
    private final long[] items;
    private final LongToDoubleFunction logInclusion;

    /**
     * @param items ids, rising and without repetition
     * @param logInclusion logarithm of the probability that an item is among them, for any item
     */
    public Negatives(long[] items, LongToDoubleFunction logInclusion) {
        this.items = items;
        this.logInclusion = logInclusion;
    }

    /** Number of negatives. */
    public int count() {
        return items.length;
    }

    /** Ids, rising and without repetition. */
    public long[] items() {
        return items;
    }

    /** Logarithms of the probabilities that these items are among the negatives, as many as items are given. */
    public float[] logInclusion(long[] of) {
        float[] logs = new float[of.length];
        for (int i = 0; i < of.length; i++) {
            logs[i] = (float) logInclusion.applyAsDouble(of[i]);
        }
        return logs;
    }

    /** For each target where it stands among the negatives; -1 when it is none of them. */
    public int[] hits(long[] targets) {
        int[] hits = new int[targets.length];
        for (int i = 0; i < targets.length; i++) {
            hits[i] = Math.max(-1, Arrays.binarySearch(items, targets[i]));
        }
        return hits;
    }
}
