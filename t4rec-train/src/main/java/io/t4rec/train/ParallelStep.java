package io.t4rec.train;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.MaskedBatch;
import io.t4rec.model.SessionModel;
import io.t4rec.model.TaskStep;
import io.t4rec.model.TrainingFigures;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.task.BatchTargets;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.optim.Gradients;
import io.t4rec.nn.optim.Optimizer;
import io.t4rec.nn.optim.TableUpdate;
import io.t4rec.nn.sampling.ItemFrequencies;
import io.t4rec.nn.sampling.NegativeSampler;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One training step on all workers. A batch is masked as a whole, its rows are split into fixed groups, each worker runs forward and
 * backward passes on a replica of its own, and gradients are summed in fixed order: the result depends on data, seed and number of
 * workers, never on scheduling.
 */
final class ParallelStep implements AutoCloseable {
    private final SessionModel model;
    private final TrainingConfig config;
    private final Workers workers;
    private final Optimizer optimizer;
    private final List<SessionModel> replicas = new ArrayList<>();
    private final @Nullable NegativeSampler sampler;
    /** Whether item tables get the gradients of the rows that were used, where the loss leaves others without. */
    private final boolean rowGradients;

    private final LossScale scale;

    private final List<ItemLoss> losses = new ArrayList<>();

    /** @param frequencies of the training data, where the model's loss needs them */
    ParallelStep(SessionModel model, TrainingConfig config, @Nullable ItemFrequencies frequencies, Workers workers) {
        this.model = model;
        this.config = config;
        this.workers = workers;
        TableUpdate tableUpdate = config.tableUpdate(model.itemCount(), model.drawsNegatives());
        rowGradients = tableUpdate != TableUpdate.DENSE;
        sampler = model.newSampler(frequencies);
        scale = new LossScale(config.scalesLosses());
        replicas.add(model);
        for (int i = 1; i < workers.count(); i++) {
            replicas.add(model.replica());
        }
        if (model.config().predictsNextItem()) {
            replicas.forEach(replica -> losses.add(replica.newLoss(frequencies)));
        }
        optimizer = new Optimizer(
                config.optimizerConfig(),
                replicas.stream().map(SessionModel::parameters).toList(),
                tableUpdate,
                model.itemTableNames());
    }

    Optimizer optimizer() {
        return optimizer;
    }

    LossScale scale() {
        return scale;
    }

    /** What later negatives depend on, for checkpoints; empty for most samplers. */
    long[] samplerState() {
        return sampler == null ? new long[0] : sampler.state();
    }

    void restoreSampler(long[] state) {
        if (sampler != null) {
            sampler.restore(state);
        }
    }

    int workerCount() {
        return workers.count();
    }

    /**
     * Adds a batch's gradients to those of the replicas.
     *
     * @param number of the batch in the run: masking, negatives and dropout are drawn from it
     * @param figures to which is added what the tasks tell beside the loss
     * @return weighted sum of the tasks' mean losses over the batch's targets; 0 without targets
     */
    double accumulate(SequenceBatch sequences, long number, TrainingFigures figures) {
        SplittableRandom random = new SplittableRandom(mix(number, 0));
        // each group is padded to its own longest row, though the batch holds all lengths
        Work work = work(sequences.shortestFirst(), random);
        int shards = workers.count();
        double[] sums = new double[shards];
        TrainingFigures[] told = new TrainingFigures[shards];
        workers.run(shards, shard -> {
            Pass plain = config.pass(new Generator(mix(number, shard + 1)));
            Pass pass = rowGradients ? plain.withRowGradients() : plain;
            // one group of short and one of long rows each, so that shards take about equally long
            told[shard] = new TrainingFigures();
            for (int group : new int[] {shard, 2 * shards - 1 - shard}) {
                sums[shard] += group(work, group, 2 * shards, pass, shard, told[shard]);
            }
        });
        double loss = 0;
        for (int shard = 0; shard < shards; shard++) {
            loss += sums[shard];
            figures.addAll(told[shard].sums());
        }
        return loss;
    }

    /**
     * What is learned from a batch.
     *
     * @param masked for the next item; null where it is no task or has no target
     * @param targets of the other tasks
     */
    private record Work(SequenceBatch sequences, @Nullable MaskedBatch masked, BatchTargets targets) {}

    private Work work(SequenceBatch sequences, SplittableRandom random) {
        MaskedBatch masked = model.config().predictsNextItem() ? model.mask(sequences, Mode.TRAIN, random) : null;
        if (masked != null && masked.targetCount() == 0) {
            masked = null;
        }
        if (masked != null && sampler != null) {
            masked = masked.withNegatives(sampler, random);
        }
        return new Work(sequences, masked, model.heads().targets(sequences, false));
    }

    private double group(Work work, int group, int groups, Pass pass, int shard, TrainingFigures figures) {
        int rows = work.sequences.rowCount();
        int from = (int) ((long) rows * group / groups);
        int to = (int) ((long) rows * (group + 1) / groups);
        if (from == to) {
            return 0;
        }
        double divisor = config.gradientAccumulation() / scale.value();
        TaskStep tasks =
                new TaskStep(replicas.get(shard), work.sequences, work.targets, from, to, divisor, pass, figures);
        MaskedBatch masked = work.masked;
        if (masked == null) {
            return others(tasks);
        }
        double factor = model.heads().nextItemFactor();
        double denominator = masked.targetWeight() * divisor / factor;
        TaskStep.Outcome outcome = work.targets.isEmpty() || !model.sharesPasses()
                ? new TaskStep.Outcome(nextItem(masked, tasks, denominator, losses.get(shard)), others(tasks))
                : shared(masked, tasks, denominator, losses.get(shard));
        if (!model.heads().isEmpty()) {
            figures.add("next-item/loss", outcome.itemLossSum(), group == 0 ? masked.targetWeight() : 0);
        }
        return factor * outcome.itemLossSum() / masked.targetWeight() + outcome.taskLoss();
    }

    private static double nextItem(MaskedBatch masked, TaskStep rows, double denominator, ItemLoss loss) {
        try (Scope scope = Scope.open()) {
            return rows.model()
                    .trainStep(masked, rows.from(), rows.to(), denominator, rows.pass(), loss, rows.figures());
        }
    }

    private static double others(TaskStep rows) {
        if (rows.targets().isEmpty()) {
            return 0;
        }
        try (Scope scope = Scope.open()) {
            return rows.alone();
        }
    }

    private static TaskStep.Outcome shared(MaskedBatch masked, TaskStep rows, double denominator, ItemLoss loss) {
        try (Scope scope = Scope.open()) {
            return rows.shared(masked, denominator, loss);
        }
    }

    /**
     * Sums the workers' gradients in their order, takes a step of the optimiser, and clears them.
     *
     * @return whether the step was taken; not when float16 had no room for the scaled gradients
     */
    boolean update(double rate) {
        boolean taken = optimizer.step(rate, config.clipNorm(), scale.value(), workers::run);
        scale.follow(taken);
        return taken;
    }

    /** A seed that differs for every batch and worker. */
    private long mix(long number, int worker) {
        return new SplittableRandom(config.seed() * 0x9E3779B97F4A7C15L + number * 1_009 + worker).nextLong();
    }

    /** Ends the workers and frees what they used; the model stays. */
    @Override
    public void close() {
        workers.close();
        losses.forEach(ItemLoss::close);
        optimizer.release();
        replicas.subList(1, replicas.size()).forEach(SessionModel::release);
        Gradients.clear(model.parameters().values());
    }
}
