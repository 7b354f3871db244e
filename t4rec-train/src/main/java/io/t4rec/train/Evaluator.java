package io.t4rec.train;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.SessionModel;
import io.t4rec.nn.loss.CatalogueCrossEntropy;
import io.t4rec.train.baseline.Baseline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ranks targets among the whole catalogue, never a sample of it. The same cases for models and baselines.
 *
 * @param allPositions whether every event but a session's first is a target, else its last
 * @param excludeSeen whether items of the session before the target don't compete
 * @param threads that share the work; 0 for one a core
 */
public record Evaluator(boolean allPositions, boolean excludeSeen, int threads) {
    /** Last item of each session, seen items compete, one thread a core. */
    public static Evaluator lastItem() {
        return new Evaluator(false, false, 0);
    }

    /** Ranks by a model. Sessions of one event have no target. */
    public RankedCases rank(SessionModel model, BatchLoader loader) {
        int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        List<int[]> ranks = new ArrayList<>();
        List<SequenceBatch> all = new ArrayList<>();
        try (Workers workers = new Workers(count)) {
            List<CatalogueCrossEntropy> losses =
                    IntStream.range(0, count).mapToObj(i -> model.newLoss()).toList();
            try {
                Iterator<SequenceBatch> batches = loader.epoch(0);
                while (batches.hasNext()) {
                    List<SequenceBatch> round = new ArrayList<>();
                    while (batches.hasNext() && round.size() < count) {
                        round.add(batches.next());
                    }
                    int[][] found = new int[round.size()][];
                    workers.run(
                            round.size(),
                            i -> found[i] = model.ranks(round.get(i), allPositions, excludeSeen, losses.get(i)));
                    ranks.addAll(List.of(found));
                    all.addAll(round);
                }
            } finally {
                losses.forEach(CatalogueCrossEntropy::close);
            }
        }
        int[] flat = ranks.stream().flatMapToInt(IntStream::of).toArray();
        return cases(flat, all, model.schema().itemId().name());
    }

    /**
     * Ranks by a baseline.
     *
     * @param item name of the item id column
     * @param firstItem smallest id that is an item
     */
    public RankedCases rank(Baseline baseline, BatchLoader loader, String item, long firstItem) {
        List<SequenceBatch> all = new ArrayList<>();
        loader.epoch(0).forEachRemaining(all::add);
        RankedCases cases = cases(new int[0], all, item);
        int[] ranks = new int[cases.targets().length];
        List<long[]> sessions = new ArrayList<>();
        for (SequenceBatch batch : all) {
            forEachTarget(
                    batch,
                    (row, at) -> sessions.add(
                            Arrays.copyOfRange(batch.longs(item), batch.offsets()[row], batch.offsets()[row] + at)));
        }
        IntStream.range(0, ranks.length)
                .parallel()
                .forEach(i -> ranks[i] = baseline.rank(sessions.get(i), cases.targets()[i], firstItem));
        return new RankedCases(ranks, cases.targets(), cases.lengths());
    }

    private RankedCases cases(int[] ranks, List<SequenceBatch> batches, String item) {
        List<Long> targets = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        for (SequenceBatch batch : batches) {
            forEachTarget(batch, (row, at) -> {
                targets.add(batch.longs(item)[batch.offsets()[row] + at]);
                lengths.add(at);
            });
        }
        return new RankedCases(
                ranks,
                targets.stream().mapToLong(Long::longValue).toArray(),
                lengths.stream().mapToInt(Integer::intValue).toArray());
    }

    @FunctionalInterface
    private interface TargetVisitor {
        void visit(int row, int position);
    }

    private void forEachTarget(SequenceBatch batch, TargetVisitor visitor) {
        for (int row = 0; row < batch.rowCount(); row++) {
            int length = batch.length(row);
            for (int at = allPositions ? 1 : Math.max(1, length - 1); at < length; at++) {
                visitor.visit(row, at);
            }
        }
    }
}
