package io.t4rec.train.baseline;

import java.util.HashMap;
import java.util.Map;

/** The most frequent followers of the last item, ties by popularity, filled up with popular items. */
public final class Markov implements Baseline {
    private final double[] popularity;
    private final Map<Long, Map<Long, Integer>> followers = new HashMap<>();

    /** @param sessions item ids, oldest first */
    public Markov(long[][] sessions, long itemCount) {
        double[] counts = new Popularity(sessions, itemCount).scores(new long[0]);
        double total = 1;
        for (double count : counts) {
            total += count;
        }
        popularity = new double[counts.length];
        for (int i = 0; i < counts.length; i++) {
            // below 1, so that it only breaks ties between counts of followers
            popularity[i] = counts[i] / total;
        }
        for (long[] session : sessions) {
            for (int i = 1; i < session.length; i++) {
                followers
                        .computeIfAbsent(session[i - 1], key -> new HashMap<>())
                        .merge(session[i], 1, Integer::sum);
            }
        }
    }

    @Override
    public String name() {
        return "markov";
    }

    @Override
    public double[] scores(long[] session) {
        double[] scores = popularity.clone();
        followers
                .getOrDefault(session[session.length - 1], Map.of())
                .forEach((item, count) -> scores[item.intValue()] += count);
        return scores;
    }
}
