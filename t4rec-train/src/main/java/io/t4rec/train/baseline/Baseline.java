package io.t4rec.train.baseline;

import io.t4rec.model.Exclusion;
import io.t4rec.model.ranking.ItemRanker;
import java.util.Arrays;
import java.util.List;

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
     *
     * @param exclusion items of the session that don't compete; a target among them gets {@link ItemRanker#LAST}
     */
    default int rank(long[] session, long target, long firstItem, Exclusion exclusion) {
        if (target < firstItem) {
            return 0;
        }
        double[] scores = scores(session);
        long[] excluded = exclusion.of(session, 0, session.length);
        if (Arrays.stream(excluded).anyMatch(item -> item == target)) {
            return ItemRanker.LAST;
        }
        double own = scores[(int) target];
        int rank = 1;
        for (int item = (int) firstItem; item < scores.length; item++) {
            if (isAhead(item, scores, target, own)) {
                rank++;
            }
        }
        return rank
                - (int) Arrays.stream(excluded)
                        .distinct()
                        .filter(item -> item >= firstItem && isAhead((int) item, scores, target, own))
                        .count();
    }

    private static boolean isAhead(int item, double[] scores, long target, double own) {
        return scores[item] > own || (scores[item] == own && item < target);
    }

    /**
     * The baselines that stand beside every model: popularity, first-order Markov, VMIS-kNN with 500 recent sessions and 100
     * neighbours.
     *
     * @param sessions item ids, oldest first; the sessions in order of their last event
     */
    static List<Baseline> all(long[][] sessions, long itemCount) {
        return List.of(
                new Popularity(sessions, itemCount),
                new Markov(sessions, itemCount),
                new VmisKnn(sessions, itemCount, 500, 100, true));
    }
}
