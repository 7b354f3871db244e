package io.t4rec.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.model.ModelConfig;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.train.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that it takes to come from files of events to measured figures: an {@linkplain Experiment experiment} with its data, its
 * protocol, its seeds and the figures to compare with. What a file leaves out keeps its default, but for the split.
 *
 * @param title one line: what is measured
 * @param source where the events come from
 * @param split what is trained on, chosen by and tested
 * @param data how events become sequences; {@code maxLength} is also the longest history that counts as seen
 * @param model the model; {@code totalSeqLength} is the longest part of a history that it sees, the target included
 * @param training how it is trained
 * @param evaluation how it is judged
 * @param seeds one run each; default none: that of {@code training.seed}
 * @param target figures to compare with by metric: published ones, or those of a simpler model
 * @param expected what measured figures are expected to be, by metric
 * @param measuredOn what the test part holds that target and expected are figures of, so that those of another are not compared with them;
 *     default null: they are of any
 */
record Recipe(
        String title,
        SourceSettings source,
        @Nullable SplitSettings split,
        DataSettings data,
        ModelConfig model,
        TrainingConfig training,
        EvaluationSettings evaluation,
        List<Long> seeds,
        Map<String, Double> target,
        Map<String, Interval> expected,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MeasuredOn measuredOn) {
    /** Numbers that a test part is known by: events, sessions (or users) and different items. */
    record MeasuredOn(long events, long sessions, long items) {
        /** @throws ConfigException for a part that nothing could be measured on */
        MeasuredOn {
            if (events < 1 || sessions < 1 || items < 1) {
                throw new ConfigException("measuredOn: events " + events + ", sessions " + sessions + ", items " + items
                        + " (expected: each >= 1)");
            }
        }

        static MeasuredOn of(EventStatistics test) {
            return new MeasuredOn(test.events(), test.sessions(), test.items());
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,d events, %,d sessions and %,d items", events, sessions, items);
        }
    }

    /**
     * Bounds of a figure, both included.
     *
     * @param low 0 or more
     * @param high at least {@code low}
     */
    record Interval(double low, double high) {
        /** @throws ConfigException for bounds in the wrong order */
        Interval {
            if (!(low >= 0 && low <= high)) {
                throw new ConfigException("expected: low " + low + ", high " + high + " (expected: 0 <= low <= high)");
            }
        }

        String verdict(double value) {
            return value < low ? "below" : value > high ? "above" : "inside";
        }
    }

    /** @throws ConfigException for parts that don't fit together */
    Recipe {
        seeds = List.copyOf(seeds);
        target = new LinkedHashMap<>(target);
        expected = new LinkedHashMap<>(expected);
        if (seeds.stream().distinct().count() < seeds.size()) {
            throw new ConfigException("seeds: " + seeds + " (expected: each once)");
        }
        target.forEach((label, figure) -> {
            if (!(figure > 0 && Double.isFinite(figure))) {
                throw new ConfigException("target." + label + ": " + figure + " (expected: > 0)");
            }
        });
        List<String> measured = evaluation.labels();
        // those of tasks are known when the columns are
        target.keySet().stream()
                .filter(label -> !TaskMetric.isOfTask(label))
                .forEach(label -> EvaluationSettings.check("target", label, measured));
        expected.keySet().stream()
                .filter(label -> !TaskMetric.isOfTask(label))
                .forEach(label -> EvaluationSettings.check("expected", label, measured));
        if (split != null) {
            check(split, evaluation, training);
        }
    }

    private static void check(SplitSettings split, EvaluationSettings evaluation, TrainingConfig training) {
        if (evaluation.allPositions() && split.by().equals(SplitSettings.LEAVE_ONE_OUT)) {
            throw new ConfigException(
                    "evaluation.allPositions: true (expected: false, since split.by is leave-one-out and"
                            + " the events before the last are trained on)");
        }
        if (split.trainOnRest() && (evaluation.validationSample() == 0 || !split.hasValidation())) {
            throw new ConfigException("split.trainOnRest: true (expected: false, since evaluation.validationSample is "
                    + evaluation.validationSample() + " and split.validation " + split.validation()
                    + ", so no session of a validation part is left over)");
        }
        boolean chooses = split.hasValidation() && !split.isFit(SplitSettings.FULL);
        if (!chooses && training.patience() > 0) {
            throw new ConfigException("training.patience: " + training.patience()
                    + " (expected: 0, since nothing is left to choose the epoch by; split.fit is " + split.fit()
                    + ", split.validation " + split.validation() + ")");
        }
        if (split.isFit(SplitSettings.REFIT) && training.maxSteps() > 0) {
            throw new ConfigException("training.maxSteps: " + training.maxSteps()
                    + " (expected: 0, since split.fit: refit counts epochs)");
        }
    }

    static Recipe defaults() {
        Experiment experiment = Experiment.defaults();
        return new Recipe(
                "",
                SourceSettings.defaults(),
                null,
                experiment.data(),
                experiment.model(),
                experiment.training(),
                EvaluationSettings.defaults(),
                List.of(),
                Map.of(),
                Map.of(),
                null);
    }

    /** @throws ConfigException for an absent file, unknown keys, values that are refused, a recipe without split */
    static Recipe read(Path file, Map<String, String> overrides) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ConfigException("recipe: " + file + " (expected: an existing YAML file)");
        }
        Recipe recipe = ConfigFiles.readYamlOver(defaults(), file, overrides);
        if (recipe.split == null) {
            throw new ConfigException(file + ": missing key split (expected: split.by and the files)");
        }
        return recipe;
    }

    /** The split, which every recipe that was read has. */
    SplitSettings parts() {
        if (split == null) {
            throw new IllegalStateException("split: absent (expected: a recipe that was read)");
        }
        return split;
    }

    /** @throws ConfigException for a metric that is not measured of sequences with this schema */
    void checkMetrics(Schema sequences) {
        List<String> measured = evaluation.labels(model, sequences);
        target.keySet().forEach(label -> EvaluationSettings.check("target", label, measured));
        expected.keySet().forEach(label -> EvaluationSettings.check("expected", label, measured));
    }

    /** Seeds of the runs. */
    List<Long> runs() {
        return seeds.isEmpty() ? List.of(training.seed()) : seeds;
    }

    /** The part of one run that is an experiment. */
    Experiment experiment(long seed) {
        return new Experiment(data, model, training.edit().seed(seed).build());
    }

    Recipe withSeeds(List<Long> others) {
        return new Recipe(
                title, source, split, data, model, training, evaluation, others, target, expected, measuredOn);
    }

    Recipe withSource(SourceSettings other) {
        return new Recipe(title, other, split, data, model, training, evaluation, seeds, target, expected, measuredOn);
    }

    Recipe withSplit(SplitSettings other) {
        return new Recipe(title, source, other, data, model, training, evaluation, seeds, target, expected, measuredOn);
    }

    /** Whether target and expected are figures of a test part like this. */
    boolean isMeasuredOn(EventStatistics test) {
        return measuredOn == null || measuredOn.equals(MeasuredOn.of(test));
    }

    /** For other settings, of which other figures are to be expected. */
    Recipe withoutExpected() {
        return new Recipe(title, source, split, data, model, training, evaluation, seeds, target, Map.of(), measuredOn);
    }

    Recipe withTraining(TrainingConfig other) {
        return new Recipe(title, source, split, data, model, other, evaluation, seeds, target, expected, measuredOn);
    }
}
