package io.t4rec.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DivergenceException;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.train.TrainingListener;
import io.t4rec.train.search.MedianRule;
import io.t4rec.train.search.Search;
import io.t4rec.train.search.Trial;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Searches for the settings that a recipe's validation part finds best. The test part is never ranked. Every trial has a folder with
 * its log; those that have ended stand in {@code trials.jsonl}, and a search that was stopped goes on with the one it was at.
 */
final class TuneRun {
    private static final int FORMAT_VERSION = 1;
    private static final String FILE = "tune.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TuneSettings settings;
    private final Path recipeFile;
    private final Map<String, String> overrides;
    private final Recipe recipe;
    private final SourceFiles files;
    private final Path output;
    private final Progress progress;
    private final PrintWriter messages;

    /**
     * @param overrides of the recipe, for all trials
     * @param messages hears of warnings and of each trial
     * @throws ConfigException for a key of the space that the recipe doesn't know, or a recipe without validation part
     */
    TuneRun(
            TuneSettings settings,
            Path recipeFile,
            Map<String, String> overrides,
            @Nullable Path data,
            Path output,
            Progress progress,
            PrintWriter messages)
            throws IOException {
        this.settings = settings;
        this.recipeFile = recipeFile;
        this.overrides = overrides;
        this.recipe = Recipe.read(recipeFile, overrides);
        recipe.training().requireDevice();
        this.files = new SourceFiles(recipe, recipeFile, data);
        this.output = output;
        this.progress = progress;
        this.messages = messages;
        if (!recipe.parts().hasValidation()) {
            throw new ConfigException(
                    recipeFile + ": split.validation: absent (expected: a file to choose settings by)");
        }
        for (Map.Entry<String, TuneSettings.Values> setting : settings.space().entrySet()) {
            with(Map.of(setting.getKey(), setting.getValue().domain().at(0)));
        }
    }

    /** What a search was started with; the bounds of its length may change. */
    private record Begun(int formatVersion, TuneSettings settings, Recipe recipe, PreparedData.Events events) {}

    Map<String, Object> execute(boolean json) throws IOException {
        PreparedData data = new RecipeData(
                        recipe,
                        files,
                        output.resolve("data"),
                        progress,
                        made -> begun(Objects.requireNonNull(made.get(RecipeData.CHOICE), "asked for")))
                .choice(messages);
        ConfigFiles.writeJson(output.resolve(FILE), begun(data.events()));
        TrialLog log = TrialLog.open(output.resolve("trials.jsonl"));
        Search search = settings.search().search();
        long end = settings.search().minutes() == 0
                ? Long.MAX_VALUE
                : System.nanoTime() + (long) (settings.search().minutes() * 60e9);
        while (log.entries().size() < settings.search().trials() && System.nanoTime() < end) {
            List<Trial> history =
                    log.entries().stream().map(entry -> entry.searched(sign())).toList();
            if (!run(search.next(settings.searchSpace(), history), data, log, end)) {
                break;
            }
        }
        return results(log, json);
    }

    /** @throws ConfigException when the directory holds a search that was started otherwise */
    private Begun begun(PreparedData.Events events) throws IOException {
        Begun begun = new Begun(FORMAT_VERSION, bounded(settings), recipe, events);
        Path file = output.resolve(FILE);
        if (Files.exists(file)) {
            JsonNode old = JSON.readTree(file.toFile());
            if (!old.equals(JSON.readTree(ConfigFiles.toJson(begun)))) {
                throw new ConfigException(
                        output + ": holds a search with another space, recipe or data (expected: the same,"
                                + " with more trials or minutes if need be; or choose another --output)");
            }
        }
        return begun;
    }

    /** Without what only says how long the search lasts. */
    private static TuneSettings bounded(TuneSettings settings) {
        return settings.with(settings.search().bounded(1, 0.0));
    }

