package io.t4rec.nn.loss;

import io.t4rec.tensor.Tensor;

/** Bayesian personalised ranking (Rendle et al. 2009): the mean of {@code -log sigmoid(s - s_j)} over the negatives. */
record Bpr() implements SampledObjective {
    @Override
    public boolean correctsForSampling() {
        return false;
    }

    @Override
    public SampledScores.Gradient lossAndGradient(SampledScores scores) {
        Tensor share = scores.counts().pow(-1); // (n)
        Tensor ahead = scores.negatives().subInPlace(scores.targets().unsqueeze(1));
        Tensor losses = scores.scratch().softplusInto(ahead).sum(1, false).mulInPlace(share);
        Tensor targetGradient =
                ahead.sigmoidInPlace().sum(1, false).mulInPlace(share).neg();
        return new SampledScores.Gradient(losses, targetGradient, share.unsqueeze(1));
    }
}
