package io.t4rec.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.cli.report.Section;
import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.etl.Vocabulary;
import io.t4rec.model.Bundle;
import io.t4rec.model.Exclusion;
import io.t4rec.model.SessionModel;
import io.t4rec.model.ranking.ExactRanker;
import io.t4rec.model.ranking.ItemFilter;
import io.t4rec.model.ranking.RankedItems;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.train.Evaluator;
import io.t4rec.train.RankedCases;
import io.t4rec.train.TaskScores;
import io.t4rec.train.baseline.Baseline;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From prepared sequences to a bundle, with baselines beside the model and a report of it all. */
final class TrainingRun {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Name of the model among the candidates. */
    static final String MODEL = "model";
    /** Name of the mean of the training targets among the candidates. */
    static final String CONSTANT = "constant";

    private static final int SAMPLES = 8;
    private static final int SAMPLE_ITEMS = 10;
    private static final int SAMPLE_BATCH = 256;

    private final PreparedData data;
    private final Experiment experiment;
    private final EvaluationSettings evaluation;
    private final Path output;
    private final Progress progress;
    private final ModelFit fit;
    private final String item;

    TrainingRun(
            PreparedData data, Experiment experiment, EvaluationSettings evaluation, Path output, Progress progress) {
        this.data = data;
        this.experiment = experiment;
        this.evaluation = evaluation;
        this.output = output;
        this.progress = progress;
        this.fit = new ModelFit(data, experiment, evaluation, output, progress);
        this.item = data.workflow().outputSchema().itemId().name();
    }

    /**
     * What a run gave.
     *
     * @param epochs that were trained
     * @param keptEpoch number of the one whose weights were kept, from 1
     * @param cases of the next item by candidate, the model first; empty without evaluation data and where it is no task
     * @param scores of the other tasks by candidate, the model first; empty without evaluation data and without such tasks
     * @param discriminator metrics of the model's, by label; empty without evaluation data and for tasks without one
     */
    record Outcome(
            int epochs,
            int keptEpoch,
            Map<String, RankedCases> cases,
            Map<String, TaskScores> scores,
            Map<String, Double> discriminator) {
        /** Metrics by candidate, then by label. */
        Map<String, Map<String, Double>> metrics(int... ks) {
            Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
            cases.forEach((name, ranked) -> metrics.put(name, new LinkedHashMap<>(ranked.means(ks))));
            scores.forEach((name, score) ->
                    metrics.computeIfAbsent(name, none -> new LinkedHashMap<>()).putAll(score.metrics()));
            metrics.computeIfPresent(MODEL, (name, own) -> {
                own.putAll(discriminator);
                return own;
            });
            return metrics;
        }
    }

    Map<String, Object> execute(PrintWriter warnings) throws IOException {
        Outcome outcome = run(warnings);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("epochs", outcome.epochs);
        outcome.metrics(evaluation.ks())
                .forEach((name, metrics) -> metrics.forEach((metric, value) -> result.put(name + " " + metric, value)));
        result.put("bundle", bundle().toString());
        result.put("report", report().toString());
        return result;
    }

    Path bundle() {
        return output.resolve("bundle");
    }

    Path report() {
        return output.resolve("report.html");
    }

    /** @param warnings hears of targets that can't be recommended */
    Outcome run(PrintWriter warnings) throws IOException {
        ModelFit.Fitted fitted = fit.run();
        try {
            return outcome(fitted, warnings);
        } finally {
            fitted.model().release();
        }
    }

    private Outcome outcome(ModelFit.Fitted fitted, PrintWriter warnings) throws IOException {
        SessionModel model = fitted.model();
        Map<String, RankedCases> cases = evaluate(model);
        RankedCases own = cases.get(MODEL);
        if (own != null) {
            Checks.warnOfMisses(own, warnings);
        }
        Map<String, TaskScores> scores = score(model);
        Map<String, Double> judged = data.hasReported() ? fit.discriminator(model, data.reported()) : Map.of();
        Outcome outcome = new Outcome(fitted.epochs().size(), fitted.keptEpoch(), cases, scores, judged);
        Bundle.write(
                bundle(),
                model,
                data.workflow(),
                outcome.metrics(evaluation.ks()).getOrDefault(MODEL, Map.of()));
        RunReport report = new RunReport(
                data,
                experiment,
                evaluation,
                LossCurve.read(fit.log(), fitted.steps(), fitted.epochs().size()),
                fitted.epochs(),
                cases,
                scores,
                samples(model),
                version(bundle()),
                model.parameterCount());
        String page = progress.during("Writing the report", report::html);
        AtomicFiles.writeString(report(), page);
        return outcome;
    }

