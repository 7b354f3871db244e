package io.t4rec.nn.loss;

/** What a sampled loss wants of the scores of a target and its negatives. */
sealed interface SampledObjective permits SampledSoftmax, BinaryCrossEntropy, Bpr, BprMax, Top1Max {
    /** Whether scores are to be corrected by the logarithm of how likely an item was to be drawn. */
    boolean correctsForSampling();

    /** Losses of all rows; the negatives' scores become their gradient up to a factor for each row. */
    SampledScores.Gradient lossAndGradient(SampledScores scores);
}
