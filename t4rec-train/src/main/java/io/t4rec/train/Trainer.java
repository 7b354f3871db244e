package io.t4rec.train;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.MaskedBatch;
import io.t4rec.model.SessionModel;
import io.t4rec.model.masking.Mode;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.CatalogueCrossEntropy;
import io.t4rec.nn.optim.Gradients;
import io.t4rec.nn.optim.LearningRateSchedule;
import io.t4rec.nn.optim.Optimizer;
import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model, data-parallel within one process. A batch is masked as a whole, its rows are split into as many fixed shards as
 * there are workers, rows of like length together so that little padding is computed, each worker runs forward and backward passes on a replica of its own, gradients are summed in a fixed order.
 * So the result depends on data, seed and number of workers, never on scheduling; and a run resumed from a checkpoint continues bit
 * by bit.
 */
public final class Trainer implements AutoCloseable {
    private final SessionModel model;
    private final TrainingConfig config;
    private final BatchLoader loader;
    private final List<TrainingListener> listeners;
    private final Workers workers;
    private final List<SessionModel> replicas = new ArrayList<>();
    private final List<CatalogueCrossEntropy> losses = new ArrayList<>();
    private final Optimizer optimizer;
    private final LearningRateSchedule schedule;
    private final Map<String, Tensor> best = new LinkedHashMap<>();
    private List<TrainingListener.Epoch> history = new ArrayList<>();
    private int epoch;
    private int batch;
    private long step;
    private double epochLoss;

    /** What decides which epoch is the best: metrics by label, and the label that counts. */
    public record Validation(Supplier<Map<String, Double>> metrics, String decisive) {}

    /**
     * Prepares a run; nothing is computed yet.
     *
     * @param loader of the training sequences; its batch size and order count, not those of the configuration
     */
    public Trainer(SessionModel model, TrainingConfig config, BatchLoader loader, List<TrainingListener> listeners) {
        this.model = model;
        this.config = config;
        this.loader = loader;
        this.listeners = List.copyOf(listeners);
        this.workers = new Workers(config.workers());
        replicas.add(model);
        for (int i = 1; i < workers.count(); i++) {
            replicas.add(model.replica());
        }
        replicas.forEach(replica -> losses.add(replica.newLoss()));
        optimizer = new Optimizer(config.optimizerConfig(), model.parameters());
        long steps = (long) config.epochs() * loader.batchesPerEpoch() / config.gradientAccumulation();
        schedule = config.scheduleOver(steps);
    }

    /**
     * Trains to the end. With a validation, the model has the weights of the best epoch afterwards.
     *
     * @param validation computed after each epoch; null for none
     * @param checkpoints folder; a checkpoint found there is continued, new ones are written. Null for none
     * @return all epochs, those before a resumption included
     * @throws ConfigException when the loss is no number any more
     * @throws IOException when a checkpoint can't be read or written
     */
    public List<TrainingListener.Epoch> run(@Nullable Validation validation, @Nullable Path checkpoints)
            throws IOException {
        resume(checkpoints);
        while (epoch < config.epochs() && !isExhausted(validation)) {
            long start = System.nanoTime();
            try (BatchLoader.Epoch batches = loader.epoch(epoch, batch)) {
                while (batches.hasNext()) {
                    train(batches.next(), checkpoints);
                    if (config.checkpointSteps() > 0 && step % config.checkpointSteps() == 0) {
                        checkpoint(checkpoints);
                    }
                }
            }
            finishEpoch(validation, (System.nanoTime() - start) / 1e9);
            checkpoint(checkpoints);
        }
        if (!best.isEmpty()) {
            model.load(best);
        }
        return List.copyOf(history);
    }

    private boolean isExhausted(@Nullable Validation validation) {
        if (validation == null || config.patience() == 0) {
            return false;
        }
        int since = 0;
        for (TrainingListener.Epoch done : history) {
            since = done.best() ? 0 : since + 1;
        }
        return since >= config.patience();
    }

    private void finishEpoch(@Nullable Validation validation, double seconds) {
        Map<String, Double> metrics =
                validation == null ? Map.of() : validation.metrics().get();
        boolean isBest = validation != null && isBest(metrics, validation.decisive());
        if (isBest) {
            try (Autograd off = Autograd.disabled()) {
                best.values().forEach(Tensor::release);
                model.state()
                        .forEach((name, tensor) ->
                                best.put(name, Scope.unscoped(tensor.detach().copy())));
            }
        }
        double mean = epochLoss / Math.max(1, batch);
        TrainingListener.Epoch done = new TrainingListener.Epoch(epoch, mean, seconds, metrics, isBest);
        history.add(done);
        listeners.forEach(listener -> listener.onEpoch(done));
        epoch++;
        batch = 0;
        epochLoss = 0;
    }

    private boolean isBest(Map<String, Double> metrics, String decisive) {
        Double value = metrics.get(decisive);
        if (value == null) {
            throw new ConfigException(
                    "validation metric: " + decisive + " (expected: one of " + metrics.keySet() + ")");
        }
        return history.stream().allMatch(old -> old.metrics().getOrDefault(decisive, -1.0) < value);
    }

