package io.t4rec.cli;

import io.t4rec.metrics.Bootstrap;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.train.RankedCases;
import io.t4rec.train.TaskScores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a recipe gave; kept in {@code result.json}, so that a finished run is not evaluated again.
 *
 * @param experiment that was run
 * @param evaluation how it was judged
 * @param data statistics of the events
 * @param epochs that were trained
 * @param keptEpoch number of the one whose weights were kept, from 1
 * @param cases targets that were ranked
 * @param unknownTargets those among them that were never trained
 * @param excludedTargets those among them that the evaluation leaves out
 * @param metrics by candidate, the model first, then by label: means with 95 % bootstrap intervals over the cases; those of tasks with a
 *     target have no interval, their bounds are not-a-number
 */
record SeedResult(
        int formatVersion,
        long seed,
        Experiment experiment,
        EvaluationSettings evaluation,
        PreparedData.Events data,
        int epochs,
        int keptEpoch,
        int cases,
        long unknownTargets,
        long excludedTargets,
        Map<String, Map<String, Bootstrap.Interval>> metrics) {
    private static final int FORMAT_VERSION = 1;
    private static final String FILE = "result.json";

    /** What the same run gave before; null when it is not finished or was another. */
    static @Nullable SeedResult read(
            Path run, Experiment experiment, EvaluationSettings evaluation, PreparedData.Events data)
            throws IOException {
        Path file = run.resolve(FILE);
        if (!Files.exists(file)) {
            return null;
        }
        SeedResult found = ConfigFiles.readJson(file, SeedResult.class);
        boolean same = found.formatVersion == FORMAT_VERSION
                && found.experiment.equals(experiment)
                && found.evaluation.equals(evaluation)
                && found.data.equals(data);
        return same ? found : null;
    }

    static SeedResult write(
            Path run,
            Experiment experiment,
            EvaluationSettings evaluation,
            PreparedData.Events data,
            TrainingRun.Outcome outcome)
            throws IOException {
        Map<String, Map<String, Bootstrap.Interval>> metrics = new LinkedHashMap<>();
        outcome.cases().forEach((name, ranked) -> metrics.put(name, intervals(evaluation, ranked)));
        outcome.scores()
                .forEach((name, score) -> metrics.computeIfAbsent(name, none -> new LinkedHashMap<>())
                        .putAll(score.intervals()));
        RankedCases own =
                outcome.cases().getOrDefault(TrainingRun.MODEL, new RankedCases(new int[0], new long[0], new int[0]));
        SeedResult result = new SeedResult(
                FORMAT_VERSION,
                experiment.training().seed(),
                experiment,
                evaluation,
                data,
                outcome.epochs(),
                outcome.keptEpoch(),
                cases(outcome, own),
                own.unknownTargets(),
                own.excludedTargets(),
                metrics);
        ConfigFiles.writeJson(run.resolve(FILE), result);
        return result;
    }

    /** Of the next item, or of the first task where that is none. */
    private static int cases(TrainingRun.Outcome outcome, RankedCases own) {
        TaskScores scores = outcome.scores().get(TrainingRun.MODEL);
        return outcome.cases().isEmpty() && scores != null
                ? Math.toIntExact(scores.cases().values().iterator().next())
                : own.ranks().length;
    }

    /** What the part holds that was reported on. */
    EventStatistics test() {
        return Objects.requireNonNull(data.reported(), "a recipe has a test part");
    }

    /** Names of the metrics of the model. */
    List<String> labels() {
        return List.copyOf(metrics.getOrDefault(TrainingRun.MODEL, Map.of()).keySet());
    }

    private static Map<String, Bootstrap.Interval> intervals(EvaluationSettings evaluation, RankedCases ranked) {
        List<String> labels = evaluation.labels();
        List<double[]> values = evaluation.perCase(ranked.ranks());
        Map<String, Bootstrap.Interval> intervals = new LinkedHashMap<>();
        for (int i = 0; i < labels.size(); i++) {
            intervals.put(labels.get(i), Measured.overCases(values.get(i)));
        }
        return intervals;
    }

    /** A metric of the model. */
    Bootstrap.Interval model(String label) {
        return metrics.getOrDefault(TrainingRun.MODEL, Map.of())
                .getOrDefault(label, new Bootstrap.Interval(Double.NaN, Double.NaN, Double.NaN));
    }
}
