package io.t4rec.cli;

import io.t4rec.cli.report.HtmlReport;
import io.t4rec.cli.report.Section;
import io.t4rec.metrics.Bootstrap;
import io.t4rec.schema.config.ConfigFiles;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The page that compares what a recipe measured with what was expected.
 *
 * @param measured by metric
 * @param runs at least one
 */
record RecipeReport(Recipe recipe, Map<String, Measured> measured, List<SeedResult> runs) {
    String html() {
        SeedResult first = runs.get(0);
        List<Section> sections = new ArrayList<>();
        sections.add(new Section.Facts(
                "Measured and expected",
                recipe.evaluation().sentence()
                        + String.format(
                                Locale.ROOT,
                                " %,d cases on the test part, which took no part in training or choosing; %,d of the items to"
                                        + " predict were never trained and count as misses.",
                                first.cases(),
                                first.unknownTargets())
                        + excluded(first)
                        + otherTest(first),
                List.of("mean", "95 % interval", "standard error", "expected", "verdict", "target", "of target"),
                measured.entrySet().stream().map(RecipeReport::row).toList()));
        sections.add(seeds());
        sections.add(new Section.Comparisons(
                "Against the baselines",
                "Seed " + first.seed() + ". Means with 95 % bootstrap intervals over the cases.",
                List.of(new Section.Comparison(
                        "Metrics",
                        "metric",
                        List.copyOf(first.metrics().keySet()),
                        runs.get(0).labels().stream().map(this::comparison).toList()))));
        sections.add(new Section.Listing(
                "Recipe", "The whole recipe, as a file for t4rec train.", ConfigFiles.toYaml(recipe)));
        return HtmlReport.render(
                recipe.title().isBlank() ? "Recipe" : recipe.title(),
                runs.size() + (runs.size() == 1 ? " run" : " runs") + " of "
                        + recipe.model().transformer().type()
                        + ", written " + Instant.now().truncatedTo(ChronoUnit.SECONDS)
                        + ". The runs have reports of their own in their folders.",
                sections);
    }

    private static String excluded(SeedResult first) {
        return first.excludedTargets() == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        " %,d of them are among the items of their session that don't compete, and count as misses too.",
                        first.excludedTargets());
    }

    private String otherTest(SeedResult first) {
        return recipe.isMeasuredOn(first.test())
                ? ""
                : " The recipe's target and expected figures are of a test part with " + recipe.measuredOn()
                        + ", this one has " + Recipe.MeasuredOn.of(first.test()) + ": they are not compared with.";
    }

    private static Section.Fact row(Map.Entry<String, Measured> metric) {
        Measured value = metric.getValue();
        Recipe.Interval expected = value.expected();
        return Section.Fact.of(
                metric.getKey(),
                figure(value.mean()),
                Double.isNaN(value.low()) ? "–" : figure(value.low()) + " to " + figure(value.high()),
                value.standardError() == null ? "–" : figure(value.standardError()),
                expected == null ? "–" : figure(expected.low()) + " to " + figure(expected.high()),
                value.verdict() == null ? "–" : value.verdict(),
                value.target() == null ? "–" : figure(value.target()),
                value.ofTarget() == null ? "–" : String.format(Locale.ROOT, "%.3f", value.ofTarget()));
    }

    private Section seeds() {
        List<String> columns = new ArrayList<>(List.of("epochs trained", "epoch kept"));
        columns.addAll(runs.get(0).labels());
        return new Section.Facts(
                "Runs",
                "One for each seed.",
                columns,
                runs.stream()
                        .map(run -> {
                            List<String> values = new ArrayList<>();
                            values.add(String.valueOf(run.epochs()));
                            values.add(String.valueOf(run.keptEpoch()));
                            runs.get(0)
                                    .labels()
                                    .forEach(label ->
                                            values.add(figure(run.model(label).mean())));
                            return new Section.Fact("seed " + run.seed(), values);
                        })
                        .toList());
    }

    private Section.Row comparison(String label) {
        SeedResult first = runs.get(0);
        List<Section.Figure> figures = first.metrics().values().stream()
                .map(metrics -> metrics.getOrDefault(label, new Bootstrap.Interval(Double.NaN, Double.NaN, Double.NaN)))
                .map(interval -> new Section.Figure(interval.mean(), interval.low(), interval.high()))
                .toList();
        return new Section.Row(label, first.cases(), figures);
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