    /** The recipe with other settings. */
    private Recipe with(Map<String, Object> values) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(overrides);
        values.forEach((key, value) -> all.put(key, yaml(value)));
        return Recipe.read(recipeFile, all);
    }

    private static String yaml(Object value) {
        return value instanceof Double number
                ? new BigDecimal(number.toString()).toPlainString()
                : ConfigFiles.toJson(value).strip();
    }

    /** @return false when time ran out before the trial was done; it goes on when the search does */
    private boolean run(Map<String, Object> values, PreparedData data, TrialLog log, long end) throws IOException {
        int number = log.entries().size() + 1;
        Path folder = output.resolve("trials").resolve(String.format(Locale.ROOT, "%04d", number));
        String decisive = recipe.evaluation().decisive();
        MedianRule rule = settings.search().rule();
        List<List<Double>> others =
                log.entries().stream().map(entry -> signed(entry.curve())).toList();
        ModelFit fit = null;
        try {
            Recipe tried = with(values);
            fit = new ModelFit(
                    data, tried.experiment(tried.runs().get(0)), tried.evaluation(), folder, progress.silent());
            ModelFit.Fitted fitted = fit.run(epochs -> System.nanoTime() >= end
                    || (settings.search().median() && rule.isHopeless(signed(curve(epochs, decisive)), others)));
            fitted.model().release();
            List<Double> curve = curve(fitted.epochs(), decisive);
            boolean hopeless = settings.search().median() && rule.isHopeless(signed(curve), others);
            if (!hopeless && !fitted.isComplete(tried.training())) {
                tell(String.format(Locale.ROOT, "trial %d  time is up after %d epochs", number, curve.size()));
                return false;
            }
            AtomicFiles.deleteTree(fit.checkpoints());
            int epoch = fitted.keptEpoch();
            log.add(new TrialLog.Entry(
                    number,
                    fitted.isComplete(tried.training()) ? TrialLog.State.FINISHED : TrialLog.State.STOPPED,
                    values,
                    curve.get(epoch - 1),
                    epoch,
                    curve,
                    fitted.epochs().stream()
                            .mapToDouble(TrainingListener.Epoch::seconds)
                            .sum(),
                    null));
        } catch (ConfigException | DivergenceException e) {
            if (fit != null) {
                AtomicFiles.deleteTree(fit.checkpoints());
            }
            log.add(new TrialLog.Entry(number, TrialLog.State.REFUSED, values, null, 0, List.of(), 0, e.getMessage()));
        }
        tell(log, decisive);
        return true;
    }

    /** 1, or -1 where lower is better: what searches and gives up takes higher for better. */
    private int sign() {
        return TaskMetric.isLowerBetter(recipe.evaluation().decisive()) ? -1 : 1;
    }

    private List<Double> signed(List<Double> curve) {
        return curve.stream().map(value -> sign() * value).toList();
    }

    private static List<Double> curve(List<TrainingListener.Epoch> epochs, String metric) {
        return epochs.stream()
                .map(epoch -> epoch.metrics().getOrDefault(metric, Double.NaN))
                .toList();
    }

    private void tell(TrialLog log, String decisive) {
        TrialLog.Entry last = log.entries().get(log.entries().size() - 1);
        String state = last.state().toString().toLowerCase(Locale.ROOT);
        tell(
                last.value() == null
                        ? String.format(Locale.ROOT, "trial %d  %s: %s", last.trial(), state, last.message())
                        : String.format(
                                Locale.ROOT,
                                "trial %d  %s %.4f  %s after %d epochs  %s%s",
                                last.trial(),
                                decisive,
                                last.value(),
                                state,
                                last.curve().size(),
                                last.settings(),
                                isBest(log, last, decisive) ? "  best" : ""));
    }

    private static boolean isBest(TrialLog log, TrialLog.Entry entry, String decisive) {
        List<TrialLog.Entry> ranked = log.ranked(decisive);
        return !ranked.isEmpty() && ranked.get(0).trial() == entry.trial();
    }

    private void tell(String line) {
        if (!progress.isQuiet()) {
            messages.println(line);
            messages.flush();
        }
    }

    private Map<String, Object> results(TrialLog log, boolean json) throws IOException {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("trials", log.entries().size());
        shown.put("given up", log.count(TrialLog.State.STOPPED));
        shown.put("refused", log.count(TrialLog.State.REFUSED));
        String decisive = recipe.evaluation().decisive();
        if (log.ranked(decisive).isEmpty()) {
            shown.put("best", json ? Map.of() : "none: no trial has a value");
            return shown;
        }
        TrialLog.Entry best = log.ranked(decisive).get(0);
        Path bestFile = output.resolve("best.yaml");
        AtomicFiles.writeString(bestFile, ConfigFiles.toYaml(bestRecipe(best)));
        Path report = output.resolve("report.html");
        AtomicFiles.writeString(report, new TuneReport(recipe, settings, log).html());
        shown.put("best trial", best.trial());
        shown.put("validation " + recipe.evaluation().decisive(), best.value());
        shown.put("best epoch", best.epoch());
        if (json) {
            shown.put("settings", best.settings());
        } else {
            // as they stand in files: small numbers would be rounded to 0
            best.settings().forEach((key, value) -> shown.put(key, yaml(value)));
        }
        shown.put("recipe", bestFile.toString());
        shown.put("report", report.toString());
        return shown;
    }

    /** With the best settings, for {@code t4rec train}; where that chooses no epoch, for as many as were best. */
    private Recipe bestRecipe(TrialLog.Entry best) throws IOException {
        Recipe found = with(best.settings()).withoutExpected();
        if (found.parts().isFit(SplitSettings.FULL)) {
            found = found.withTraining(
                    found.training().edit().epochs(best.epoch()).build());
        }
        return files.placed(found);
    }
}
