package io.t4rec.cli;

import io.t4rec.data.SyntheticShop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** Writes an invented shop whose best possible recommendation is known. */
@CommandLine.Command(
        name = "generate",
        description = {
            "Generate events of an invented shop whose best possible recommendation is known.",
            "%nWrites events.parquet, schema.pbtxt, and optimum.json with the best recall and NDCG that any model can reach."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec generate --output shop --sessions 20000",
            "  t4rec generate --output held-out --sessions 4000 --session-seed 2"
        })
final class GenerateCommand extends Command {
    @CommandLine.Option(names = "--output", required = true, paramLabel = "DIR", description = "Directory to write.")
    private Path output;

    @CommandLine.Option(
            names = "--sessions",
            defaultValue = "20000",
            paramLabel = "N",
            description = "Number of sessions. Default: ${DEFAULT-VALUE}.")
    private long sessions;

    @CommandLine.Option(
            names = "--items",
            defaultValue = "1000",
            paramLabel = "N",
            description = "Number of items, at least 50. Default: ${DEFAULT-VALUE}.")
    private int items;

    @CommandLine.Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "Which shop: which items follow which. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @CommandLine.Option(
            names = "--session-seed",
            defaultValue = "1",
            paramLabel = "N",
            description =
                    "Which sessions of that shop: with another seed they can be held out for evaluation. Default: ${DEFAULT-VALUE}.")
    private long sessionSeed;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    GenerateCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        SyntheticShop shop = new SyntheticShop(sessions, items, seed, sessionSeed);
        SyntheticShop.Optimum optimum =
                progress().during("Generating " + sessions + " sessions", () -> shop.write(output));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("sessions", sessions);
        result.put("best possible recall@20", optimum.recallAt20());
        result.put("best possible ndcg@20", optimum.ndcgAt20());
        result.put("written", output.resolve("events.parquet").toString());
        return result;
    }
}
