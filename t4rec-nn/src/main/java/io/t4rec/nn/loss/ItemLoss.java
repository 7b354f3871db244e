package io.t4rec.nn.loss;

import io.t4rec.tensor.Tensor;

/**
 * A loss for predicting an item, with a gradient of its own making. An instance belongs to one thread, keeps buffers between calls and frees
 * them on {@link #close()}.
 */
public sealed interface ItemLoss extends AutoCloseable permits CatalogueCrossEntropy, SampledLoss {
    /**
     * What a pass over the rows gives.
     *
     * @param lossSum sum of the rows' losses, not divided
     * @param hiddenGradient {@code [n, d]}, of the loss divided by the denominator
     */
    record Result(double lossSum, Tensor hiddenGradient) {}

    /** Frees the buffers; the next call allocates them anew. */
    @Override
    void close();
}
