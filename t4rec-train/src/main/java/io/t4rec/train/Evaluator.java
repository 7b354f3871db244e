package io.t4rec.train;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.SequenceBatch;
import io.t4rec.metrics.BinaryTally;
import io.t4rec.model.Exclusion;
import io.t4rec.model.Judgements;
import io.t4rec.model.SessionModel;
import io.t4rec.model.ranking.ItemRanker;
import io.t4rec.schema.DivergenceException;
import io.t4rec.train.baseline.Baseline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Ranks targets among the whole catalogue, never a sample of it. The same cases for models and baselines.
 *
 * @param allPositions whether every event but a session's first is a target, else its last alone
 * @param exclusion items of the session before the target that don't compete
 * @param threads that share the work; 0 for one a core
 */
public record Evaluator(boolean allPositions, Exclusion exclusion, int threads) {
    private static final String DISCRIMINATOR = "discriminator";

    /** @throws IllegalArgumentException for a negative number of threads */
    public Evaluator {
        Workers.check(threads);
    }

    /** Last item of each session, seen items compete, one thread a core. */
    public static Evaluator lastItem() {
        return new Evaluator(false, Exclusion.NONE, 0);
    }

    /** Ranks the targets of one batch, for several threads at once. */
    @FunctionalInterface
    private interface BatchRanks {
        int[] of(SequenceBatch batch);
    }

    /** Ranks by a model. Sessions of one event have no target. */
    public RankedCases rank(SessionModel model, BatchLoader loader) {
        return rank(model, model.exactRanker(), loader);
    }

    /** Ranks by a model whose items are scored by another ranker than the exact one. */
    public RankedCases rank(SessionModel model, ItemRanker ranker, BatchLoader loader) {
        return rank(
                loader, model.schema().itemId().name(), batch -> model.ranks(batch, allPositions, exclusion, ranker));
    }

    /**
     * Ranks by a baseline.
     *
     * @param item name of the item id column
     * @param firstItem smallest id that is an item
     */
    public RankedCases rank(Baseline baseline, BatchLoader loader, String item, long firstItem) {
        return rank(loader, item, batch -> {
            long[] items = batch.longs(item);
            int[] ranks = new int[items.length];
            int count = 0;
            for (int row = 0; row < batch.rowCount(); row++) {
                int start = batch.offsets()[row];
                for (int at = firstTarget(batch, row); at < batch.length(row); at++) {
                    long[] session = Arrays.copyOfRange(items, start, start + at);
                    ranks[count++] = baseline.rank(session, items[start + at], firstItem, exclusion);
                }
            }
            return Arrays.copyOf(ranks, count);
        });
    }

    /**
     * Metrics of the discriminator of a task that has one, by labels such as {@code discriminator/auc}: how well it tells items drawn by
     * the generator from those that were there. Masking and draws are the same each time. Empty for tasks without.
     *
     * @throws DivergenceException when the discriminator says no number of an item
     */
    public Map<String, Double> discriminator(SessionModel model, BatchLoader loader) {
        if (!model.hasDiscriminator()) {
            return Map.of();
        }
        BinaryTally tally = new BinaryTally();
        BatchPass.run(
                loader,
                threads,
                (batch, number) -> model.judge(batch, new SplittableRandom(number)),
                judged -> add(tally, judged));
        Map<String, Double> metrics = new LinkedHashMap<>();
        tally.metrics().forEach((metric, value) -> {
            if (Double.isFinite(value)) { // no area where nothing, or everything, was replaced
                metrics.put(metric.label(DISCRIMINATOR), value);
            }
        });
        return metrics;
    }

    private static void add(BinaryTally tally, Judgements judged) {
        for (int i = 0; i < judged.labels().length; i++) {
            if (!Float.isFinite(judged.scores()[i])) {
                throw DivergenceException.ofModel("what the discriminator says of an item");
            }
            tally.add(1 / (1 + Math.exp(-judged.scores()[i])), judged.labels()[i]);
        }
    }

    private RankedCases rank(BatchLoader loader, String item, BatchRanks ranks) {
        List<RankedCases> all = new ArrayList<>();
        BatchPass.run(loader, threads, (batch, number) -> cases(batch, item, ranks.of(batch)), all::add);
        return RankedCases.concat(all);
    }

    private RankedCases cases(SequenceBatch batch, String item, int[] ranks) {
        long[] targets = new long[ranks.length];
        int[] lengths = new int[ranks.length];
        int count = 0;
        for (int row = 0; row < batch.rowCount(); row++) {
            for (int at = firstTarget(batch, row); at < batch.length(row); at++) {
                targets[count] = batch.longs(item)[batch.offsets()[row] + at];
                lengths[count++] = at;
            }
        }
        return new RankedCases(ranks, targets, lengths);
    }

    private int firstTarget(SequenceBatch batch, int row) {
        return allPositions ? 1 : Math.max(1, batch.length(row) - 1);
    }
}
