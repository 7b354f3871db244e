package io.t4rec.nn.loss;

import io.t4rec.tensor.Tensor;

/**
 * Scores of n targets and of the K negatives that they are all compared with. A negative that is the row's own target has the score
 * {@link #HIDDEN}: no objective may count it.
 *
 * @param targets {@code [n]}
 * @param negatives {@code [n, K]}; objectives overwrite it
 * @param scratch {@code [n, K]}, to be overwritten
 * @param counts {@code [n]}, negatives of each row that are not hidden, at least 1
 */
record SampledScores(Tensor targets, Tensor negatives, Tensor scratch, Tensor counts) {
    /** So low that its exponential is 0 beside any other, and its square still a number. */
    static final double HIDDEN = -1e4;

    /**
     * Losses and gradients, row by row.
     *
     * @param losses {@code [n]}
     * @param targetGradient {@code [n]}, with respect to the target's score
     * @param negativeScale {@code [n, 1]}: a row of {@link #negatives} times it is the gradient with respect to its scores
     */
    record Gradient(Tensor losses, Tensor targetGradient, Tensor negativeScale) {}
}
