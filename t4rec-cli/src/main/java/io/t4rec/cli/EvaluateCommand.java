package io.t4rec.cli;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.metrics.Bootstrap;
import io.t4rec.metrics.RankingMetric;
import io.t4rec.model.Bundle;
import io.t4rec.model.Exclusion;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.tensor.Device;
import io.t4rec.train.Evaluator;
import io.t4rec.train.RankedCases;
import io.t4rec.train.TaskEvaluator;
import io.t4rec.train.TaskScores;
import io.t4rec.train.TrainingConfig;
import io.t4rec.train.baseline.Baseline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Ranks targets of events among all items by a trained bundle. */
@CommandLine.Command(
        name = "evaluate",
        description = {
            "Evaluate a bundle on events.",
            "%nRanks the item that came next among all items, never a sample of them, and shows means with 95 %% bootstrap intervals. With the training events, popularity, Markov and VMIS-kNN stand beside the model, on the same cases.",
            "%nOf other tasks shows TASK/auc, TASK/log-loss and so on, with such intervals too; of targets with a value for each event, that of a session's last event. With the training events, the mean of their targets stands beside the model. NaN stands for what is not defined, as the AUC of labels that are all the same."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec evaluate run/bundle test/events.parquet --training train/events.parquet",
            "  t4rec evaluate run/bundle test/events.parquet --all --exclude seen -k 5,10,20 --json"
        })
final class EvaluateCommand extends Command {
    private static final int RESAMPLES = 1_000;
    private static final int BATCH = 256;

    @CommandLine.Parameters(
            index = "0",
            paramLabel = "BUNDLE",
            description = "Directory of a bundle, as train writes it: RUN/bundle.")
    private Path bundle;

    @CommandLine.Parameters(index = "1", paramLabel = "EVENTS", description = "Events, imported (Parquet).")
    private Path events;

    @CommandLine.Option(
            names = "--training",
            paramLabel = "EVENTS",
            description = "Events that the model was trained on, imported (Parquet), for the baselines. Default: none.")
    private @Nullable Path training;

    @CommandLine.Option(
            names = "--all",
            description =
                    "Predict every event of a session but the first; of tasks with a target for each event, judge all events. Default: the last event only.")
    private boolean all;

    @CommandLine.Option(
            names = "--exclude",
            defaultValue = "none",
            paramLabel = "ITEMS",
            description =
                    "Items of the session that don't compete: none, current (the last one seen) or seen (all of them). A target among them ranks last. Default: ${DEFAULT-VALUE}.")
    private String exclude;

    @CommandLine.Option(
            names = "-k",
            defaultValue = "20",
            split = ",",
            paramLabel = "K",
            description =
                    "How many places count: recall@K and so on; one number or several. Default: ${DEFAULT-VALUE}.")
    private List<Integer> places;

    @CommandLine.Option(
            names = "--device",
            defaultValue = "cpu",
            paramLabel = "DEVICE",
            description = "Where the model computes: cpu, cuda or cuda:N. Default: ${DEFAULT-VALUE}.")
    private String device;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    EvaluateCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        places.forEach(k -> Checks.atLeastOne("-k", k));
        Device where = TrainingConfig.requireDevice("--device", device);
        Checks.parquet(events);
        if (training != null) {
            Checks.parquet(training);
        }
        Bundle loaded = Bundle.load(bundle);
        loaded.model().to(where);
        Path folder = Files.createTempDirectory("t4rec");
        try {
            Path sequences = sequences(loaded, "Making sequences", events, folder.resolve("sequences.parquet"));
            Map<String, Object> result = new LinkedHashMap<>();
            SessionModel model = loaded.model();
            if (model.config().predictsNextItem()) {
                rank(loaded, sequences, folder, result);
            }
            if (!model.heads().isEmpty()) {
                score(model, sequences, training == null ? null : trained(loaded, folder), result);
            }
            return result;
        } finally {
            AtomicFiles.deleteTree(folder);
        }
    }

    /** The next item. */
    private void rank(Bundle loaded, Path sequences, Path folder, Map<String, Object> result) throws IOException {
        SessionModel model = loaded.model();
        Evaluator evaluator = new Evaluator(all, Exclusion.of(exclude), 0);
        RankedCases cases;
        try (BatchLoader loader = evaluation(sequences, model)) {
            cases = progress().during("Ranking", () -> evaluator.rank(model, loaded.ranker(), loader));
        }
        Checks.warnOfMisses(cases, err());
        result.put("cases", cases.ranks().length);
        put(result, "", cases);
        try (BatchLoader loader = evaluation(sequences, model)) {
            result.putAll(evaluator.discriminator(model, loader));
        }
        if (training != null) {
            Path known = trained(loaded, folder);
            for (Baseline baseline : TrainedBaselines.on(List.of(known), model.schema(), model.itemCount())) {
                try (BatchLoader loader = evaluation(sequences, model)) {
                    RankedCases ranked = progress()
                            .during(
                                    "Ranking by " + baseline.name(),
                                    () -> evaluator.rank(
                                            baseline,
                                            loader,
                                            model.schema().itemId().name(),
                                            model.config().head().firstItem()));
                    put(result, baseline.name() + " ", ranked);
                }
            }
        }
    }

    /** Tasks with a target. */
    private void score(SessionModel model, Path sequences, @Nullable Path known, Map<String, Object> result)
            throws IOException {
        TaskEvaluator evaluator = new TaskEvaluator(all, 0);
        TaskScores scores;
        try (BatchLoader loader = evaluation(sequences, model)) {
            scores = progress().during("Predicting", () -> evaluator.score(model, loader));
        }
        scores.cases().forEach((task, cases) -> result.put(task + "/cases", cases));
        put(result, "", scores);
        if (known != null) {
            try (BatchLoader before = evaluation(known, model);
                    BatchLoader loader = evaluation(sequences, model)) {
                TaskScores mean =
                        progress().during("Predicting the mean", () -> evaluator.constant(model, before, loader));
                put(result, TrainingRun.CONSTANT + " ", mean);
            }
        }
    }

    private void put(Map<String, Object> result, String prefix, TaskScores scores) {
        scores.intervals()
                .forEach((label, interval) -> result.put(prefix + label, isJson() ? interval : text(interval)));
    }

    /** The training sequences, made once. */
    private Path trained(Bundle bundle, Path folder) throws IOException {
        Path file = folder.resolve("train.parquet");
        return Files.exists(file)
                ? file
                : sequences(bundle, "Making training sequences", Objects.requireNonNull(training), file);
    }

    private Path sequences(Bundle bundle, String what, Path events, Path target) throws IOException {
        Checks.sequences(events, progress().during(what, () -> bundle.workflow().transform(events, target)));
        return target;
    }

    private static BatchLoader evaluation(Path sequences, SessionModel model) {
        return BatchLoader.open(List.of(sequences), model.schema(), LoaderConfig.evaluation(BATCH));
    }

    private void put(Map<String, Object> result, String prefix, RankedCases cases) {
        for (int k : places) {
            for (RankingMetric metric : RankingMetric.values()) {
                Bootstrap.Interval interval =
                        Bootstrap.mean(metric.perCase(cases.ranks(), k), 0.95, RESAMPLES, new SplittableRandom(1));
                result.put(prefix + metric.label(k), isJson() ? interval : text(interval));
            }
        }
    }

    private static String text(Bootstrap.Interval interval) {
        return String.format(
                Locale.ROOT, "%.4f  (95 %%: %.4f to %.4f)", interval.mean(), interval.low(), interval.high());
    }
}
