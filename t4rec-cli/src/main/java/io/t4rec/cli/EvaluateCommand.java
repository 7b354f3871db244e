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
@CommandLine.Command(
        name = "evaluate",
        description = {
            "Evaluate a bundle on events.",
            "%nRanks the item that came next among all items, never a sample of them, and shows means with 95 %% bootstrap intervals."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec evaluate run/bundle test/events.parquet",
            "  t4rec evaluate run/bundle test/events.parquet --all --exclude-seen -k 10 --json"
        })
final class EvaluateCommand extends Command {
    private static final int RESAMPLES = 1_000;

    @CommandLine.Parameters(
            index = "0",
            paramLabel = "BUNDLE",
            description = "Directory of a bundle, as train writes it: RUN/bundle.")
    private Path bundle;

    @CommandLine.Parameters(index = "1", paramLabel = "EVENTS", description = "Events, imported (Parquet).")
    private Path events;

    @CommandLine.Option(
            names = "--all",
            description = "Predict every event of a session but the first. Default: the last event only.")
    private boolean all;

    @CommandLine.Option(
            names = "--exclude-seen",
            description = "Items that the session saw before don't compete. Default: they do.")
    private boolean excludeSeen;

    @CommandLine.Option(
            names = "-k",
            defaultValue = "20",
            paramLabel = "K",
            description = "How many places count: recall@K and so on. Default: ${DEFAULT-VALUE}.")
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
                cases = progress()
                        .during(
                                "Ranking",
                                () -> new Evaluator(all, excludeSeen, 0).rank(model, loaded.ranker(), loader));
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
