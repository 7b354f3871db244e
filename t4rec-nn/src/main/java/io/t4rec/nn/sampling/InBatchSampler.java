package io.t4rec.nn.sampling;

import java.util.random.RandomGenerator;

/**
 * The targets of the batch themselves: each row is compared with what the others predict (Yi et al. 2019, with the correction for how often
 * items occur). A batch whose targets are all one item has no negative but the target.
 */
public final class InBatchSampler implements NegativeSampler {
    private final TargetPool pool;

    /**
     * @param negatives how many to keep at most, all alike when there are more different ones
     * @throws IllegalArgumentException for no negative
     */
    public InBatchSampler(ItemFrequencies frequencies, int negatives) {
        this.pool = new TargetPool(frequencies, negatives);
    }

    @Override
    public Negatives draw(long[] targets, RandomGenerator random) {
        return pool.draw(targets, random);
    }
}
