package io.t4rec.train.baseline;

/** The most frequent items, whatever the session. */
public final class Popularity implements Baseline {
    private final double[] counts;

    /** @param sessions item ids, oldest first */
    public Popularity(long[][] sessions, long itemCount) {
        counts = new double[Math.toIntExact(itemCount)];
        for (long[] session : sessions) {
            for (long item : session) {
                counts[(int) item]++;
            }
        }
    }

    @Override
    public String name() {
        return "popularity";
    }

    @Override
    public double[] scores(long[] session) {
        return counts;
    }
}
