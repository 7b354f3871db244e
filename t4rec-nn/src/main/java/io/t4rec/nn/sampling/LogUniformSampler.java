package io.t4rec.nn.sampling;

import java.util.random.RandomGenerator;

/**
 * Draws by rank: item j, counted from the first, has probability {@code (log(j + 2) - log(j + 1)) / log(n + 1)} among n. Meant for ids by
 * falling frequency, as a workflow gives them; follows Zipf's law and needs no counts. As the sampler of TensorFlow and
 * Transformers4Rec.
 *
 * <p>An item that is drawn again counts once, so fewer than the draws may come. The probability to be among them is {@code 1 - (1 -
 * p)^draws}; Transformers4Rec computes {@code 1 - (1 + p)^-draws} instead, and keeps the lowest ids of twice as many draws.
 */
public final class LogUniformSampler implements NegativeSampler {
    private final long firstItem;
    private final long items;
    private final int draws;
    private final double logRange;

    /**
     * @param itemCount number of ids, the special ones included
     * @param firstItem smallest id that is an item
     * @param draws how often to draw
     * @throws IllegalArgumentException when there are fewer items
     */
    public LogUniformSampler(long itemCount, long firstItem, int draws) {
        this.firstItem = firstItem;
        this.items = itemCount - firstItem;
        this.draws = draws;
        this.logRange = Math.log1p(items);
        SamplerKind.check(draws, items);
    }

    /** Probability of an item in one draw; 0 for special ids. */
    public double probability(long item) {
        long rank = item - firstItem;
        return rank < 0 ? 0 : Math.log1p(1.0 / (rank + 1)) / logRange;
    }

    @Override
    public Negatives draw(long[] targets, RandomGenerator random) {
        long[] drawn = new long[draws];
        for (int i = 0; i < draws; i++) {
            long rank = (long) Math.exp(random.nextDouble() * logRange) - 1;
            drawn[i] = firstItem + Math.min(items - 1, rank);
        }
        return new Negatives(SamplerKind.distinct(drawn), item -> SamplerKind.logAtLeastOnce(probability(item), draws));
    }
}