    private void train(SequenceBatch sequences, @Nullable Path checkpoints) throws IOException {
        SequenceBatch sorted = byLength(sequences);
        MaskedBatch masked = model.mask(sorted, Mode.TRAIN, new SplittableRandom(mix(step, 0)));
        int shards = workers.count();
        double[] sums = new double[shards];
        double denominator = (double) masked.targetCount() * config.gradientAccumulation();
        if (masked.targetCount() > 0) {
            workers.run(shards, shard -> {
                Pass pass = Pass.training(new Generator(mix(step, shard + 1)));
                // one group of short and one of long rows each, so that shards take about equally long
                sums[shard] = group(masked, shard, 2 * shards, denominator, pass, shard)
                        + group(masked, 2 * shards - 1 - shard, 2 * shards, denominator, pass, shard);
            });
        }
        double loss = 0;
        for (double sum : sums) {
            loss += sum / Math.max(1, masked.targetCount());
        }
        if (!Double.isFinite(loss)) {
            throw new ConfigException(
                    "training.learningRate: " + config.learningRate() + " made the loss " + loss + " at step "
                            + (step + 1) + ", batch " + batch + " of epoch " + epoch
                            + " (expected: a number; lower the rate or clip"
                            + " gradients; last good checkpoint: "
                            + (checkpoints == null ? "none" : Checkpoint.newest(checkpoints)) + ")");
        }
        step++;
        batch++;
        epochLoss += loss;
        double rate = schedule.rate(optimizer.steps(), config.learningRate());
        if (step % config.gradientAccumulation() == 0) {
            update(rate);
        }
        TrainingListener.Step done = new TrainingListener.Step(
                step, (long) config.epochs() * loader.batchesPerEpoch(), epoch, loss, rate, sequences.rowCount());
        listeners.forEach(listener -> listener.onStep(done));
    }

    /** Rows of like length side by side: each group is padded to its own longest row, though the batch holds all lengths. */
    private static SequenceBatch byLength(SequenceBatch batch) {
        int[] order = IntStream.range(0, batch.rowCount())
                .boxed()
                .sorted(Comparator.comparingInt(batch::length))
                .mapToInt(Integer::intValue)
                .toArray();
        return batch.rows(order, Integer.MAX_VALUE);
    }

    private double group(MaskedBatch masked, int group, int groups, double denominator, Pass pass, int shard) {
        int from = (int) ((long) masked.rowCount() * group / groups);
        int to = (int) ((long) masked.rowCount() * (group + 1) / groups);
        if (from == to) {
            return 0;
        }
        try (Scope scope = Scope.open()) {
            return replicas.get(shard).trainStep(masked, from, to, denominator, pass, losses.get(shard));
        }
    }

    /** Sums the workers' gradients in their order, steps, and clears them; parameter by parameter, in parallel. */
    private void update(double rate) {
        List<List<Parameter>> parameters = replicas.stream()
                .map(replica -> replica.parameters().values().stream()
                        .filter(Parameter::isTrainable)
                        .toList())
                .toList();
        int blocks = optimizer.blocks();
        workers.run(blocks, block -> sum(parameters, block));
        if (config.clipNorm() > 0) {
            Gradients.clip(model.parameters().values(), config.clipNorm());
        }
        optimizer.beginStep();
        workers.run(blocks, block -> {
            optimizer.update(block, rate);
            try (Scope scope = Scope.open()) {
                clear(parameters.get(0).get(block));
            }
        });
    }

    private static void sum(List<List<Parameter>> parameters, int block) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            Parameter master = parameters.get(0).get(block);
            for (List<Parameter> replica : parameters.subList(1, parameters.size())) {
                Tensor gradient = replica.get(block).value().gradient();
                if (gradient != null) {
                    Tensor own = master.value().gradient();
                    if (own == null) {
                        master.value().setGradient(gradient.copy());
                    } else {
                        own.addInPlace(gradient);
                    }
                    clear(replica.get(block));
                }
            }
        }
    }

    private static void clear(Parameter parameter) {
        Tensor gradient = parameter.value().gradient();
        if (gradient != null) {
            gradient.fillInPlace(0);
        }
    }

    private void checkpoint(@Nullable Path folder) throws IOException {
        if (folder != null) {
            new Checkpoint(Checkpoint.FORMAT_VERSION, epoch, batch, step, optimizer.steps(), epochLoss, history)
                    .write(folder, model, optimizer, best);
        }
    }

    private void resume(@Nullable Path folder) throws IOException {
        Path newest = folder == null ? null : Checkpoint.newest(folder);
        if (newest == null) {
            return;
        }
        Checkpoint state = Checkpoint.read(newest, model, optimizer);
        try (Scope scope = Scope.open()) {
            Checkpoint.best(newest).forEach((name, tensor) -> best.put(name, Scope.unscoped(tensor)));
        }
        epoch = state.epoch();
        batch = state.batch();
        step = state.step();
        epochLoss = state.epochLoss();
        history = new ArrayList<>(state.history());
    }

    /** A seed that differs for every step and worker. */
    private long mix(long stepNumber, int worker) {
        return new SplittableRandom(config.seed() * 0x9E3779B97F4A7C15L + stepNumber * 1_009 + worker).nextLong();
    }

    /** Ends the workers and frees what they used; the model stays. */
    @Override
    public void close() {
        workers.close();
        losses.forEach(CatalogueCrossEntropy::close);
        optimizer.release();
        best.values().forEach(Tensor::release);
        replicas.subList(1, replicas.size()).forEach(SessionModel::release);
        Gradients.clear(model.parameters().values());
    }
}
