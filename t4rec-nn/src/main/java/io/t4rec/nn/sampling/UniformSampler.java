package io.t4rec.nn.sampling;

import java.util.random.RandomGenerator;

/** Different items, each as likely as any other. */
public final class UniformSampler implements NegativeSampler {
    private final long firstItem;
    private final long items;
    private final int negatives;

    /**
     * @param itemCount number of ids, the special ones included
     * @param firstItem smallest id that is an item
     * @param negatives how many to draw; exactly so many come
     * @throws IllegalArgumentException when there aren't as many items, or the smallest id is negative
     */
    public UniformSampler(long itemCount, long firstItem, int negatives) {
        if (firstItem < 0) {
            throw new IllegalArgumentException("firstItem: " + firstItem + " (expected: >= 0)");
        }
        this.firstItem = firstItem;
        this.items = itemCount - firstItem;
        this.negatives = negatives;
        SamplerKind.check(negatives, items);
    }

    @Override
    public Negatives draw(long[] targets, RandomGenerator random) {
        long[] drawn = DistinctDraws.of(items, negatives, random);
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] += firstItem;
        }
        double log = Math.log((double) negatives / items);
        return new Negatives(drawn, item -> log);
    }
}
