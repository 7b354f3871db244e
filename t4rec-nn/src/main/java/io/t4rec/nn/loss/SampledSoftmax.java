package io.t4rec.nn.loss;

import io.t4rec.tensor.Tensor;

/** Softmax cross-entropy among target and negatives: {@code -log(e^s / (e^s + sum_j e^s_j))}, of corrected scores. */
record SampledSoftmax() implements SampledObjective {
    @Override
    public boolean correctsForSampling() {
        return true;
    }

    @Override
    public SampledScores.Gradient lossAndGradient(SampledScores scores) {
        Tensor target = scores.targets().unsqueeze(1); // (n, 1)
        Tensor max = scores.negatives().max(1, true).maximum(target);
        Tensor ofNegatives = scores.negatives().subInPlace(max).expInPlace().sum(1, true);
        Tensor ofTarget = target.sub(max).expInPlace();
        Tensor sum = ofNegatives.add(ofTarget); // (n, 1)
        Tensor losses = sum.log().addInPlace(max).subInPlace(target).squeeze(1);
        Tensor scale = sum.pow(-1);
        return new SampledScores.Gradient(losses, ofNegatives.mul(scale).neg().squeeze(1), scale);
    }
}
