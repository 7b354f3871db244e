package io.t4rec.cli;

import io.t4rec.cli.report.Chart;
import io.t4rec.cli.report.HtmlReport;
import io.t4rec.cli.report.Section;
import io.t4rec.data.DataSource;
import io.t4rec.data.DatabaseSettings;
import io.t4rec.data.SchemaFiles;
import io.t4rec.data.Split;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.metrics.RankingMetric;
import io.t4rec.model.Bundle;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.train.Evaluator;
import io.t4rec.train.IncrementalProtocol;
import io.t4rec.train.JsonLinesLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From raw events to windows, a model trained on one after the other, and the average over time. */
final class IncrementalRun {
    private static final int FORMAT_VERSION = 1;
    private static final int K = 20;

    private final Path events;
    private final String by;
    private final Experiment experiment;
    private final Path output;
    private final Progress progress;

    IncrementalRun(Path events, String by, Experiment experiment, Path output, Progress progress) {
        if (!List.of("day", "hour").contains(by)) {
            throw new ConfigException("--by: " + by + " (expected: day or hour)");
        }
        this.events = events;
        this.by = by;
        this.experiment = experiment;
        this.output = output;
        this.progress = progress;
    }

    /** The saved form of {@code windows.json}. */
    record Saved(
            int formatVersion, List<IncrementalProtocol.Result> windows, Map<String, Map<String, Double>> averages) {}

    Map<String, Object> execute(PrintWriter warnings) throws IOException {
        if (!experiment.model().predictsNextItem()) {
            throw new ConfigException(
                    "model.heads: no task next-item (expected: one; windows are evaluated by ranking the"
                            + " next item)");
        }
        Checks.parquet(events);
        DataSource source = DataSource.of(events);
        Schema schema = SchemaFiles.read(source);
        WorkflowConfig config = experiment.data().workflow(schema);
        RunSettings.begin(
                output,
                experiment,
                null,
                PreparedData.Events.of(
                        EventStatistics.of(
                                source, config, experiment.data().columns(schema), DatabaseSettings.defaults()),
                        null,
                        null),
                RunSettings.Length.FIXED);
        Path split = output.resolve("windows");
        Split.Report report =
                progress.during("Splitting " + events, () -> Split.of(by).write(events, split));
        report.warnings().forEach(warning -> warnings.println("warning: " + warning));
        Workflow workflow =
                progress.during("Fitting the workflow", () -> Checks.forSessions(Workflow.fit(config, events, schema)));
        List<IncrementalProtocol.Window> windows = windows(split, workflow, warnings);
        SessionModel model = PretrainedInputs.model(experiment, workflow);
        try {
            return results(model, workflow, windows);
        } finally {
            model.release();
        }
    }

    private Map<String, Object> results(SessionModel model, Workflow workflow, List<IncrementalProtocol.Window> windows)
            throws IOException {
        IncrementalProtocol protocol = new IncrementalProtocol(
                experiment.training(),
                Evaluator.lastItem(),
                K,
                experiment.model().transformer().totalSeqLength());
        List<IncrementalProtocol.Result> results;
        try (JsonLinesLog log = new JsonLinesLog(output.resolve("log.jsonl"));
                Progress.Training shown = progress.training()) {
            results = protocol.run(model, windows, List.of(log, shown), output.resolve("checkpoints"));
        }
        Map<String, Map<String, Double>> averages = IncrementalProtocol.averages(results);
        Map<String, Double> own = averages.getOrDefault(TrainingRun.MODEL, Map.of());
        Bundle.write(output.resolve("bundle"), model, workflow, own);
        ConfigFiles.writeJson(output.resolve("windows.json"), new Saved(FORMAT_VERSION, results, averages));
        AtomicFiles.writeString(output.resolve("report.html"), html(results, averages));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("windows evaluated", results.size());
        averages.forEach((name, metrics) ->
                metrics.forEach((metric, value) -> result.put(name + " " + metric + ", average over time", value)));
        result.put("bundle", output.resolve("bundle").toString());
        result.put("report", output.resolve("report.html").toString());
        return result;
    }

