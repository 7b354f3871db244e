package io.t4rec.cli;

import io.t4rec.schema.io.DirectoryLock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;

/** Trains window by window and evaluates each model on the window that follows. */
@CommandLine.Command(
        name = "incremental",
        description = {
            "Train window by window, evaluate each model on the window that follows, and average over time.",
            "%nThis is how a shop trains, day after day, and the protocol of the Transformers4Rec paper. Each window is trained on for the epochs of the settings, starting from the weights so far; half of the next window's sessions are the test. Item ids are made of all events. A window without sessions of two or more events is left out, with a warning. Writes windows/ (the split), sequences/, bundle/ (the last model), windows.json, report.html, log.jsonl and checkpoints/. The same command goes on where a run was stopped; with other epochs or steps it is refused."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec incremental events.parquet --by day --output run",
            "  t4rec incremental events.parquet --by hour --output run --set training.epochs=3"
        })
final class IncrementalCommand extends Command {
    @CommandLine.Parameters(
            paramLabel = "EVENTS",
            description = "Events, imported (Parquet), with schema.pbtxt beside them.")
    private Path events;

    @CommandLine.Option(
            names = "--by",
            defaultValue = "day",
            paramLabel = "WINDOW",
            description = "Length of a window: day or hour. Default: ${DEFAULT-VALUE}.")
    private String by;

    @CommandLine.Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory of the run. A run that was stopped there goes on.")
    private Path output;

    @CommandLine.Mixin
    private TrainingOptions options;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    IncrementalCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        IncrementalRun run = new IncrementalRun(events, by, options.read(), output, progress());
        try (DirectoryLock lock = DirectoryLock.take(output)) {
            return run.execute(err());
        }
    }
}
