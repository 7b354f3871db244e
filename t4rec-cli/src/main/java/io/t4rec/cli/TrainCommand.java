package io.t4rec.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;

/** Trains a model on prepared sequences and writes bundle, log and report. */
@CommandLine.Command(
        name = "train",
        description = {
            "Train a model on prepared sequences.",
            "%nWrites into the output directory: bundle/ (the model with its workflow, for the other commands), report.html (with baselines beside the model), log.jsonl (loss of each step), checkpoints/ and run.json. With evaluation data, the epoch with the best NDCG@20 is kept. The same command goes on where a run was stopped."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec train data --output run",
            "  t4rec train data --output run --config experiment.yaml --set training.epochs=20"
        })
final class TrainCommand extends Command {
    @CommandLine.Parameters(paramLabel = "DATA", description = "Directory that prepare wrote.")
    private Path data;

    @CommandLine.Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory of the run. A run that was stopped there goes on.")
    private Path output;

    @CommandLine.Mixin
    private TrainingOptions options;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    TrainCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        TrainingRun run = new TrainingRun(PreparedData.read(data), options.read(), output, progress());
        return run.execute();
    }
}