    /** Sequences of every window, with a warning of each that has none to train on, or to evaluate on, and is left out of that. */
    private List<IncrementalProtocol.Window> windows(Path split, Workflow workflow, PrintWriter warnings)
            throws IOException {
        List<String> names;
        try (var folders = Files.list(split)) {
            names = folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
        List<IncrementalProtocol.Window> windows = new ArrayList<>();
        for (String name : names) {
            Path sequences = output.resolve("sequences").resolve(name);
            // the workflow was fitted on all windows, so on both parts of each: no event may see its own target
            IncrementalProtocol.Window window = progress.during(
                    "Writing sequences of window " + name,
                    () -> new IncrementalProtocol.Window(
                            name,
                            sequences(workflow, split.resolve(name).resolve("train.parquet"), sequences, "train"),
                            sequences(workflow, split.resolve(name).resolve("test.parquet"), sequences, "test")));
            windows.add(window);
            if (window.train() == null && windows.size() < names.size()) {
                warnings.println(leftOut(name, "train on"));
            }
            if (window.evaluation() == null && windows.size() > 1) {
                warnings.println(leftOut(name, "evaluate on, in the half of its sessions that is the test"));
            }
        }
        return windows;
    }

    private static String leftOut(String window, String use) {
        return "warning: window " + window + ": left out, no session of two or more events to " + use;
    }

    /** The file of a part's sequences; null when there is none. */
    private static @Nullable Path sequences(Workflow workflow, Path from, Path folder, String part) throws IOException {
        Path to = folder.resolve(part).resolve("sequences.parquet");
        return workflow.transformTraining(from, to) == 0 ? null : to;
    }

    private String html(List<IncrementalProtocol.Result> results, Map<String, Map<String, Double>> averages) {
        List<String> candidates = List.copyOf(averages.keySet());
        List<Section> sections = new ArrayList<>();
        String label = RankingMetric.RECALL.label(K);
        sections.add(new Section.Facts(
                "Average over time",
                String.format(
                        Locale.ROOT,
                        "%d windows were evaluated on, each with the model trained on all before it; every window counts the"
                                + " same. Windows without sessions of two or more events are left out.",
                        results.size()),
                candidates,
                averages.values().iterator().next().keySet().stream()
                        .map(metric -> Section.Fact.of(
                                metric,
                                candidates.stream()
                                        .map(name -> String.format(
                                                Locale.ROOT,
                                                "%.4f",
                                                averages.getOrDefault(name, Map.of())
                                                        .getOrDefault(metric, Double.NaN)))
                                        .toArray()))
                        .toList()));
        List<Chart> charts = new ArrayList<>();
        for (String metric : List.of(label, RankingMetric.NDCG.label(K))) {
            charts.add(new Chart.Lines(
                    metric,
                    "window",
                    "",
                    candidates.stream()
                            .map(name -> curve(results, name, metric))
                            .toList()));
        }
        sections.add(new Section.Charts("Window by window", "", charts));
        sections.add(new Section.Facts(
                "Windows",
                "Sessions with an item to predict.",
                List.of("cases", label),
                results.stream()
                        .map(result -> Section.Fact.of(
                                result.window(),
                                result.cases(),
                                String.format(Locale.ROOT, "%.4f", value(result, TrainingRun.MODEL, label))))
                        .toList()));
        sections.add(new Section.Listing(
                "Settings",
                "All settings of the run, as an experiment file for --config.",
                ConfigFiles.toYaml(experiment)));
        return HtmlReport.render(
                "Incremental training report",
                "Trained on one " + by + " after the other of "
                        + events.toAbsolutePath().normalize() + ".",
                sections);
    }

    private static Chart.Curve curve(List<IncrementalProtocol.Result> results, String name, String metric) {
        return new Chart.Curve(
                name,
                results.stream()
                        .mapToDouble(result -> Double.parseDouble(result.window()))
                        .toArray(),
                results.stream()
                        .mapToDouble(result -> value(result, name, metric))
                        .toArray());
    }

    private static double value(IncrementalProtocol.Result result, String name, String metric) {
        return result.metrics().getOrDefault(name, Map.of()).getOrDefault(metric, Double.NaN);
    }
}
