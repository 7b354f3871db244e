package io.t4rec.nn.sampling;

import java.util.random.RandomGenerator;

/**
 * Draws the negatives of a batch. The cost of a draw depends on the number of negatives, never on the catalogue; special ids are
 * never drawn. Used by one thread.
 */
public sealed interface NegativeSampler
        permits UniformSampler, LogUniformSampler, PopularitySampler, InBatchSampler, CachedSampler {
    /**
     * Draws negatives that all targets share; a target's own item may be among them.
     *
     * @param targets items that the batch predicts; at least one
     */
    Negatives draw(long[] targets, RandomGenerator random);

    /** What later draws depend on beside their arguments, for checkpoints; empty for most. */
    default long[] state() {
        return new long[0];
    }

    /** Continues from a saved state. */
    default void restore(long[] state) {
        if (state.length > 0) {
            throw new IllegalArgumentException("sampler state: " + state.length + " values (expected: none for "
                    + getClass().getSimpleName() + ")");
        }
    }
}
