package io.t4rec.nn.transformer;

import io.t4rec.tensor.Tensor;

/** Scores that depend on how far apart two positions are: computed once for each distance, then moved to the keys. */
final class RelativeScores {
    private RelativeScores() {}

    /**
     * Products of vectors that differ from row to row with vectors by distance, which all rows of a batch share: one large
     * product for each head.
     *
     * @param states {@code [B, H, n, d]}
     * @param vectors {@code [H, R, d]}
     * @return {@code [B, H, n, R]}
     */
    static Tensor products(Tensor states, Tensor vectors) {
        return states.transpose(0, 1)
                .flatten(1, 2) // (H, B * n, d)
                .matmul(vectors.transpose(1, 2))
                .unflatten(1, states.size(0), -1) // (H, B, n, R)
                .transpose(0, 1);
    }

    /**
     * From scores by distance to scores by key, as views (Dai et al. 2019, appendix B): element {@code (i, j)} is that of column
     * {@code step (n - 1 - i) + j}, where distances {@code step i - j} fall from column to column.
     *
     * @param scores {@code [B, H, n, R]}, R = step (n - 1) + keys
     * @param step how many keys a query is ahead of the one before it
     * @return {@code [B, H, n, keys]}
     */
    static Tensor byKey(Tensor scores, long keys, int step) {
        long queries = scores.size(2);
        long distances = step * (queries - 1) + keys;
        if (scores.size(3) != distances) {
            throw new IllegalArgumentException("scores: " + scores + " (expected: " + distances + " distances)");
        }
        if (queries == 1) {
            return scores;
        }
        return scores.flatten(2, 3)
                .narrow(2, step * (queries - 1), queries * (distances - step))
                .unflatten(2, queries, distances - step)
                .narrow(3, 0, keys);
    }
}
