package io.t4rec.train;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.SequenceBatch;
import io.t4rec.metrics.Tally;
import io.t4rec.model.SessionModel;
import io.t4rec.model.task.BatchTargets;
import io.t4rec.model.task.TaskHeads;
import io.t4rec.schema.DivergenceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Predicts the targets of a model's tasks from whole sessions, of long ones from their newest part, and compares.
 *
 * @param allPositions whether of a target with a value for each event every event counts, else a session's last alone
 * @param threads that share the work; 0 for one a core
 */
public record TaskEvaluator(boolean allPositions, int threads) {
    /** @throws IllegalArgumentException for a negative number of threads */
    public TaskEvaluator {
        Workers.check(threads);
    }

    /**
     * Predicts by the model.
     *
     * @throws DivergenceException when a prediction is no number
     */
    public TaskScores score(SessionModel model, BatchLoader loader) {
        return score(model, loader, batch -> model.predictions(batch, !allPositions));
    }

    /**
     * Predicts what training targets are on average, the same for every case: what a model must be better than.
     *
     * @param training its targets, of all events, are averaged
     */
    public TaskScores constant(SessionModel model, BatchLoader training, BatchLoader loader) {
        List<double[]> constants = constants(model.heads(), training);
        return score(model, loader, batch -> repeated(model.heads(), constants, batch));
    }

    /** Of one batch, for each task. */
    private record Predicted(List<double[]> values, BatchTargets targets) {}

    private TaskScores score(
            SessionModel model, BatchLoader loader, Function<SequenceBatch, List<double[]>> predictions) {
        TaskHeads heads = model.heads();
        List<Tally> tallies = new ArrayList<>();
        for (int task = 0; task < heads.names().size(); task++) {
            tallies.add(heads.output(task).newTally());
        }
        BatchPass.run(
                loader,
                threads,
                (batch, number) -> {
                    SequenceBatch newest = model.newest(batch);
                    return new Predicted(predictions.apply(newest), heads.targets(newest, !allPositions));
                },
                predicted -> add(heads, tallies, predicted.values(), predicted.targets()));
        Map<String, Tally> named = new LinkedHashMap<>();
        for (int task = 0; task < tallies.size(); task++) {
            named.put(heads.names().get(task), tallies.get(task));
        }
        return new TaskScores(named);
    }

    private static void add(TaskHeads heads, List<Tally> tallies, List<double[]> predictions, BatchTargets targets) {
        for (int task = 0; task < tallies.size(); task++) {
            check(heads.names().get(task), predictions.get(task), targets.values(task));
            heads.output(task).add(tallies.get(task), predictions.get(task), targets.values(task));
        }
    }

    /** Refuses predictions that are no numbers, where there is a target. */
    private static void check(String task, double[] predictions, double[] targets) {
        for (int i = 0; i < predictions.length; i++) {
            if (!Double.isFinite(predictions[i]) && !Double.isNaN(targets[i / (predictions.length / targets.length)])) {
                throw DivergenceException.ofModel("the prediction of task " + task);
            }
        }
    }

    private List<double[]> repeated(TaskHeads heads, List<double[]> constants, SequenceBatch batch) {
        BatchTargets targets = heads.targets(batch, !allPositions);
        List<double[]> predictions = new ArrayList<>();
        for (int task = 0; task < constants.size(); task++) {
            double[] constant = constants.get(task);
            double[] all = new double[targets.values(task).length * constant.length];
            for (int i = 0; i < all.length; i++) {
                all[i] = constant[i % constant.length];
            }
            predictions.add(all);
        }
        return predictions;
    }

    /** Means over all batches, each weighted by its known targets. */
    private static List<double[]> constants(TaskHeads heads, BatchLoader training) {
        List<double[]> sums = new ArrayList<>();
        for (int task = 0; task < heads.names().size(); task++) {
            sums.add(new double[heads.output(task).width()]);
        }
        long[] known = new long[sums.size()];
        try (BatchLoader.Epoch batches = training.epoch(0)) {
            while (batches.hasNext()) {
                BatchTargets targets = heads.targets(batches.next(), false);
                for (int task = 0; task < known.length; task++) {
                    double[] values = Arrays.stream(targets.values(task))
                            .filter(value -> !Double.isNaN(value))
                            .toArray();
                    if (values.length > 0) {
                        double[] own = heads.output(task).constant(values);
                        double[] sum = sums.get(task);
                        Arrays.setAll(sum, i -> sum[i] + values.length * own[i]);
                        known[task] += values.length;
                    }
                }
            }
        }
        for (int task = 0; task < known.length; task++) {
            double[] sum = sums.get(task);
            long count = Math.max(1, known[task]);
            Arrays.setAll(sum, i -> sum[i] / count);
        }
        return sums;
    }
}
