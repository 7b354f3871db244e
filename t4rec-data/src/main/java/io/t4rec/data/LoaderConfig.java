package io.t4rec.data;

import io.t4rec.schema.ConfigException;

/**
 * How sequences become batches.
 *
 * @param batchSize rows of a batch
 * @param maxSequenceLength newest events kept of a row
 * @param shuffle whether rows come in another order each epoch
 * @param seed of the order; any
 * @param shuffleWindow rows among which is shuffled and sorted by length, at least a batch; usually 200,000. Of larger
 *     data, two windows are in memory: one in use, one read ahead
 * @param bucketByLength whether a batch holds rows of like length, so that little padding is computed
 * @param dropLast whether an incomplete last batch of an epoch is left out
 * @param reversal probability that a row's events come in reverse order, drawn anew each epoch
 */
public record LoaderConfig(
        int batchSize,
        int maxSequenceLength,
        boolean shuffle,
        long seed,
        int shuffleWindow,
        boolean bucketByLength,
        boolean dropLast,
        double reversal) {
    /** @throws ConfigException for values out of range */
    public LoaderConfig {
        atLeastOne("batchSize", batchSize);
        atLeastOne("maxSequenceLength", maxSequenceLength);
        if (shuffleWindow < batchSize) {
            throw new ConfigException(
                    "shuffleWindow: " + shuffleWindow + " (expected: >= batchSize, " + batchSize + ")");
        }
        if (!(reversal >= 0 && reversal <= 1)) {
            throw new ConfigException("reversal: " + reversal + " (expected: 0 to 1)");
        }
    }

    /** Without reversal. */
    public LoaderConfig(
            int batchSize,
            int maxSequenceLength,
            boolean shuffle,
            long seed,
            int shuffleWindow,
            boolean bucketByLength,
            boolean dropLast) {
        this(batchSize, maxSequenceLength, shuffle, seed, shuffleWindow, bucketByLength, dropLast, 0);
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new ConfigException(name + ": " + value + " (expected: >= 1)");
        }
    }

    /**
     * For training: shuffled, batches of mixed lengths. Whole batches of one length would be cheaper still, but cost quality: on short
     * shop sessions about 2 points of recall@20.
     */
    public static LoaderConfig training(int batchSize, int maxSequenceLength, long seed) {
        return new LoaderConfig(batchSize, maxSequenceLength, true, seed, Math.max(200_000, batchSize), false, false);
    }

    /** For evaluation: in file order, one pass. */
    public static LoaderConfig evaluation(int batchSize, int maxSequenceLength) {
        return new LoaderConfig(batchSize, maxSequenceLength, false, 0, Math.max(200_000, batchSize), false, false);
    }

    /** The same with whole rows: a model takes their newest part, and all of their items count as seen. */
    public static LoaderConfig evaluation(int batchSize) {
        return evaluation(batchSize, Integer.MAX_VALUE);
    }

    /**
     * With rows in reverse order among the others.
     *
     * @param probability of a row in an epoch; 0 to 1
     */
    public LoaderConfig withReversal(double probability) {
        return new LoaderConfig(
                batchSize, maxSequenceLength, shuffle, seed, shuffleWindow, bucketByLength, dropLast, probability);
    }
}
