package io.t4rec.nn.loss;

import io.t4rec.tensor.Tensor;

/**
 * The target is a yes, each negative a no: the mean of {@code -beta log sigmoid(s)} and all {@code -log(1 - sigmoid(s_j))}. With beta 1 as in
 * SASRec (Kang and McAuley 2018); with beta below 1 the generalised form of gSASRec (Petrov and Macdonald 2023), which keeps sampled negatives
 * from making the model too sure.
 *
 * @param beta exponent of the target's probability; above 0, at most 1
 */
record BinaryCrossEntropy(double beta) implements SampledObjective {
    /**
     * gSASRec's exponent: {@code rate (t (1 - 1 / rate) + 1 / rate)}.
     *
     * @param calibration t: 0 is beta 1, plain cross-entropy; 1 makes beta the sampling rate, which gives calibrated probabilities
     * @param samplingRate share of the items other than the target that are drawn
     * @throws IllegalArgumentException for values out of range
     */
    static BinaryCrossEntropy calibrated(double calibration, double samplingRate) {
        if (!(calibration >= 0 && calibration <= 1)) {
            throw new IllegalArgumentException("calibration: " + calibration + " (expected: 0 to 1)");
        }
        if (!(samplingRate > 0)) {
            throw new IllegalArgumentException("samplingRate: " + samplingRate + " (expected: > 0)");
        }
        double rate = Math.min(1, samplingRate);
        return new BinaryCrossEntropy(rate * (calibration * (1 - 1 / rate) + 1 / rate));
    }

    @Override
    public boolean correctsForSampling() {
        return false;
    }

    @Override
    public SampledScores.Gradient lossAndGradient(SampledScores scores) {
        Tensor share = scores.counts().add(1).pow(-1); // (n)
        Tensor missed = scores.targets().neg();
        Tensor ofNegatives = scores.scratch().softplusInto(scores.negatives()).sum(1, false); // (n)
        Tensor losses =
                missed.softplus().mulInPlace(beta).addInPlace(ofNegatives).mulInPlace(share);
        scores.negatives().sigmoidInPlace();
        Tensor targetGradient = missed.sigmoid().mulInPlace(-beta).mulInPlace(share);
        return new SampledScores.Gradient(losses, targetGradient, share.unsqueeze(1));
    }
}
