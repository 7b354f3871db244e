package io.t4rec.cli;

import io.t4rec.schema.io.DirectoryLock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Searches for good settings of a recipe. */
@CommandLine.Command(
        name = "tune",
        description = {
            "Search for the settings of a recipe that its validation part finds best.",
            "%nThe test part is never ranked. Writes into the output directory: trials.jsonl (one line a trial), report.html, and best.yaml, a recipe for train with the best settings. The same command goes on where a search was stopped."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec tune recipes/tune/yoochoose.yaml --data datasets --output search --minutes 20",
            "  t4rec train search/best.yaml --output run",
            "%nA file that says what to search for:",
            "  recipe: yoochoose.yaml            # relative to this file",
            "  space:                            # keys of model and training",
            "    training.learningRate: {logUniform: [0.0001, 0.01]}",
            "    model.transformer.dropout: {uniform: [0, 0.5]}",
            "    model.transformer.nLayer: {integer: [1, 3]}",
            "    training.batchSize: {choice: [64, 128, 256]}",
            "  search:                           # what is left out is as here",
            "    method: tpe                     # Bayesian; or random",
            "    seed: 1",
            "    startup: 10                     # trials at random before tpe has something to go by",
            "    trials: 30",
            "    minutes: 0                      # no bound",
            "    median: true                    # give up trials below the median of the others",
            "    grace: 2                        # epochs before that"
        })
final class TuneCommand extends Command {
    @CommandLine.Parameters(paramLabel = "SPACE", description = "What to search for (YAML file), see below.")
    private Path space;

    @CommandLine.Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory of the search. A search that was stopped there goes on.")
    private Path output;

    @CommandLine.Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of the recipe's files, as in train. Default: the folder of the recipe.")
    private @Nullable Path data;

    @CommandLine.Option(
            names = "--trials",
            paramLabel = "N",
            description = "At most so many trials, those of an earlier start included. Default: search.trials.")
    private @Nullable Integer trials;

    @CommandLine.Option(
            names = "--minutes",
            paramLabel = "M",
            description = "At most so long. Default: search.minutes.")
    private @Nullable Double minutes;

    @CommandLine.Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set one key of the recipe for all trials, for instance training.threads=1. May be repeated.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    TuneCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        TuneSettings settings = TuneSettings.read(space);
        Path recipe = space.toAbsolutePath().resolveSibling(settings.recipe());
        TuneRun run = new TuneRun(
                settings.with(settings.search().bounded(trials, minutes)),
                recipe,
                overrides,
                data,
                output,
                progress(),
                err());
        try (DirectoryLock lock = DirectoryLock.take(output)) {
            return run.execute(isJson());
        }
    }
}
