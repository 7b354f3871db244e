package io.t4rec.cli;

import io.t4rec.metrics.RankingMetric;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.model.Exclusion;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.task.TaskHeads;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.Names;
import io.t4rec.train.Evaluator;
import io.t4rec.train.TaskEvaluator;
import java.util.ArrayList;
import java.util.List;

/**
 * How a model is judged: every target is ranked among all items.
 *
 * @param k how many places count, one or several; the first stands in the report's tables; default 20
 * @param exclude items of the session that don't compete: none, current (the last one seen) or seen (all of them); default none
 * @param allPositions whether every event but a session's first is a target, else its last alone; default false
 * @param decisive the metric that chooses the epoch: of the next item as {@code ndcg@20}, the default, of another task as {@code
 *     click/auc}
 * @param validationSample sessions of the validation part that are drawn to choose by; default 0: all
 * @param baselines whether popularity, Markov and VMIS-kNN are ranked beside the model; default true
 */
record EvaluationSettings(
        List<Integer> k,
        Exclusion exclude,
        boolean allPositions,
        String decisive,
        int validationSample,
        boolean baselines) {
    private static final RankingMetric[] METRICS = {RankingMetric.RECALL, RankingMetric.NDCG, RankingMetric.MRR};

    /** @throws ConfigException for values out of range, or a metric that is not measured */
    EvaluationSettings {
        k = List.copyOf(k);
        if (k.isEmpty() || k.stream().anyMatch(places -> places < 1)) {
            throw new ConfigException("evaluation.k: " + k + " (expected: one number or more, each >= 1)");
        }
        if (validationSample < 0) {
            throw new ConfigException("evaluation.validationSample: " + validationSample + " (expected: >= 0)");
        }
        if (!TaskMetric.isOfTask(decisive)) {
            check("evaluation.decisive", decisive, labels(k));
        }
    }

    /** The usual settings for a model; where the next item is no task, the first task chooses the epoch. */
    static EvaluationSettings of(ModelConfig model, Schema sequences) {
        EvaluationSettings usual = defaults();
        return model.predictsNextItem()
                ? usual
                : new EvaluationSettings(
                        usual.k,
                        usual.exclude,
                        usual.allPositions,
                        TaskHeads.decisiveLabel(model.heads(), sequences),
                        usual.validationSample,
                        usual.baselines);
    }

    static EvaluationSettings defaults() {
        return new EvaluationSettings(List.of(20), Exclusion.NONE, false, RankingMetric.NDCG.label(20), 0, true);
    }

    private static List<String> labels(List<Integer> ks) {
        List<String> labels = new ArrayList<>();
        for (int places : ks) {
            for (RankingMetric metric : METRICS) {
                labels.add(metric.label(places));
            }
        }
        return labels;
    }

    /** Names of all metrics of the next item that are measured. */
    List<String> labels() {
        return labels(k);
    }

    /** Names of all metrics that are measured of a model. */
    List<String> labels(ModelConfig model, Schema sequences) {
        List<String> all = new ArrayList<>(model.predictsNextItem() ? labels() : List.of());
        all.addAll(TaskHeads.metricLabels(model.heads(), sequences));
        return all;
    }

    /** @throws ConfigException when there is no such metric */
    static void check(String key, String label, List<String> known) {
        if (!known.contains(label)) {
            throw new ConfigException(key + ": " + label + " (expected: " + Names.expectation(label, known) + ")");
        }
    }

    int firstK() {
        return k.get(0);
    }

    int[] ks() {
        return k.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The metrics of single cases, by the name that {@link #labels()} has at the same place. */
    List<double[]> perCase(int[] ranks) {
        List<double[]> values = new ArrayList<>();
        for (int places : k) {
            for (RankingMetric metric : METRICS) {
                values.add(metric.perCase(ranks, places));
            }
        }
        return values;
    }

    /** @param threads that share the work; 0 for one a core */
    TaskEvaluator taskEvaluator(int threads) {
        return new TaskEvaluator(allPositions, threads);
    }

    /** @param threads that share the work; 0 for one a core */
    Evaluator evaluator(int threads) {
        return new Evaluator(allPositions, exclude, threads);
    }

    /** In words, for reports. */
    String sentence() {
        return (allPositions ? "Every event of a session but its first" : "The last item of each evaluation session")
                + ", ranked among all items; "
                + switch (exclude) {
                    case NONE -> "seen items compete.";
                    case CURRENT -> "the last item seen doesn't compete.";
                    case SEEN -> "seen items don't compete.";
                };
    }
}
