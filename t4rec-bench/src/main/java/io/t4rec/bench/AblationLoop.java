package io.t4rec.bench;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.MaskedBatch;
import io.t4rec.model.SessionModel;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.model.masking.Mode;
import io.t4rec.nn.Pass;
import io.t4rec.nn.optim.Gradients;
import io.t4rec.nn.optim.Optimizer;
import io.t4rec.nn.optim.OptimizerConfig;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** Training on one thread with a choice of padding that the trainer doesn't leave. Causal models, Adam. */
final class AblationLoop {
    private static final double RATE = 1e-3;

    /** To which length the rows of a batch are padded. */
    enum Padding {
        /** All to the longest that sequences may have. */
        FIXED,
        /** All to the longest row of the batch. */
        BATCH,
        /** Two groups of like length, each to its own longest row, as the trainer does. */
        GROUPS
    }

    private final SessionModel model;
    private final Padding padding;
    private final int length;
    private final long seed;

    /** @param length longest sequence */
    AblationLoop(SessionModel model, Padding padding, int length, long seed) {
        this.model = model;
        this.padding = padding;
        this.length = length;
        this.seed = seed;
    }

    /** Seconds of each epoch. */
    List<Double> train(BatchLoader loader, int epochs) {
        Optimizer optimizer = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.ADAM), model.parameters());
        List<Double> seconds = new ArrayList<>();
        try (var loss = model.newLoss(null)) {
            long step = 0;
            for (int epoch = 0; epoch < epochs; epoch++) {
                long start = System.nanoTime();
                try (BatchLoader.Epoch batches = loader.epoch(epoch)) {
                    while (batches.hasNext()) {
                        MaskedBatch batch = prepare(batches.next(), step);
                        Pass pass = Pass.training(new Generator(seed * 1_000_003 + step));
                        int groups = padding == Padding.GROUPS ? 2 : 1;
                        for (int group = 0; group < groups; group++) {
                            int from = batch.rowCount() * group / groups;
                            int to = batch.rowCount() * (group + 1) / groups;
                            try (Scope scope = Scope.open()) {
                                model.trainStep(batch, from, to, batch.targetCount(), pass, loss);
                            }
                        }
                        optimizer.step(RATE);
                        Gradients.clear(model.parameters().values());
                        step++;
                    }
                }
                seconds.add((System.nanoTime() - start) / 1e9);
            }
        } finally {
            optimizer.release();
        }
        return seconds;
    }

    private MaskedBatch prepare(SequenceBatch batch, long step) {
        SplittableRandom random = new SplittableRandom(seed + step);
        return switch (padding) {
            case BATCH -> model.mask(batch, Mode.TRAIN, random);
            case GROUPS -> model.mask(batch.shortestFirst(), Mode.TRAIN, random);
            case FIXED -> padded(batch, random);
        };
    }

    /** With one more row of full length, which predicts nothing: all others are then padded to it. */
    private MaskedBatch padded(SequenceBatch batch, SplittableRandom random) {
        String item = model.schema().itemId().name();
        long[][] rows = new long[batch.rowCount() + 1][];
        for (int row = 0; row < batch.rowCount(); row++) {
            rows[row] = Arrays.copyOfRange(batch.longs(item), batch.offsets()[row], batch.offsets()[row + 1]);
        }
        rows[batch.rowCount()] = Collections.nCopies(
                        length, model.config().head().firstItem())
                .stream()
                .mapToLong(Long::longValue)
                .toArray();
        MaskedBatch masked = model.mask(SequenceBatch.of(item, rows), Mode.TRAIN, random);
        MaskedSequences all = masked.masked();
        int count = (int) Arrays.stream(all.positions())
                .filter(position -> position < batch.rowCount() * all.length())
                .count();
        return new MaskedBatch(
                masked.batch(),
                new MaskedSequences(
                        all.rows(),
                        all.length(),
                        all.lengths(),
                        all.replaced(),
                        Arrays.copyOf(all.positions(), count),
                        Arrays.copyOf(all.targets(), count),
                        all.pattern()));
    }
}
