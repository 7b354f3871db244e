package io.t4rec.train;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.SessionModel;
import io.t4rec.model.ranking.ItemRanker;
import io.t4rec.train.baseline.Baseline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ranks targets among the whole catalogue, never a sample of it. The same cases for models and baselines.
 *
 * @param allPositions whether every event but a session's first is a target, else its last alone
 * @param excludeSeen whether items of the session before the target don't compete
 * @param threads that share the work; 0 for one a core
 */
public record Evaluator(boolean allPositions, boolean excludeSeen, int threads) {
    /** Last item of each session, seen items compete, one thread a core. */
    public static Evaluator lastItem() {
        return new Evaluator(false, false, 0);
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
                loader, model.schema().itemId().name(), batch -> model.ranks(batch, allPositions, excludeSeen, ranker));
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
                    ranks[count++] = baseline.rank(session, items[start + at], firstItem, excludeSeen);
                }
            }
            return Arrays.copyOf(ranks, count);
        });
    }

    private int workers() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    private RankedCases rank(BatchLoader loader, String item, BatchRanks ranks) {
        List<RankedCases> parts = new ArrayList<>();
        try (Workers workers = new Workers(workers());
                BatchLoader.Epoch batches = loader.epoch(0)) {
            while (batches.hasNext()) {
                List<SequenceBatch> round = new ArrayList<>();
                while (batches.hasNext() && round.size() < workers.count()) {
                    round.add(batches.next());
                }
                RankedCases[] found = new RankedCases[round.size()];
                workers.run(round.size(), i -> found[i] = cases(round.get(i), item, ranks.of(round.get(i))));
                parts.addAll(List.of(found));
            }
        }
        return RankedCases.concat(parts);
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
