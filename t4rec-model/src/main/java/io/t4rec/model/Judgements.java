package io.t4rec.model;

/**
 * What a discriminator says of the items of sequences, some of which were replaced.
 *
 * @param scores above 0 where it takes the item for a replaced one: the logarithm of the odds
 * @param labels whether it is one
 */
public record Judgements(float[] scores, boolean[] labels) {
    /** How many it judged rightly. */
    public int right() {
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            right += scores[i] > 0 == labels[i] ? 1 : 0;
        }
        return right;
    }

    /** How many are replaced. */
    public int replaced() {
        int replaced = 0;
        for (boolean label : labels) {
            replaced += label ? 1 : 0;
        }
        return replaced;
    }
}
