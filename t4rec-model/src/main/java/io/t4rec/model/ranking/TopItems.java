package io.t4rec.model.ranking;

import java.util.Arrays;

/**
 * The k best of a stream of items: a heap whose root is the worst of them. A score with its id is one number that sorts like both,
 * so the outcome doesn't depend on the order in which items come.
 */
final class TopItems {
    private static final long NO_ID = 0xFFFF_FFFFL;

    private final long[] heap; // a binary heap, the smallest first
    private final ItemFilter filter;
    private int size;
    private float threshold = Float.NEGATIVE_INFINITY;

    /** @param k at least 1 */
    TopItems(int k, ItemFilter filter) {
        this.heap = new long[k];
        this.filter = filter;
    }

    /**
     * Scores below it change nothing. Negative infinity until k items are there; so a score above the threshold is never one that is
     * no number.
     */
    float threshold() {
        return threshold;
    }

    /** Takes an item if its score is finite, the filter permits it, and it is among the best so far. */
    void offer(int id, float score) {
        if (!Float.isFinite(score)) {
            return;
        }
        long key = key(id, score);
        if (size < heap.length) {
            if (filter.permits(id)) {
                up(key);
            }
        } else if (key > heap[0] && filter.permits(id)) {
            down(key);
        } else {
            return;
        }
        if (size == heap.length) {
            threshold = score(heap[0]);
        }
    }

    /**
     * Offers consecutive items. Of equal scores the first stays, so this is for ids that rise from call to call.
     *
     * @param scores those from {@code offset} on belong to the items
     */
    void offerAll(int firstId, float[] scores, int offset, int count) {
        float least = threshold;
        for (int i = 0; i < count; i++) {
            float score = scores[offset + i];
            if (score > least) {
                offer(firstId + i, score);
                least = threshold;
            }
        }
    }

    /** What is there, best first. */
    RankedItems ranked() {
        long[] keys = Arrays.copyOf(heap, size);
        Arrays.sort(keys);
        int[] ids = new int[size];
        float[] scores = new float[size];
        for (int i = 0; i < size; i++) {
            long key = keys[size - 1 - i];
            ids[i] = (int) (NO_ID - (key & NO_ID));
            scores[i] = score(key);
        }
        return new RankedItems(ids, scores);
    }

    /** Sorts by score, then by falling id. */
    private static long key(int id, float score) {
        int bits = Float.floatToIntBits(score + 0f); // -0 becomes 0: they are equal scores
        int sortable = bits ^ (bits >> 31 & Integer.MAX_VALUE);
        return (long) sortable << 32 | (NO_ID - id);
    }

    private static float score(long key) {
        int sortable = (int) (key >> 32);
        return Float.intBitsToFloat(sortable ^ (sortable >> 31 & Integer.MAX_VALUE));
    }

    private void up(long key) {
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (heap[parent] <= key) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = key;
    }

    /** Replaces the root. */
    private void down(long key) {
        int at = 0;
        int child;
        while ((child = 2 * at + 1) < size) {
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (key <= heap[child]) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = key;
    }
}
