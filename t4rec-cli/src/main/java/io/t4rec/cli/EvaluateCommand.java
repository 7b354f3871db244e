package io.t4rec.cli;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.metrics.Bootstrap;
import io.t4rec.metrics.RankingMetric;
import io.t4rec.model.Bundle;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.train.Evaluator;
import io.t4rec.train.RankedCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import picocli.CommandLine;

/** Ranks targets of events among all items by a trained bundle. */
@CommandLine.Command(name = "evaluate", description = "Evaluate a bundle on events: full ranking, with intervals.")
final class EvaluateCommand extends Command {
    private static final int RESAMPLES = 1_000;

    @CommandLine.Parameters(index = "0", paramLabel = "BUNDLE", description = "Directory of a bundle.")
    private Path bundle;

    @CommandLine.Parameters(index = "1", paramLabel = "EVENTS", description = "Imported events (Parquet).")
    private Path events;

    @CommandLine.Option(
            names = "--all",
            description = "Every event but the first is a target, else the last of a session.")
    private boolean all;

    @CommandLine.Option(names = "--exclude-seen", description = "Items of the session before the target don't compete.")
    private boolean excludeSeen;

    @CommandLine.Option(
            names = "-k",
            defaultValue = "20",
            description = "Places that count. Default: ${DEFAULT-VALUE}.")
    private int k;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    EvaluateCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        Checks.atLeastOne("-k", k);
        Checks.parquet(events);
        Bundle loaded = Bundle.load(bundle);
        SessionModel model = loaded.model();
        Path folder = Files.createTempDirectory("t4rec");
        try {
            Path sequences = folder.resolve("sequences.parquet");
            Checks.sequences(
                    events,
                    progress()
                            .during("Making sequences", () -> loaded.workflow().transform(events, sequences)));
            RankedCases cases;
            try (BatchLoader loader = BatchLoader.open(
                    List.of(sequences),
                    model.schema(),
                    LoaderConfig.evaluation(256, model.config().transformer().totalSeqLength()))) {
                cases = progress().during("Ranking", () -> new Evaluator(all, excludeSeen, 0).rank(model, loader));
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("cases", cases.ranks().length);
            for (RankingMetric metric : RankingMetric.values()) {
                Bootstrap.Interval interval =
                        Bootstrap.mean(metric.perCase(cases.ranks(), k), 0.95, RESAMPLES, new SplittableRandom(1));
                result.put(
                        metric.label(k),
                        isJson()
                                ? interval
                                : String.format(
                                        Locale.ROOT,
                                        "%.4f  (95 %%: %.4f to %.4f)",
                                        interval.mean(),
                                        interval.low(),
                                        interval.high()));
            }
            return result;
        } finally {
            AtomicFiles.deleteTree(folder);
        }
    }
}
