package io.t4rec.cli;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Trains a model on prepared sequences, or by a recipe from the files of events on. */
@CommandLine.Command(
        name = "train",
        description = {
            "Train a model on prepared sequences, or by a recipe.",
            "%nWrites into the output directory: bundle/ (the model with its workflow, for the other commands), report.html (with baselines beside the model), log.jsonl (loss of each step), checkpoints/ and run.json. With evaluation data, the epoch with the best NDCG@20 is kept. The same command goes on where a run was stopped.",
            "%nA recipe (YAML) does all of it from the files of events: it imports and divides them, trains, chooses the epoch on the validation part, and ranks the test part once. Each seed has a folder of its own, seed-1/ and so on; result.json and report.html compare what was measured with what the recipe expects."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec train data --output run",
            "  t4rec train data --output run --config experiment.yaml --set training.epochs=20",
            "  t4rec train recipes/beauty.yaml --data datasets --output run --seeds 1,2,3"
        })
final class TrainCommand extends Command {
    @CommandLine.Parameters(paramLabel = "DATA", description = "Directory that prepare wrote, or a recipe (YAML file).")
    private Path source;

    @CommandLine.Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory of the run. A run that was stopped there goes on.")
    private Path output;

    @CommandLine.Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "With a recipe: folder of its files, or of the data sets' folders; or the file itself where it divides a single one. Default: the folder of the recipe.")
    private @Nullable Path data;

    @CommandLine.Option(
            names = "--seeds",
            split = ",",
            paramLabel = "N",
            description = "With a recipe: a run for each of these seeds, for instance 1,2,3.")
    private List<Long> seeds = List.of();

    @CommandLine.Mixin
    private TrainingOptions options;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    TrainCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        if (isRecipe()) {
            return runRecipe();
        }
        if (data != null || !seeds.isEmpty()) {
            throw new ConfigException((data == null ? "--seeds: " + seeds : "--data: " + data)
                    + " (expected: with a recipe only; " + source + " is no YAML file)");
        }
        PreparedData prepared = PreparedData.read(source);
        Experiment experiment = options.read();
        EvaluationSettings evaluation =
                EvaluationSettings.of(experiment.model(), prepared.workflow().outputSchema());
        try (DirectoryLock lock = DirectoryLock.take(output)) {
            return new TrainingRun(prepared, experiment, evaluation, output, progress()).execute(err());
        }
    }

    private boolean isRecipe() {
        String name = source.getFileName().toString().toLowerCase(Locale.ROOT);
        return !Files.isDirectory(source) && (name.endsWith(".yaml") || name.endsWith(".yml"));
    }

    private Map<String, Object> runRecipe() throws IOException {
        Recipe recipe = Recipe.read(source, options.overridesAlone());
        recipe.training().requireDevice();
        if (!seeds.isEmpty()) {
            recipe = recipe.withSeeds(seeds);
        }
        SourceFiles files = new SourceFiles(recipe, source, data);
        try (DirectoryLock lock = DirectoryLock.take(output)) {
            return new RecipeRun(recipe, files, output, progress(), err()).execute(isJson());
        }
    }
}
