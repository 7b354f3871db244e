package io.t4rec.train;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.train.baseline.Baseline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains as a shop would, day after day: on window t starting from the weights so far, then evaluated on window t + 1, which the
 * model has not seen. The protocol of the Transformers4Rec paper (de Souza Pereira Moreira et al. 2021): the learning rate schedule
 * starts anew in each window, and what counts is the average over time. The optimiser starts anew too. Baselines see all windows up
 * to t.
 *
 * @param training of each window
 * @param evaluator what is ranked
 * @param k places that count, for instance 20
 * @param maxSequenceLength newest events kept of a session
 */
public record IncrementalProtocol(TrainingConfig training, Evaluator evaluator, int k, int maxSequenceLength) {
    private static final int EVALUATION_BATCH = 512;

    /** @throws ConfigException for sizes out of range */
    public IncrementalProtocol {
        if (k < 1 || maxSequenceLength < 2) {
            throw new ConfigException(
                    "incremental: k " + k + ", maxSequenceLength " + maxSequenceLength + " (expected: >= 1 and >= 2)");
        }
    }

    /**
     * A stretch of time.
     *
     * @param name such as {@code 0001}; names a folder of checkpoints
     * @param train Parquet file of the sequences to train on; null where there is none
     * @param evaluation Parquet file of the sequences to evaluate on, before they are trained on; null where there is none
     */
    public record Window(
            String name, @Nullable Path train, @Nullable Path evaluation) {}

    /**
     * What one evaluation window gave.
     *
     * @param window name of the window evaluated on
     * @param cases number of targets
     * @param metrics by recommender, {@code model} first, then by label
     */
    public record Result(String window, int cases, Map<String, Map<String, Double>> metrics) {}

    /**
     * Runs all windows in order. The model ends with the weights of the last but one window, the last that is trained on. A window
     * without sequences to train on leaves the model as it is; one without sequences to evaluate on has no result, and neither has one
     * before which nothing was trained on.
     *
     * @param windows oldest first, at least two
     * @param listeners hear of every window's steps and epochs
     * @param checkpoints folder, with one folder a window below; windows found done there are not trained again. Null for none
     * @throws ConfigException when a window found there would be trained further, though a later one began with its weights
     * @throws DataException for fewer than two windows, and where no window can be evaluated on after another was trained on
     */
    public List<Result> run(
            SessionModel model, List<Window> windows, List<TrainingListener> listeners, @Nullable Path checkpoints)
            throws IOException {
        if (windows.size() < 2) {
            throw new DataException("windows: " + windows.size() + " (expected: at least 2, one to train on and one to"
                    + " evaluate on)");
        }
        if (IntStream.range(1, windows.size()).noneMatch(t -> isEvaluated(windows, t))) {
            throw new DataException(
                    "windows: none of " + windows.size() + " has sequences to evaluate on after one with"
                            + " sequences to train on (expected: at least one; choose longer windows)");
        }
        List<Result> results = new ArrayList<>();
        List<long[]> seen = new ArrayList<>();
        for (int t = 0; t + 1 < windows.size(); t++) {
            Path train = windows.get(t).train;
            if (train != null) {
                train(model, train, listeners(windows, t, listeners, checkpoints), folder(windows, t, checkpoints));
                seen.addAll(sessions(model, train));
            }
            Path evaluation = windows.get(t + 1).evaluation;
            if (evaluation != null && isEvaluated(windows, t + 1)) {
                results.add(evaluate(model, windows.get(t + 1).name, evaluation, seen.toArray(new long[0][])));
            }
        }
        return results;
    }

    private static boolean isEvaluated(List<Window> windows, int t) {
        return windows.get(t).evaluation != null
                && windows.subList(0, t).stream().anyMatch(window -> window.train != null);
    }

    private static @Nullable Path folder(List<Window> windows, int t, @Nullable Path checkpoints) {
        return checkpoints == null ? null : checkpoints.resolve(windows.get(t).name);
    }

    /** Whether a window has a checkpoint. */
    private static boolean isBegun(Window window, @Nullable Path checkpoints) throws IOException {
        return checkpoints != null && Checkpoint.newest(checkpoints.resolve(window.name)) != null;
    }

    /**
     * Listeners of a window. Where it and a later one were begun, the first of them refuses each step before anything is saved; one that
     * begins anew comes to the same weights.
     */
    private static List<TrainingListener> listeners(
            List<Window> windows, int t, List<TrainingListener> listeners, @Nullable Path checkpoints)
            throws IOException {
        boolean isFollowed = false;
        for (Window later : windows.subList(t + 1, windows.size())) {
            isFollowed |= isBegun(later, checkpoints);
        }
        if (!isFollowed || !isBegun(windows.get(t), checkpoints)) {
            return listeners;
        }
        List<TrainingListener> refusing = new ArrayList<>(listeners);
        refusing.add(0, new TrainingListener() {
            @Override
            public void onStep(Step step) {
                throw new ConfigException("window " + windows.get(t).name + ": step " + step.step()
                        + " is not done, but later windows began with its weights (expected: training.epochs and"
                        + " training.maxSteps as the run began with; or choose another output)");
            }
        });
        return refusing;
    }

    private void train(SessionModel model, Path window, List<TrainingListener> listeners, @Nullable Path checkpoints)
            throws IOException {
        try (BatchLoader loader =
                        BatchLoader.open(List.of(window), model.schema(), training.loading(maxSequenceLength));
                Trainer trainer = new Trainer(model, training, loader, listeners)) {
            trainer.run(null, checkpoints);
        }
    }

    private Result evaluate(SessionModel model, String window, Path sequences, long[][] seen) {
        try (BatchLoader loader = evaluation(model, sequences)) {
            Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
            RankedCases cases = evaluator.rank(model, loader);
            metrics.put("model", cases.means(k));
            for (Baseline baseline : Baseline.all(seen, model.itemCount())) {
                metrics.put(
                        baseline.name(),
                        evaluator
                                .rank(
                                        baseline,
                                        loader,
                                        model.schema().itemId().name(),
                                        model.config().head().firstItem())
                                .means(k));
            }
            return new Result(window, cases.ranks().length, metrics);
        }
    }

    private BatchLoader evaluation(SessionModel model, Path file) {
        return BatchLoader.open(
                List.of(file), model.schema(), LoaderConfig.evaluation(EVALUATION_BATCH, maxSequenceLength));
    }

    private List<long[]> sessions(SessionModel model, Path file) {
        List<long[]> sessions = new ArrayList<>();
        try (BatchLoader loader = evaluation(model, file);
                BatchLoader.Epoch batches = loader.epoch(0)) {
            batches.forEachRemaining(batch -> sessions.addAll(sessions(batch, model)));
        }
        return sessions;
    }

    private static List<long[]> sessions(SequenceBatch batch, SessionModel model) {
        long[] items = batch.longs(model.schema().itemId().name());
        List<long[]> sessions = new ArrayList<>();
        for (int row = 0; row < batch.rowCount(); row++) {
            sessions.add(Arrays.copyOfRange(items, batch.offsets()[row], batch.offsets()[row + 1]));
        }
        return sessions;
    }

    /** The average over time of each metric: every window counts the same. */
    public static Map<String, Map<String, Double>> averages(List<Result> results) {
        Map<String, Map<String, Double>> averages = new LinkedHashMap<>();
        for (Result result : results) {
            result.metrics()
                    .forEach((recommender, metrics) -> metrics.forEach(
                            (label, value) -> averages.computeIfAbsent(recommender, key -> new LinkedHashMap<>())
                                    .merge(label, value / results.size(), Double::sum)));
        }
        return averages;
    }
}
