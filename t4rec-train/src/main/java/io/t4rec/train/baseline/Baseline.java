package io.t4rec.train.baseline;

/** A recommender trained by counting. Ids run from {@code firstItem} to {@code itemCount - 1}. */
public interface Baseline {
    /** Short name for tables. */
    String name();

    /**
     * Scores every item for a session; higher is better.
     *
     * @param session item ids, oldest first
     * @return {@code [itemCount]}
     */
    double[] scores(long[] session);

    /**
     * Rank of an item after a session, among all ids from {@code firstItem}: one more than those with a higher score, or an equal
     * score and a lower id. 0 for an id below {@code firstItem}.
     */
    default int rank(long[] session, long target, long firstItem) {
        if (target < firstItem) {
            return 0;
        }
        double[] scores = scores(session);
        double own = scores[(int) target];
        int rank = 1;
        for (int item = (int) firstItem; item < scores.length; item++) {
            if (scores[item] > own || (scores[item] == own && item < target)) {
                rank++;
            }
        }
        return rank;
    }
}
