package io.t4rec.cli;

import io.t4rec.data.SyntheticShop;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** The whole path on invented data: generate, prepare, train, evaluate, report. */
@CommandLine.Command(
        name = "quickstart",
        description = {
            "Try the whole path on generated data, in about a minute.",
            "%nInvents a shop, prepares its sessions, trains a model, compares it with baselines, and writes a bundle and report.html."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  t4rec quickstart", "  t4rec quickstart --output runs/gru --set model.transformer.type=gru"})
final class QuickstartCommand extends Command {
    private static final int SESSIONS = 20_000;
    private static final int VALIDATION = 2_000;
    private static final int HELD_OUT = 4_000;
    private static final int ITEMS = 1_000;

    @CommandLine.Option(
            names = "--output",
            defaultValue = "runs/quickstart",
            paramLabel = "DIR",
            description =
                    "Directory to write; replaced when it is of an earlier quickstart. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @CommandLine.Mixin
    private TrainingOptions options;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    QuickstartCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        AtomicFiles.checkReplaceable(output, "shop/optimum.json");
        AtomicFiles.deleteTree(output);
        err().println("Generating " + SESSIONS + " sessions of an invented shop ...");
        new SyntheticShop(SESSIONS, ITEMS, 1, 1).write(output.resolve("shop"));
        new SyntheticShop(VALIDATION, ITEMS, 1, 3).write(output.resolve("validation"));
        SyntheticShop.Optimum optimum = new SyntheticShop(HELD_OUT, ITEMS, 1, 2).write(output.resolve("held-out"));
        Experiment experiment = options.over(Experiment.forSyntheticShop());
        PreparedData data = DataPreparation.of(
                        DataPreparation.Parts.of(
                                output.resolve("shop/events.parquet"),
                                output.resolve("validation/events.parquet"),
                                output.resolve("held-out/events.parquet")),
                        experiment.data())
                .write(output.resolve("data"), progress());
        err().println("Training ...");
        Map<String, Object> result = new LinkedHashMap<>(
                new TrainingRun(data, experiment, EvaluationSettings.defaults(), output, progress()).execute(err()));
        result.put("best possible recall@20", optimum.recallAt20());
        result.put("best possible ndcg@20", optimum.ndcgAt20());
        if (!isJson()) {
            err().println("\nNow try:  ./t4rec recommend " + output.resolve("bundle") + " 1 2 3"
                    + "\n          ./t4rec serve " + output.resolve("bundle") + "\n");
        }
        return result;
    }
}