    /** Tasks with a target: the model, and what the targets are on average. */
    private Map<String, TaskScores> score(SessionModel model) throws IOException {
        Map<String, TaskScores> scores = new LinkedHashMap<>();
        if (!model.heads().isEmpty() && data.hasReported()) {
            scores.put(MODEL, progress.during("Predicting by the model", () -> fit.score(model, data.reported())));
            if (evaluation.baselines()) {
                scores.put(
                        CONSTANT, progress.during("Predicting the mean", () -> fit.constant(model, data.reported())));
            }
        }
        return scores;
    }

    /** The model and the baselines on the same cases. */
    private Map<String, RankedCases> evaluate(SessionModel model) throws IOException {
        Map<String, RankedCases> cases = new LinkedHashMap<>();
        if (!model.config().predictsNextItem()) {
            return cases;
        }
        if (data.hasReported()) {
            cases.put(MODEL, progress.during("Ranking by the model", () -> fit.rank(model, data.reported())));
        }
        if (data.hasReported() && evaluation.baselines()) {
            Evaluator evaluator = evaluation.evaluator(experiment.training().threads());
            for (Baseline baseline :
                    TrainedBaselines.on(data.train(), data.workflow().outputSchema(), model.itemCount())) {
                try (BatchLoader loader = fit.evaluation(data.reported())) {
                    cases.put(
                            baseline.name(),
                            progress.during(
                                    "Ranking by " + baseline.name(),
                                    () -> evaluator.rank(
                                            baseline,
                                            loader,
                                            item,
                                            model.config().head().firstItem())));
                }
            }
        }
        return cases;
    }

    /** Random sessions of the evaluation data, with what the model would have recommended before the last event. */
    private List<Section.Sample> samples(SessionModel model) {
        if (!data.hasReported() || !model.config().predictsNextItem()) {
            return List.of();
        }
        Vocabulary vocabulary =
                data.workflow().vocabulary(data.workflow().config().item());
        List<Section.Sample> samples = new ArrayList<>();
        LoaderConfig shuffled = LoaderConfig.training(
                SAMPLE_BATCH, Integer.MAX_VALUE, experiment.training().seed());
        try (BatchLoader loader =
                BatchLoader.open(data.reported(), data.workflow().outputSchema(), shuffled)) {
            SequenceBatch batch = loader.epoch(0).next();
            for (int row = 0; row < batch.rowCount() && samples.size() < SAMPLES; row++) {
                if (batch.length(row) >= 2) {
                    samples.add(sample(model, vocabulary, batch, row));
                }
            }
        }
        return samples;
    }

    private Section.Sample sample(SessionModel model, Vocabulary vocabulary, SequenceBatch batch, int row) {
        long[] events = Arrays.copyOfRange(batch.longs(item), batch.offsets()[row], batch.offsets()[row + 1]);
        long target = events[events.length - 1];
        int seen = Math.max(1, model.config().transformer().totalSeqLength() - 1);
        SequenceBatch before =
                batch.prefixes(new int[] {row}, new int[] {events.length - 1}).rows(new int[] {0}, seen);
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            Exclusion exclusion = evaluation.exclude();
            int[] excluded = Arrays.stream(exclusion.of(events, 0, events.length - 1))
                    .mapToInt(Math::toIntExact)
                    .toArray();
            ExactRanker ranker = model.exactRanker();
            RankedItems top = ranker.top(model.queries(before), List.of(ItemFilter.of(null, excluded)), SAMPLE_ITEMS)
                    .get(0);
            List<Section.Recommended> recommended = new ArrayList<>();
            for (int i = 0; i < top.size(); i++) {
                int id = top.ids()[i];
                recommended.add(new Section.Recommended(raw(vocabulary, id), top.scores()[i], id == target));
            }
            SequenceBatch whole = batch.rows(new int[] {row}, Integer.MAX_VALUE);
            return new Section.Sample(
                    Arrays.stream(events, 0, events.length - 1)
                            .mapToObj(id -> raw(vocabulary, id))
                            .toList(),
                    raw(vocabulary, target),
                    model.ranks(whole, false, exclusion, ranker)[0],
                    recommended);
        }
    }

    /** The version that the bundle tells, without loading its weights a second time. */
    private static String version(Path bundle) throws IOException {
        return JSON.readTree(bundle.resolve("bundle.json").toFile())
                .path("version")
                .asText();
    }

    private static String raw(Vocabulary vocabulary, long id) {
        Object value = vocabulary.value(id);
        return value == null ? "unknown item" : value.toString();
    }
}
