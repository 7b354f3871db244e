package io.t4rec.cli;

import io.t4rec.data.DataSource;
import io.t4rec.etl.Workflow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** Turns the ids of sequences into the raw values that they were made of. */
@CommandLine.Command(
        name = "decode",
        description = {
            "Write sequences with raw values in place of ids.",
            "%nEvery column that the workflow made ids of is decoded, lists too; others stay. Ids of null, of unknown values and of padding"
                    + " become null."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec decode data/workflow data/train/sequences.parquet --output raw.parquet",
            "  t4rec decode data/workflow data/train/sequences --output raw.parquet"
        })
final class DecodeCommand extends Command {
    @CommandLine.Parameters(
            paramLabel = "WORKFLOW",
            description = "Directory of the workflow that made the sequences: DATA/workflow.")
    private Path workflow;

    @CommandLine.Parameters(
            paramLabel = "SEQUENCES",
            description = "Parquet, as prepare writes it: a file, a folder or a quoted pattern.")
    private String sequences;

    @CommandLine.Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "Parquet file to write or to replace.")
    private Path output;

    @CommandLine.Mixin
    private DatabaseOptions database;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    DecodeCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        Workflow fitted = Workflow.load(workflow);
        long rows = progress()
                .during("Writing raw values", () -> fitted.decode(DataSource.of(sequences), output, database.read()));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("rows", rows);
        result.put("written", output.toString());
        return result;
    }
}
