package io.t4rec.nn.sampling;

import java.util.random.RandomGenerator;

/**
 * Draws by frequency in the training data: probability proportional to {@code count^alpha} (word2vec, Mikolov et al. 2013; GRU4Rec). Items
 * that never occurred are not drawn unless alpha is 0. An item that is drawn again counts once, so fewer than the draws may come.
 */
public final class PopularitySampler implements NegativeSampler {
    private final ItemFrequencies frequencies;
    private final double alpha;
    private final int draws;
    private final double sum;
    private final AliasTable table;

    /**
     * @param alpha 1 draws items as often as they occur, 0 all alike
     * @param draws how often to draw
     * @throws IllegalArgumentException when alpha is no number >= 0, there are fewer items, or none ever occurred
     */
    public PopularitySampler(ItemFrequencies frequencies, double alpha, int draws) {
        if (!(alpha >= 0 && alpha < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("alpha: " + alpha + " (expected: a number >= 0)");
        }
        this.frequencies = frequencies;
        this.alpha = alpha;
        this.draws = draws;
        int first = (int) frequencies.firstItem();
        SamplerKind.check(draws, (long) frequencies.itemCount() - first);
        if (frequencies.total() == 0) {
            throw new IllegalArgumentException("popularity: all zero (expected: training data with items of id " + first
                    + " or above; check firstItem, or draw negatives with the sampler uniform)");
        }
        double[] weights = new double[frequencies.itemCount() - first];
        double total = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.pow(frequencies.count(first + i), alpha);
            total += weights[i];
        }
        this.sum = total;
        this.table = new AliasTable(weights);
    }

    /** Probability of an item in one draw; for one that never occurred as if it were seen once. */
    public double probability(long item) {
        return item < frequencies.firstItem() ? 0 : Math.pow(Math.max(1, frequencies.count(item)), alpha) / sum;
    }

    @Override
    public Negatives draw(long[] targets, RandomGenerator random) {
        long[] drawn = new long[draws];
        for (int i = 0; i < draws; i++) {
            drawn[i] = frequencies.firstItem() + table.draw(random);
        }
        return new Negatives(SamplerKind.distinct(drawn), item -> SamplerKind.logAtLeastOnce(probability(item), draws));
    }
}
