package io.t4rec.cli;

import io.t4rec.data.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** Divides events into those to train on and those to evaluate on. */
@CommandLine.Command(
        name = "split",
        description = {
            "Divide events into training, validation and test.",
            "%nBy time, the last tenth of the sessions is the test and the tenth before it validation; by day or hour, windows 0001, 0002, ... are written for training on each and evaluating on the next; leave-one-out takes each session's last two events, and leaks time."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec split events.parquet --by time --output parts",
            "  t4rec prepare parts/train.parquet --evaluation parts/test.parquet --output data"
        })
final class SplitCommand extends Command {
    @CommandLine.Parameters(
            paramLabel = "EVENTS",
            description = "Events, imported (Parquet), with schema.pbtxt beside them.")
    private Path events;

    @CommandLine.Option(
            names = "--by",
            required = true,
            paramLabel = "HOW",
            description = "time, leave-one-out, day or hour.")
    private String by;

    @CommandLine.Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory to write, or to replace when an earlier split is there.")
    private Path output;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    SplitCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        Split split = Split.of(by);
        Checks.parquet(events);
        Split.Report report = progress().during("Splitting " + events, () -> split.write(events, output));
        report.warnings().forEach(warning -> err().println("warning: " + warning));
        Map<String, Object> result = new LinkedHashMap<>();
        report.parts()
                .forEach(part -> result.put(part.file(), part.sessions() + " sessions, " + part.events() + " events"));
        result.put("written", output.toString());
        return result;
    }
}
