package io.t4rec.nn.loss;

import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;

/**
 * TOP1 with negatives weighted by their softmax w (Hidasi and Karatzoglou 2018): {@code sum_j w_j (sigmoid(s_j - s) + sigmoid(s_j^2))}, the
 * second part keeping scores small.
 */
record Top1Max() implements SampledObjective {
    @Override
    public boolean correctsForSampling() {
        return false;
    }

    @Override
    public SampledScores.Gradient lossAndGradient(SampledScores scores) {
        Tensor s = scores.negatives(); // (n, K)
        Tensor weights = s.softmax(1);
        Tensor ahead = s.sub(scores.targets().unsqueeze(1)).sigmoidInPlace();
        Tensor size = s.mul(s).sigmoidInPlace();
        Tensor both = ahead.add(size);
        Tensor losses = both.mul(weights).sum(1, true); // (n, 1)
        // slopes of the two sigmoids: f (1 - f)
        ahead.addProductInPlace(ahead, ahead, -1);
        size.addProductInPlace(size, size, -1);
        Tensor targetGradient = ahead.mul(weights).sum(1, false).neg();
        Tensor gradient = both.subInPlace(losses).addInPlace(ahead).addProductInPlace(size, s, 2);
        s.copyFrom(gradient.mulInPlace(weights));
        return new SampledScores.Gradient(
                losses.squeeze(1), targetGradient, Tensors.emptyLike(losses).fillInPlace(1));
    }
}
