package io.t4rec.cli;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.ConfigException;
import io.t4rec.train.JsonLinesLog;
import io.t4rec.train.RankedCases;
import io.t4rec.train.TaskScores;
import io.t4rec.train.Trainer;
import io.t4rec.train.TrainingConfig;
import io.t4rec.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Trains a model on prepared sequences; with evaluation data, the epoch that they find best is kept. */
final class ModelFit {
    private static final int EVALUATION_BATCH = 256;
    private static final String LOG = "log.jsonl";
    private static final String CHECKPOINTS = "checkpoints";

    private final PreparedData data;
    private final Experiment experiment;
    private final EvaluationSettings evaluation;
    private final Path output;
    private final Progress progress;

    ModelFit(PreparedData data, Experiment experiment, EvaluationSettings evaluation, Path output, Progress progress) {
        this.data = data;
        this.experiment = experiment;
        this.evaluation = evaluation;
        this.output = output;
        this.progress = progress;
    }

    /**
     * A trained model, to be released by who asked for it.
     *
     * @param epochs of the whole run, those before a resumption included
     * @param steps batches of the whole run, were its last epoch whole
     * @param optimizerSteps steps of the optimiser of the whole run
     */
    record Fitted(SessionModel model, List<TrainingListener.Epoch> epochs, long steps, long optimizerSteps) {
        /** Whether the run came to its own end, by epochs, by steps or by patience, rather than being given up. */
        boolean isComplete(TrainingConfig training) {
            boolean patienceLost = training.patience() > 0 && epochs.size() - keptEpoch() >= training.patience();
            boolean allDone = training.maxSteps() > 0
                    ? optimizerSteps >= training.maxSteps()
                    : epochs.size() >= training.epochs();
            return patienceLost || allDone;
        }

        /** Number of the epoch whose weights are kept, from 1: the best one, or the last where none was chosen. */
        int keptEpoch() {
            return 1
                    + epochs.stream()
                            .filter(TrainingListener.Epoch::best)
                            .reduce((first, second) -> second)
                            .orElseGet(() -> epochs.get(epochs.size() - 1))
                            .epoch();
        }
    }

    /**
     * Refuses what would not go on with the run in a directory, before anything of it is touched.
     *
     * @param events statistics of the data
     * @throws io.t4rec.schema.ConfigException when that run was started with other settings or data
     */
    static void check(Path output, Experiment experiment, EvaluationSettings evaluation, PreparedData.Events events)
            throws IOException {
        RunSettings.check(output, experiment, noted(evaluation), events);
    }

    private static @Nullable EvaluationSettings noted(EvaluationSettings evaluation) {
        return evaluation.equals(EvaluationSettings.defaults()) ? null : evaluation;
    }

    Fitted run() throws IOException {
        return run(epochs -> false);
    }

    /**
     * Trains to the end.
     *
     * @param hopeless whether the epochs so far say that more of them are not worth their time
     * @return with a model to be released; where this fails, none is left
     */
    Fitted run(Predicate<List<TrainingListener.Epoch>> hopeless) throws IOException {
        int patience = experiment.training().patience();
        if (patience > 0 && !data.hasEvaluation()) {
            throw new ConfigException("training.patience: " + patience
                    + " (expected: 0 without evaluation data, since nothing tells which epochs are better)");
        }
        EvaluationSettings.check(
                "evaluation.decisive",
                evaluation.decisive(),
                evaluation.labels(experiment.model(), data.workflow().outputSchema()));
        RunSettings.begin(output, experiment, noted(evaluation), data.events(), RunSettings.Length.FREE);
        SessionModel model = PretrainedInputs.model(experiment, data.workflow());
        try {
            return train(model, hopeless);
        } catch (IOException | RuntimeException | Error e) {
            model.release();
            throw e;
        }
    }

    private Fitted train(SessionModel model, Predicate<List<TrainingListener.Epoch>> hopeless) throws IOException {
        LoaderConfig loading =
                experiment.training().loading(experiment.model().transformer().totalSeqLength());
        try (BatchLoader loader = BatchLoader.open(data.train(), data.workflow().outputSchema(), loading);
                JsonLinesLog log = new JsonLinesLog(log());
                Progress.Training shown = progress.training();
                Trainer trainer = new Trainer(model, experiment.training(), loader, List.of(log, shown))) {
            List<TrainingListener.Epoch> epochs = trainer.run(validation(model, hopeless), output.resolve(CHECKPOINTS));
            return new Fitted(model, epochs, (long) loader.batchesPerEpoch() * epochs.size(), trainer.steps());
        }
    }

    /** The losses of all steps, one a line. */
    Path log() {
        return output.resolve(LOG);
    }

    /** Where the run can be taken up again. */
    Path checkpoints() {
        return output.resolve(CHECKPOINTS);
    }

    private Trainer.@Nullable Validation validation(
            SessionModel model, Predicate<List<TrainingListener.Epoch>> hopeless) {
        return data.hasEvaluation()
                ? new Trainer.Validation(() -> metrics(model, data.evaluation()), evaluation.decisive(), hopeless)
                : null;
    }

    /** All metrics of a model on sequences, by label. */
    private Map<String, Double> metrics(SessionModel model, List<Path> sequences) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        if (model.config().predictsNextItem()) {
            metrics.putAll(rank(model, sequences).means(evaluation.ks()));
        }
        if (!model.heads().isEmpty()) {
            metrics.putAll(score(model, sequences).metrics());
        }
        metrics.putAll(discriminator(model, sequences));
        return metrics;
    }

    /** Predicts the targets of the tasks that have some. */
    TaskScores score(SessionModel model, List<Path> sequences) {
        try (BatchLoader loader = evaluation(sequences)) {
            return evaluation.taskEvaluator(experiment.training().threads()).score(model, loader);
        }
    }

    /** The same by what the targets of the training sequences are on average. */
    TaskScores constant(SessionModel model, List<Path> sequences) {
        try (BatchLoader training = evaluation(data.train());
                BatchLoader loader = evaluation(sequences)) {
            return evaluation.taskEvaluator(experiment.training().threads()).constant(model, training, loader);
        }
    }

    /** Ranks the targets of sequences. */
    RankedCases rank(SessionModel model, List<Path> sequences) {
        try (BatchLoader loader = evaluation(sequences)) {
            return evaluation.evaluator(experiment.training().threads()).rank(model, loader);
        }
    }

    /** How well the discriminator tells replaced items, by label; empty for tasks without one. */
    Map<String, Double> discriminator(SessionModel model, List<Path> sequences) {
        try (BatchLoader loader = evaluation(sequences)) {
            return evaluation.evaluator(experiment.training().threads()).discriminator(model, loader);
        }
    }

    BatchLoader evaluation(List<Path> sequences) {
        return BatchLoader.open(sequences, data.workflow().outputSchema(), LoaderConfig.evaluation(EVALUATION_BATCH));
    }
}
