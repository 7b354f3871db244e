package io.t4rec.train;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.SequenceBatch;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.model.SessionModel;
import io.t4rec.model.TrainingFigures;
import io.t4rec.nn.optim.LearningRateSchedule;
import io.t4rec.nn.sampling.ItemFrequencies;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DivergenceException;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model, data-parallel within one process. The same data, settings and number of workers give the same weights, and a run
 * resumed from a checkpoint continues bit by bit.
 */
public final class Trainer implements AutoCloseable {
    /** Share of the steps that float16 had no room for, among the figures of steps and epochs. */
    static final String SKIPPED = "float16/skipped-steps";

    private final SessionModel model;
    private final TrainingConfig config;
    private final BatchLoader loader;
    private final List<TrainingListener> listeners;
    private final ParallelStep parallel;
    private final LearningRateSchedule schedule;
    private final Map<String, Tensor> best = new LinkedHashMap<>();
    private final @Nullable WeightAverage average;
    private List<TrainingListener.Epoch> history = new ArrayList<>();
    private int epoch;
    private int batch;
    private long step;
    private double epochLoss;
    private TrainingFigures epochFigures = new TrainingFigures();
    /** Batches whose gradients wait for a step of the optimiser. */
    private int waiting;

    private long checkpointed;
    private boolean closed;

    /**
     * What decides which epoch is the best.
     *
     * @param metrics by label, computed after each epoch
     * @param decisive the label that counts; whether higher or lower is better is known of it ({@link TaskMetric#isLowerBetter(String)})
     * @param hopeless whether the epochs so far say that more of them are not worth their time
     */
    public record Validation(
            Supplier<Map<String, Double>> metrics, String decisive, Predicate<List<TrainingListener.Epoch>> hopeless) {
        /** Never given up. */
        public Validation(Supplier<Map<String, Double>> metrics, String decisive) {
            this(metrics, decisive, epochs -> false);
        }
    }

    /**
     * Prepares a run. The model is moved to {@link TrainingConfig#device} and stays there. Where its loss needs to know how often items
     * occur, they are counted now, in one pass over the data.
     *
     * @param loader of the training sequences; its batch size and order count, not those of the configuration
     * @throws ConfigException when there is no such device
     */
    public Trainer(SessionModel model, TrainingConfig config, BatchLoader loader, List<TrainingListener> listeners) {
        this(model, config, loader, listeners, new Workers(config.workers()));
    }

    Trainer(
            SessionModel model,
            TrainingConfig config,
            BatchLoader loader,
            List<TrainingListener> listeners,
            Workers workers) {
        this.model = model;
        this.config = config;
        this.loader = loader;
        this.listeners = List.copyOf(listeners);
        model.to(config.requireDevice()); // before anything is made that follows the weights
        this.parallel = new ParallelStep(model, config, frequencies(model, loader), workers);
        this.schedule = config.scheduleFor(loader.batchesPerEpoch());
        this.average = config.averaging() > 0 ? new WeightAverage(model, config.averaging()) : null;
    }

    private static @Nullable ItemFrequencies frequencies(SessionModel model, BatchLoader loader) {
        if (!model.needsFrequencies()) {
            return null;
        }
        ItemFrequencies frequencies =
                new ItemFrequencies(model.itemCount(), model.config().head().firstItem());
        try (BatchLoader.Epoch batches = loader.epoch(0)) {
            while (batches.hasNext()) {
                frequencies.add(batches.next().longs(model.schema().itemId().name()));
            }
        }
        return frequencies;
    }

