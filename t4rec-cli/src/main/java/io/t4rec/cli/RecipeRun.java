package io.t4rec.cli;

import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From a recipe to measured figures: the data, a run for each seed, one table of all of them. */
final class RecipeRun {
    private static final int FORMAT_VERSION = 1;

    private final Recipe recipe;
    private final RecipeData data;
    private final Path output;
    private final Progress progress;
    private final PrintWriter messages;

    /** @param messages hears of warnings, and of which seed is on */
    RecipeRun(Recipe recipe, SourceFiles files, Path output, Progress progress, PrintWriter messages) {
        this.recipe = recipe;
        this.data = new RecipeData(recipe, files, output.resolve("data"), progress, this::refuseOthers);
        this.output = output;
        this.progress = progress;
        this.messages = messages;
    }

    /** The saved form of {@code result.json}. */
    record Saved(int formatVersion, Recipe recipe, Map<String, Measured> metrics, List<SeedResult> runs) {}

    /** @param json whether the result is for machines: figures as they are, in place of lines of text */
    Map<String, Object> execute(boolean json) throws IOException {
        PreparedData reported = data.reported(messages);
        recipe.checkMetrics(reported.workflow().outputSchema());
        warnOfOtherTest(reported.events());
        List<SeedResult> results = new ArrayList<>();
        for (long seed : recipe.runs()) {
            results.add(run(seed, reported));
        }
        Map<String, Measured> measured = Measured.of(recipe, results);
        ConfigFiles.writeJson(
                output.resolve("result.json"), new Saved(FORMAT_VERSION, recipe, measured, List.copyOf(results)));
        AtomicFiles.writeString(output.resolve("recipe.yaml"), ConfigFiles.toYaml(recipe));
        Path report = output.resolve("report.html");
        AtomicFiles.writeString(report, new RecipeReport(recipe, measured, results).html());
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("runs", results.size());
        shown.put("cases", results.get(0).cases());
        shown.put("epoch kept", results.stream().map(SeedResult::keptEpoch).toList());
        measured.forEach((label, metric) -> shown.put(label, json ? metric : metric.line()));
        shown.put("bundle", folder(recipe.runs().get(0)).resolve("bundle").toString());
        shown.put("report", report.toString());
        return shown;
    }

    /** Tells that the recipe's figures are not compared with. */
    private void warnOfOtherTest(PreparedData.Events events) {
        EventStatistics test = events.reported();
        if (test != null && !recipe.isMeasuredOn(test)) {
            messages.println("warning: the recipe's target and expected figures are of a test part with "
                    + recipe.measuredOn() + ", this one has " + Recipe.MeasuredOn.of(test)
                    + ": they are not compared with");
        }
    }

    /** Refuses data that the runs there were not started with, before it takes the place of theirs. */
    private void refuseOthers(Map<String, PreparedData.Events> made) throws IOException {
        for (long seed : recipe.runs()) {
            for (Map.Entry<String, PreparedData.Events> part : made.entrySet()) {
                Path run = part.getKey().equals(RecipeData.CHOICE) ? choice(seed) : folder(seed);
                ModelFit.check(run, recipe.experiment(seed), recipe.evaluation(), part.getValue());
            }
        }
    }

    private Path choice(long seed) {
        return folder(seed).resolve(RecipeData.CHOICE);
    }

    private Path folder(long seed) {
        return output.resolve("seed-" + seed);
    }

    private SeedResult run(long seed, PreparedData reported) throws IOException {
        Experiment experiment = recipe.experiment(seed);
        Path folder = folder(seed);
        if (recipe.parts().isFit(SplitSettings.REFIT)) {
            experiment = withEpochs(experiment, chosenEpochs(experiment, choice(seed)));
        }
        SeedResult before = SeedResult.read(folder, experiment, recipe.evaluation(), reported.events());
        if (before != null) {
            return before;
        }
        if (recipe.runs().size() > 1 && !progress.isQuiet()) {
            messages.println("Seed " + seed + " ...");
        }
        TrainingRun.Outcome outcome =
                new TrainingRun(reported, experiment, recipe.evaluation(), folder, progress).run(messages);
        return SeedResult.write(folder, experiment, recipe.evaluation(), reported.events(), outcome);
    }

    /** How many epochs the training part alone takes to its best. */
    private int chosenEpochs(Experiment experiment, Path folder) throws IOException {
        ModelFit fit = new ModelFit(data.choice(messages), experiment, recipe.evaluation(), folder, progress);
        ModelFit.Fitted fitted = fit.run();
        fitted.model().release();
        return fitted.keptEpoch();
    }

    private static Experiment withEpochs(Experiment experiment, int epochs) {
        return new Experiment(
                experiment.data(),
                experiment.model(),
                experiment.training().edit().epochs(epochs).patience(0).build());
    }
}
