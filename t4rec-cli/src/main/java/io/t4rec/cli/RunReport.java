package io.t4rec.cli;

import io.t4rec.cli.report.Chart;
import io.t4rec.cli.report.HtmlReport;
import io.t4rec.cli.report.Section;
import io.t4rec.cli.report.Section.Fact;
import io.t4rec.metrics.Bootstrap;
import io.t4rec.metrics.RankingMetric;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.train.RankedCases;
import io.t4rec.train.TaskScores;
import io.t4rec.train.TrainingListener;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The report of a training run.
 *
 * @param evaluation how the cases were ranked
 * @param loss loss by epochs done
 * @param epochs of the whole run
 * @param cases of the next item by candidate, the model first; empty without evaluation data and where it is no task
 * @param scores of other tasks by candidate, the model first; empty without evaluation data and without such tasks
 * @param samples sessions with recommendations; empty without evaluation data
 * @param version of the model
 * @param weights numbers the model has learned
 */
record RunReport(
        PreparedData data,
        Experiment experiment,
        EvaluationSettings evaluation,
        Chart.Curve loss,
        List<TrainingListener.Epoch> epochs,
        Map<String, RankedCases> cases,
        Map<String, TaskScores> scores,
        List<Section.Sample> samples,
        String version,
        long weights) {
    /** The whole page. */
    String html() throws IOException {
        List<Section> sections = new ArrayList<>();
        sections.add(summary());
        if (!cases.isEmpty()) {
            sections.add(comparison());
        }
        if (!scores.isEmpty()) {
            sections.add(tasks());
        }
        sections.add(curves());
        if (!cases.isEmpty()) {
            segments(sections);
            sections.add(new Section.Sessions(
                    "Sample sessions",
                    "Drawn at random from the evaluation data. Scores compare within one session only; ✓ marks the item that came next.",
                    samples));
        }
        sections.addAll(new DataSections(data).sections());
        sections.add(new Section.Listing(
                "Settings",
                "All settings of the run, as an experiment file for --config.",
                ConfigFiles.toYaml(experiment)));
        return HtmlReport.render(
                "Training report",
                "Model " + version + ", " + experiment.model().transformer().type() + ", trained on "
                        + data.directory().toAbsolutePath().normalize() + ", written "
                        + Instant.now().truncatedTo(ChronoUnit.SECONDS) + ".",
                sections);
    }

    private int k() {
        return evaluation.firstK();
    }

    private Section summary() {
        List<Fact> rows = new ArrayList<>();
        rows.add(Fact.of("epochs", epochs.size()));
        bestEpoch(rows);
        rows.add(Fact.of(
                "training time without evaluation",
                String.format(
                        Locale.ROOT,
                        "%.1f s",
                        epochs.stream()
                                .mapToDouble(TrainingListener.Epoch::seconds)
                                .sum())));
        taskFigures(rows);
        rows.add(Fact.of("weights", String.format(Locale.ROOT, "%,d", weights)));
        rows.add(Fact.of("seed", experiment.training().seed()));
        return new Section.Facts("Run", verdict(), List.of(), rows);
    }

    /** What the task tells beside its loss and the ranking, in the last epoch. */
    private void taskFigures(List<Fact> rows) {
        TrainingListener.Epoch last = epochs.get(epochs.size() - 1);
        last.figures()
                .forEach((name, value) ->
                        rows.add(Fact.of(name + ", last epoch, training", String.format(Locale.ROOT, "%.4f", value))));
        last.metrics().forEach((name, value) -> {
            if (TaskMetric.isOfTask(name)) {
                rows.add(Fact.of(name + ", last epoch, evaluation", String.format(Locale.ROOT, "%.4f", value)));
            }
        });
    }

    private void bestEpoch(List<Fact> rows) {
        for (int i = epochs.size() - 1; i >= 0; i--) {
            if (epochs.get(i).best()) {
                rows.add(Fact.of(
                        "epoch kept, best " + evaluation.decisive(),
                        epochs.get(i).epoch() + 1));
                return;
            }
        }
    }

    private String verdict() {
        if (cases.isEmpty() && !scores.isEmpty()) {
            return "The model predicts " + String.join(", ", model().cases().keySet())
                    + "; the section on its tasks tells how well.";
        }
        if (cases.isEmpty()) {
            return "No evaluation data were given, so nothing is known of the model's quality.";
        }
        RankedCases model = cases.values().iterator().next();
        String label = RankingMetric.RECALL.label(k());
        double own = model.means(k()).getOrDefault(label, Double.NaN);
        if (cases.size() == 1) {
            return String.format(
                    Locale.ROOT, "The model reaches %s %.4f on %,d cases.", label, own, model.ranks().length);
        }
        String best = "";
        double highest = -1;
        for (Map.Entry<String, RankedCases> candidate : cases.entrySet()) {
            double value = candidate.getValue().means(k()).getOrDefault(label, Double.NaN);
            if (!candidate.getKey().equals(TrainingRun.MODEL) && value > highest) {
                best = candidate.getKey();
                highest = value;
            }
        }
        return String.format(
                Locale.ROOT,
                "The model reaches %s %.4f on %,d cases; the best baseline, %s, reaches %.4f.",
                label,
                own,
                model.ranks().length,
                best,
                highest);
    }

    private Section comparison() {
        return new Section.Comparisons(
                "Against the baselines",
                evaluation.sentence()
                        + " Means with 95 % bootstrap intervals."
                        + (data.hasTest() ? "" : " The epoch kept was chosen on these sessions."),
                List.of(new CaseSegments(cases)
                        .overall("Metrics", k(), RankingMetric.RECALL, RankingMetric.NDCG, RankingMetric.MRR)));
    }

    private TaskScores model() {
        return scores.values().iterator().next();
    }

    private Section tasks() {
        List<String> columns = new ArrayList<>(scores.keySet());
        columns.add("cases");
        List<Fact> rows = new ArrayList<>();
        Map<String, Long> counts = model().cases();
        List<Map<String, Bootstrap.Interval>> intervals =
                scores.values().stream().map(TaskScores::intervals).toList();
        for (String label : model().metrics().keySet()) {
            List<String> values = new ArrayList<>();
            intervals.forEach(candidate -> values.add(text(candidate.get(label))));
            String task = label.substring(0, label.lastIndexOf('/'));
            values.add(String.format(Locale.ROOT, "%,d", counts.getOrDefault(task, 0L)));
            rows.add(new Fact(label, values));
        }
        return new Section.Facts(
                "Tasks",
                (evaluation.allPositions()
                                ? "Every event counts."
                                : "Of targets with a value for each event, a session's last event counts.")
                        + " With 95 % bootstrap intervals. The constant is the mean of the training targets, the same for every case. Lower is better of"
                        + " log-loss, mse, rmse and mae. NaN stands for what is not defined, as the area under the curve of"
                        + " labels that are all the same.",
                columns,
                rows);
    }

    private static String text(Bootstrap.@Nullable Interval interval) {
        if (interval == null || Double.isNaN(interval.mean())) {
            return "NaN";
        }
        return String.format(Locale.ROOT, "%.4f (%.3f–%.3f)", interval.mean(), interval.low(), interval.high());
    }

    private void segments(List<Section> sections) {
        CaseSegments split = new CaseSegments(cases);
        ColumnSchema item = data.workflow().outputSchema().itemId();
        sections.add(new Section.Comparisons(
                "By session length",
                "Cases by the number of events before the item to predict.",
                List.of(split.byLength(RankingMetric.RECALL, k()), split.byLength(RankingMetric.NDCG, k()))));
        sections.add(new Section.Comparisons(
                "By item popularity",
                "Cases by the item to predict: where it stands among the items of the training events, most frequent first. "
                        + "Unknown items can't be recommended.",
                List.of(
                        split.byPopularity(RankingMetric.RECALL, k(), item),
                        split.byPopularity(RankingMetric.NDCG, k(), item))));
    }

    private Section curves() {
        double[] x = epochs.stream().mapToDouble(epoch -> epoch.epoch() + 1.0).toArray();
        double[] middles =
                epochs.stream().mapToDouble(epoch -> epoch.epoch() + 0.5).toArray();
        double[] losses =
                epochs.stream().mapToDouble(TrainingListener.Epoch::loss).toArray();
        List<Chart.Curve> curves = new ArrayList<>();
        if (loss.x().length > 0) {
            curves.add(loss);
        }
        curves.add(new Chart.Curve("mean of an epoch, at its middle", middles, losses));
        List<Chart> charts = new ArrayList<>();
        charts.add(new Chart.Lines(
                "Training loss", "epochs", scores.isEmpty() ? "cross-entropy" : "loss of all tasks", curves));
        List<Chart.Curve> metrics = new ArrayList<>();
        for (String name : epochs.get(0).metrics().keySet()) {
            metrics.add(new Chart.Curve(
                    name,
                    x,
                    epochs.stream()
                            .mapToDouble(epoch -> epoch.metrics().getOrDefault(name, Double.NaN))
                            .toArray()));
        }
        if (!metrics.isEmpty()) {
            charts.add(new Chart.Lines("Evaluation metrics", "epochs", "", metrics));
        }
        return new Section.Charts("Curves", "", charts);
    }
}
