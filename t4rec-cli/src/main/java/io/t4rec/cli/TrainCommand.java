package io.t4rec.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;

/** Trains a model on prepared sequences and writes bundle, log and report. */
@CommandLine.Command(name = "train", description = "Train a model; writes a bundle, a log and an HTML report.")
final class TrainCommand extends Command {
    @CommandLine.Parameters(paramLabel = "DATA", description = "Directory that prepare wrote.")
    private Path data;

    @CommandLine.Option(
            names = "--output",
            required = true,
            description = "Directory of the run. A run that was stopped goes on.")
    private Path output;

    @CommandLine.Mixin
    private ExperimentOptions options;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    TrainCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        TrainingRun run = new TrainingRun(PreparedData.read(data), options.read(), output, progress());
        return run.execute();
    }
}
