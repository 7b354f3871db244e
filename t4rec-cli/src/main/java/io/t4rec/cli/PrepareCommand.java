package io.t4rec.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Fits the workflow on training events and makes sequences of them, and of the evaluation events. */
@CommandLine.Command(name = "prepare", description = "Fit the workflow on events and write sequences.")
final class PrepareCommand extends Command {
    @CommandLine.Parameters(paramLabel = "EVENTS", description = "Imported training events (Parquet).")
    private Path events;

    @CommandLine.Option(names = "--evaluation", description = "Imported evaluation events (Parquet).")
    private @Nullable Path evaluation;

    @CommandLine.Option(
            names = "--output",
            required = true,
            description = "Directory to write: workflow and sequences.")
    private Path output;

    @CommandLine.Mixin
    private ExperimentOptions options;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    PrepareCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        PreparedData data =
                PreparedData.write(output, events, evaluation, options.read().data(), progress());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("training sequences", data.rows(data.train()));
        if (data.hasEvaluation()) {
            result.put("evaluation sequences", data.rows(data.evaluation()));
        }
        result.put("items", data.workflow().outputSchema().itemId().cardinality());
        result.put("written", output.toString());
        return result;
    }
}
