package io.t4rec.nn.loss;

import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;

/**
 * BPR with negatives weighted by their softmax w, so that the highest count most, and their scores kept small (Hidasi and Karatzoglou 2018):
 * {@code -log(sum_j w_j sigmoid(s - s_j)) + lambda sum_j w_j s_j^2}.
 *
 * @param regularization lambda, from 0
 */
record BprMax(double regularization) implements SampledObjective {
    /** @throws IllegalArgumentException for a regularization that is negative or not finite */
    BprMax {
        if (!(regularization >= 0 && Double.isFinite(regularization))) {
            throw new IllegalArgumentException(
                    "regularization: " + regularization + " (expected: a finite number >= 0)");
        }
    }

    @Override
    public boolean correctsForSampling() {
        return false;
    }

    @Override
    public SampledScores.Gradient lossAndGradient(SampledScores scores) {
        Tensor s = scores.negatives(); // (n, K)
        Tensor ahead = s.sub(scores.targets().unsqueeze(1));
        // log(w_j sigmoid(s - s_j)), summed without underflow
        Tensor terms = s.sub(s.logSumExp(1, true)); // log w
        Tensor weights = terms.exp();
        terms.subInPlace(scores.scratch().softplusInto(ahead));
        Tensor likelihood = terms.logSumExp(1, true); // (n, 1)
        Tensor share = terms.subInPlace(likelihood).expInPlace();
        Tensor missed = ahead.sigmoidInPlace();
        Tensor targetGradient = share.mul(missed).sum(1, false).neg();
        // w - share sigmoid(s - s_j) = w - share (1 - missed)
        Tensor gradient = share.addProductInPlace(share, missed, -1).neg().addInPlace(weights);
        Tensor losses = likelihood.neg().squeeze(1);
        if (regularization > 0) {
            Tensor squares = s.mul(s);
            Tensor mean = squares.mul(weights).sum(1, true); // (n, 1)
            losses = losses.addInPlace(mean.squeeze(1), regularization);
            Tensor slope = squares.subInPlace(mean).addInPlace(s, 2);
            gradient.addProductInPlace(weights, slope, regularization);
        }
        s.copyFrom(gradient);
        return new SampledScores.Gradient(
                losses, targetGradient, Tensors.emptyLike(likelihood).fillInPlace(1));
    }
}
