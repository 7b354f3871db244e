package io.t4rec.nn.optim;

import io.t4rec.tensor.FusedUpdates.Step;

/** Weights that one worker updates while they are in its cache. Blocks don't depend on each other. */
interface Block {
    /**
     * Sums the replicas' gradients.
     *
     * @return the square of the sum's Euclidean norm
     */
    double sum();

    /**
     * Updates the weights and zeroes the gradients.
     *
     * @param summed whether {@link #sum} was called in this step
     */
    void update(Step step, boolean summed);
}
