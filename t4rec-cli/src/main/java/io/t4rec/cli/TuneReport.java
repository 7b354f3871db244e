package io.t4rec.cli;

import io.t4rec.cli.report.Chart;
import io.t4rec.cli.report.HtmlReport;
import io.t4rec.cli.report.Section;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.train.search.Domain;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The page of a search: the best settings, the trials, and what each setting has to do with the result. */
record TuneReport(Recipe recipe, TuneSettings settings, TrialLog log) {
    private static final int SHOWN = 20;

    String html() {
        List<Section> sections = new ArrayList<>();
        sections.add(trials());
        sections.add(new Section.Charts(
                "Course of the search", "Trials that were refused are left out.", List.of(course())));
        sections.add(new Section.Charts(
                "Settings",
                "Each point is a trial: where it has gathered at good values, the search went on looking.",
                settings.searchSpace().domains().entrySet().stream()
                        .map(setting -> picture(setting.getKey(), setting.getValue()))
                        .toList()));
        if (log.count(TrialLog.State.REFUSED) > 0) {
            sections.add(new Section.Facts(
                    "Refused",
                    "Settings that don't fit together, or a loss that was no number any more.",
                    List.of(),
                    log.entries().stream()
                            .filter(entry -> entry.state() == TrialLog.State.REFUSED)
                            .map(entry -> Section.Fact.of("trial " + entry.trial(), String.valueOf(entry.message())))
                            .toList()));
        }
        sections.add(new Section.Listing(
                "Search", "What was searched for, as a file for t4rec tune.", ConfigFiles.toYaml(settings)));
        return HtmlReport.render(
                "Search for settings",
                recipe.title() + (recipe.title().isBlank() ? "" : ". ") + "Chosen by "
                        + recipe.evaluation().decisive()
                        + " of the validation part; the test part was not ranked. Written "
                        + Instant.now().truncatedTo(ChronoUnit.SECONDS) + ".",
                sections);
    }

    private Section trials() {
        List<String> columns =
                new ArrayList<>(List.of(recipe.evaluation().decisive(), "best epoch", "epochs", "seconds"));
        columns.addAll(settings.space().keySet());
        return new Section.Facts(
                "Best trials",
                String.format(
                        Locale.ROOT,
                        "Of %d trials, %d were given up and %d refused.",
                        log.entries().size(),
                        log.count(TrialLog.State.STOPPED),
                        log.count(TrialLog.State.REFUSED)),
                columns,
                log.ranked(recipe.evaluation().decisive()).stream()
                        .limit(SHOWN)
                        .map(this::row)
                        .toList());
    }

    private Section.Fact row(TrialLog.Entry entry) {
        List<String> values = new ArrayList<>();
        values.add(String.format(Locale.ROOT, "%.4f", entry.value()));
        values.add(String.valueOf(entry.epoch()));
        values.add(String.valueOf(entry.curve().size()));
        values.add(String.format(Locale.ROOT, "%.1f", entry.seconds()));
        settings.space()
                .keySet()
                .forEach(key -> values.add(String.valueOf(entry.settings().get(key))));
        return new Section.Fact("trial " + entry.trial(), values);
    }

    private Chart course() {
        List<TrialLog.Entry> valued = valued();
        double[] x = valued.stream().mapToDouble(TrialLog.Entry::trial).toArray();
        double[] values = valued.stream().mapToDouble(TuneReport::value).toArray();
        double[] best = values.clone();
        for (int i = 1; i < best.length; i++) {
            best[i] = TaskMetric.isLowerBetter(recipe.evaluation().decisive())
                    ? Math.min(best[i], best[i - 1])
                    : Math.max(best[i], best[i - 1]);
        }
        String metric = recipe.evaluation().decisive();
        return new Chart.Lines(
                "Value by trial",
                "trial",
                metric,
                List.of(new Chart.Curve("trial", x, values), new Chart.Curve("best so far", x, best)));
    }

    private List<TrialLog.Entry> valued() {
        return log.entries().stream().filter(entry -> entry.value() != null).toList();
    }

    private static double value(TrialLog.Entry entry) {
        return entry.value() == null ? Double.NaN : entry.value();
    }

    private Chart picture(String key, Domain domain) {
        String metric = recipe.evaluation().decisive();
        if (domain instanceof Domain.Choice choice) {
            List<Section.Figure> figures =
                    choice.values().stream().map(value -> figure(key, value)).toList();
            return new Chart.Bars(
                    key,
                    "mean, worst and best",
                    metric,
                    choice.values().stream().map(String::valueOf).toList(),
                    List.of(new Chart.Series("trials", figures)));
        }
        boolean logarithmic = domain instanceof Domain.LogUniform;
        return new Chart.Points(
                key,
                logarithmic ? "log10 of the value" : "value",
                metric,
                List.of(
                        points("finished", TrialLog.State.FINISHED, key, logarithmic),
                        points("given up", TrialLog.State.STOPPED, key, logarithmic)));
    }

    private Chart.Curve points(String name, TrialLog.State state, String key, boolean logarithmic) {
        List<TrialLog.Entry> chosen = valued().stream()
                .filter(entry -> entry.state() == state)
                .sorted(Comparator.comparingDouble(entry -> number(entry.settings(), key)))
                .toList();
        return new Chart.Curve(
                name,
                chosen.stream()
                        .mapToDouble(entry -> number(entry.settings(), key))
                        .map(value -> logarithmic ? Math.log10(value) : value)
                        .toArray(),
                chosen.stream().mapToDouble(TuneReport::value).toArray());
    }

    private static double number(Map<String, Object> values, String key) {
        return values.get(key) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    private Section.Figure figure(String key, Object value) {
        double[] values = valued().stream()
                .filter(entry -> value.equals(entry.settings().get(key)))
                .mapToDouble(TuneReport::value)
                .sorted()
                .toArray();
        return values.length == 0
                ? Section.Figure.of(Double.NaN)
                : new Section.Figure(
                        Arrays.stream(values).average().orElseThrow(), values[0], values[values.length - 1]);
    }
}