    /**
     * Trains to the end. With a validation, the model has the weights of the best epoch afterwards; with {@link
     * TrainingConfig#averaging}, the averaged ones.
     *
     * <p>An epoch that {@link TrainingConfig#maxSteps} cuts off is validated and told of as well. The checkpoint holds where it was cut
     * off and knows nothing of that: with more steps the epoch goes on as if it had not been, and is told of again where it ends then.
     *
     * @param validation computed after each epoch; null for none
     * @param checkpoints folder; a checkpoint found there is continued, new ones are written. Null for none
     * @return all epochs, those before a resumption included
     * @throws DivergenceException when the loss, a weight or what the validation looks at is no number any more
     * @throws ConfigException when the checkpoint was made with other settings, or there is {@link TrainingConfig#patience} without a
     *     validation
     * @throws IllegalStateException when the trainer is closed
     * @throws IOException when a checkpoint can't be read or written
     */
    public List<TrainingListener.Epoch> run(@Nullable Validation validation, @Nullable Path checkpoints)
            throws IOException {
        if (closed) {
            throw new IllegalStateException("trainer: closed (expected: run before close)");
        }
        if (config.patience() > 0 && validation == null) {
            throw new ConfigException("training.patience: " + config.patience()
                    + " (expected: 0 without validation, since nothing tells which epochs are better)");
        }
        resume(checkpoints);
        while (!isFinished(validation) || isCutOffUntold()) {
            long start = System.nanoTime();
            boolean whole;
            try (BatchLoader.Epoch batches = loader.epoch(epoch, batch)) {
                while (batches.hasNext() && !hasTakenAllSteps()) {
                    train(batches.next(), !batches.hasNext(), checkpoints);
                    if (batches.hasNext() && !hasTakenAllSteps() && isCheckpointDue()) {
                        checkpoint(checkpoints);
                    }
                }
                whole = !batches.hasNext();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            if (whole) {
                tellEpoch(validation, seconds, checkpoints);
                beginEpoch();
                checkpoint(checkpoints);
            } else {
                checkpoint(checkpoints); // before the epoch is told of: it may go on
                tellEpoch(validation, seconds, checkpoints);
            }
        }
        if (!best.isEmpty()) {
            model.load(best);
        } else {
            if (average != null) {
                average.swap();
            }
            refuseDivergedWeights(checkpoints);
        }
        return List.copyOf(history);
    }

    /** Steps of the optimiser, those before a resumption included. */
    public long steps() {
        return parallel.optimizer().steps();
    }

    /** No loss was computed after the last update. */
    private void refuseDivergedWeights(@Nullable Path checkpoints) throws IOException {
        for (Map.Entry<String, Tensor> weights : model.state().entrySet()) {
            if (!weights.getValue().isFinite()) {
                throw new DivergenceException("training.learningRate: " + config.learningRate() + " made the weights "
                        + weights.getKey() + " no numbers at the last step, " + step
                        + " (expected: numbers; lower the rate or clip gradients; last good checkpoint: "
                        + lastGood(checkpoints) + ")");
            }
        }
    }

    /** Never between batches that are summed up: their gradients are not saved. */
    private boolean isCheckpointDue() {
        return config.checkpointSteps() > 0 && waiting == 0 && step - checkpointed >= config.checkpointSteps();
    }

    private boolean isFinished(@Nullable Validation validation) {
        return (config.maxSteps() > 0 ? hasTakenAllSteps() : epoch >= config.epochs())
                || (validation != null && (hasLostPatience() || isHopeless(validation)));
    }

    /** Whether the steps end within an epoch that is not in the history. */
    private boolean isCutOffUntold() {
        return hasTakenAllSteps()
                && batch > 0
                && (history.isEmpty() || history.get(history.size() - 1).epoch() < epoch);
    }

    private boolean hasLostPatience() {
        return config.patience() > 0 && epochsSinceBest() >= config.patience();
    }

    private boolean isHopeless(Validation validation) {
        return batch == 0 && !history.isEmpty() && validation.hopeless().test(List.copyOf(history));
    }

    private boolean hasTakenAllSteps() {
        return config.maxSteps() > 0 && steps() >= config.maxSteps();
    }

    private int epochsSinceBest() {
        int since = 0;
        for (TrainingListener.Epoch done : history) {
            since = done.best() ? 0 : since + 1;
        }
        return since;
    }

    /** Evaluates the batches of the epoch so far, and keeps their weights if no epoch was better. */
    private void tellEpoch(@Nullable Validation validation, double seconds, @Nullable Path checkpoints)
            throws IOException {
        Map<String, Double> metrics = validation == null ? Map.of() : metrics(validation, checkpoints);
        boolean isBest = validation != null && isBest(metrics, validation.decisive());
        if (isBest) {
            keepAsBest();
        }
        double mean = epochLoss / Math.max(1, batch);
        TrainingListener.Epoch done =
                new TrainingListener.Epoch(epoch, mean, seconds, metrics, isBest, epochFigures.means());
        history.add(done);
        listeners.forEach(listener -> listener.onEpoch(done));
    }

    private void beginEpoch() {
        epoch++;
        batch = 0;
        epochLoss = 0;
        epochFigures = new TrainingFigures();
    }

    private Map<String, Double> metrics(Validation validation, @Nullable Path checkpoints) throws IOException {
        try {
            return average == null ? validation.metrics().get() : average.during(validation.metrics());
        } catch (DivergenceException e) {
            throw new DivergenceException(
                    "validation after step " + step + ", in epoch " + (epoch + 1) + ": " + e.getMessage()
                            + "; last good checkpoint: " + lastGood(checkpoints),
                    e);
        }
    }

    private void keepAsBest() {
        try (Autograd off = Autograd.disabled()) {
            best.values().forEach(Tensor::release);
            Map<String, Tensor> validated = average == null ? model.state() : average.state();
            validated.forEach((name, tensor) ->
                    best.put(name, Scope.unscoped(tensor.detach().copy())));
        }
    }

    private boolean isBest(Map<String, Double> metrics, String decisive) {
        Double value = metrics.get(decisive);
        if (value == null) {
            throw new ConfigException(
                    "validation metric: " + decisive + " (expected: one of " + metrics.keySet() + ")");
        }
        // an undefined value, as the area for labels that are all the same, is never the best
        double sign = TaskMetric.isLowerBetter(decisive) ? -1 : 1;
        return !Double.isNaN(value)
                && history.stream()
                        .mapToDouble(old -> old.metrics().getOrDefault(decisive, Double.NaN))
                        .allMatch(old -> Double.isNaN(old) || sign * old < sign * value);
    }

    private void train(SequenceBatch sequences, boolean last, @Nullable Path checkpoints) throws IOException {
        TrainingFigures figures = new TrainingFigures();
        double loss = parallel.accumulate(sequences, step, figures);
        if (!Double.isFinite(loss)) {
            throw new DivergenceException(
                    "training.learningRate: " + config.learningRate() + " made the loss " + loss + " at step "
                            + (step + 1) + ", batch " + (batch + 1) + " of epoch " + (epoch + 1)
                            + " (expected: a number; lower the rate or clip gradients; last good checkpoint: "
                            + lastGood(checkpoints) + ")");
        }
        step++;
        batch++;
        waiting++;
        epochLoss += loss;
        double rate = schedule.rate(steps(), config.learningRate());
        if (waiting == config.gradientAccumulation() || last) {
            boolean taken = parallel.update(rate);
            waiting = 0;
            if (config.scalesLosses()) {
                figures.add(SKIPPED, taken ? 0 : 1, 1);
            }
            if (taken && average != null) {
                average.update(steps());
            }
        }
        epochFigures.addAll(figures.sums());
        TrainingListener.Step done = new TrainingListener.Step(
                step, totalBatches(), epoch, loss, rate, sequences.rowCount(), figures.means());
        listeners.forEach(listener -> listener.onStep(done));
    }

    /** The newest checkpoint, if batches that were trained on followed it. */
    private String lastGood(@Nullable Path checkpoints) throws IOException {
        Path newest = checkpoints == null ? null : Checkpoint.newest(checkpoints);
        if (newest == null) {
            return "none";
        }
        return step > checkpointed ? newest.toString() : "none, " + newest + " has these weights";
    }

    private long totalBatches() {
        long perEpoch = loader.batchesPerEpoch();
        if (config.maxSteps() == 0) {
            return config.epochs() * perEpoch;
        }
        long stepsPerEpoch = config.stepsPerEpoch(perEpoch);
        return config.maxSteps() / stepsPerEpoch * perEpoch
                + config.maxSteps() % stepsPerEpoch * config.gradientAccumulation();
    }

    private void checkpoint(@Nullable Path folder) throws IOException {
        if (folder != null) {
            refuseDivergedWeights(folder); // they would take the place of good ones
            new Checkpoint(
                            Checkpoint.FORMAT_VERSION,
                            epoch,
                            batch,
                            step,
                            steps(),
                            epochLoss,
                            epochFigures.sums(),
                            history,
                            resumable(),
                            loader.batchesPerEpoch(),
                            parallel.scale().value(),
                            parallel.scale().steps())
                    .write(
                            folder,
                            model,
                            parallel.optimizer(),
                            best,
                            average == null ? Map.of() : average.state(),
                            parallel.samplerState());
        }
        checkpointed = step;
    }

    private void resume(@Nullable Path folder) throws IOException {
        Path newest = folder == null ? null : Checkpoint.newest(folder);
        if (newest == null) {
            return;
        }
        Checkpoint state = Checkpoint.read(newest, resumable(), loader.batchesPerEpoch(), model, parallel.optimizer());
        try (Scope scope = Scope.open()) {
            Checkpoint.best(newest).forEach((name, tensor) -> best.put(name, Scope.unscoped(tensor)));
            if (average != null) {
                average.load(Checkpoint.average(newest));
            }
        }
        parallel.restoreSampler(Checkpoint.sampler(newest));
        parallel.scale().restore(state.lossScale(), state.lossScaleSteps());
        epoch = state.epoch();
        batch = state.batch();
        step = state.step();
        checkpointed = step;
        epochLoss = state.epochLoss();
        epochFigures = new TrainingFigures();
        epochFigures.addAll(state.epochFigures());
        history = new ArrayList<>(state.history());
    }

    /** The settings that a resumed run must share; how long it runs may change, and where. */
    private TrainingConfig resumable() {
        return config.edit()
                .epochs(1)
                .maxSteps(0)
                .patience(0)
                .checkpointSteps(0)
                .threads(parallel.workerCount())
                .device("cpu")
                .build();
    }

    /** Ends the workers and frees what they used; the model stays. */
    @Override
    public void close() {
        closed = true;
        parallel.close();
        best.values().forEach(Tensor::release);
        if (average != null) {
            average.release();
        }
    }
}
