package io.t4rec.nn.sampling;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Targets of this batch and of those before it: more negatives than one batch has, of the same distribution (cross-batch negatives, Wang et
 * al. 2021).
 */
public final class CachedSampler implements NegativeSampler {
    private final TargetPool pool;
    private final int size;
    private long[] cache = {};

    /**
     * @param negatives how many to keep at most, all alike when there are more different ones
     * @param size newest targets that are remembered, at least 1
     * @throws IllegalArgumentException for no negative, or a size below 1
     */
    public CachedSampler(ItemFrequencies frequencies, int negatives, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("size: " + size + " (expected: >= 1)");
        }
        this.pool = new TargetPool(frequencies, negatives);
        this.size = size;
    }

    @Override
    public Negatives draw(long[] targets, RandomGenerator random) {
        long[] joined = Arrays.copyOf(cache, cache.length + targets.length);
        System.arraycopy(targets, 0, joined, cache.length, targets.length);
        cache = Arrays.copyOfRange(joined, Math.max(0, joined.length - size), joined.length);
        return pool.draw(cache, random);
    }

    @Override
    public long[] state() {
        return cache.clone();
    }

    @Override
    public void restore(long[] state) {
        cache = state.clone();
    }
}
