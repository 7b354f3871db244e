package io.t4rec.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.cli.report.Section;
import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.etl.Vocabulary;
import io.t4rec.model.Bundle;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.train.Evaluator;
import io.t4rec.train.JsonLinesLog;
import io.t4rec.train.RankedCases;
import io.t4rec.train.Trainer;
import io.t4rec.train.TrainingListener;
import io.t4rec.train.baseline.Baseline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From prepared sequences to a bundle, with baselines beside the model and a report of it all. */
final class TrainingRun {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Name of the model among the candidates. */
    static final String MODEL = "model";

    private static final int K = 20;
    private static final int EVALUATION_BATCH = 256;
    private static final int SAMPLES = 8;
    private static final int SAMPLE_ITEMS = 10;

    private final PreparedData data;
    private final Experiment experiment;
    private final Path output;
    private final Progress progress;
    private final String item;

    TrainingRun(PreparedData data, Experiment experiment, Path output, Progress progress) {
        this.data = data;
        this.experiment = experiment;
        this.output = output;
        this.progress = progress;
        this.item = data.workflow().outputSchema().itemId().name();
    }

    Map<String, Object> execute() throws IOException {
        RunSettings.begin(output, experiment, data.events());
        SessionModel model = SessionModel.create(
                experiment.model(),
                data.workflow().outputSchema(),
                experiment.training().seed());
        int maxLength = experiment.model().transformer().totalSeqLength();
        LoaderConfig loading = LoaderConfig.training(
                experiment.training().batchSize(),
                maxLength,
                experiment.training().seed());
        List<TrainingListener.Epoch> epochs;
        long stepsPerEpoch;
        Path logFile = output.resolve("log.jsonl");
        try (BatchLoader loader =
                        BatchLoader.open(List.of(data.train()), data.workflow().outputSchema(), loading);
                JsonLinesLog log = new JsonLinesLog(logFile);
                Progress.Training shown = progress.training()) {
            stepsPerEpoch = loader.batchesPerEpoch();
            try (Trainer trainer = new Trainer(model, experiment.training(), loader, List.of(log, shown))) {
                epochs = trainer.run(validation(model, maxLength), output.resolve("checkpoints"));
            }
        }
        Map<String, RankedCases> cases = evaluate(model, maxLength);
        Map<String, Double> metrics =
                cases.containsKey(MODEL) ? cases.get(MODEL).means(K) : Map.of();
        Bundle.write(output.resolve("bundle"), model, data.workflow(), metrics);
        RunReport report = new RunReport(
                data,
                experiment,
                LossCurve.read(logFile, stepsPerEpoch * epochs.size(), epochs.size()),
                epochs,
                cases,
                samples(model, maxLength),
                version(output.resolve("bundle")),
                model.parameterCount());
        String page = progress.during("Writing the report", report::html);
        AtomicFiles.writeString(output.resolve("report.html"), page);
        model.release();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("epochs", epochs.size());
        cases.forEach((name, ranked) -> {
            ranked.means(K).forEach((metric, value) -> result.put(name + " " + metric, value));
        });
        result.put("bundle", output.resolve("bundle").toString());
        result.put("report", output.resolve("report.html").toString());
        return result;
    }

    private Trainer.@Nullable Validation validation(SessionModel model, int maxLength) {
        return data.hasEvaluation()
                ? new Trainer.Validation(() -> rank(model, maxLength).means(K), "ndcg@20")
                : null;
    }

    private RankedCases rank(SessionModel model, int maxLength) {
        try (BatchLoader loader = evaluation(maxLength)) {
            return Evaluator.lastItem().rank(model, loader);
        }
    }

    private BatchLoader evaluation(int maxLength) {
        return BatchLoader.open(
                List.of(data.evaluation()),
                data.workflow().outputSchema(),
                LoaderConfig.evaluation(EVALUATION_BATCH, maxLength));
    }

    /** The model and the baselines on the same cases. */
    private Map<String, RankedCases> evaluate(SessionModel model, int maxLength) throws IOException {
        Map<String, RankedCases> cases = new LinkedHashMap<>();
        if (data.hasEvaluation()) {
            cases.put(MODEL, progress.during("Ranking by the model", () -> rank(model, maxLength)));
            for (Baseline baseline :
                    TrainedBaselines.on(data.train(), data.workflow().outputSchema(), maxLength, model.itemCount())) {
                try (BatchLoader loader = evaluation(maxLength)) {
                    cases.put(
                            baseline.name(),
                            progress.during(
                                    "Ranking by " + baseline.name(),
                                    () -> Evaluator.lastItem().rank(baseline, loader, item, Vocabulary.FIRST)));
                }
            }
        }
        return cases;
    }

    /** Random sessions of the evaluation data, with what the model would have recommended before the last event. */
    private List<Section.Sample> samples(SessionModel model, int maxLength) {
        if (!data.hasEvaluation()) {
            return List.of();
        }
        Vocabulary vocabulary =
                data.workflow().vocabulary(data.workflow().config().item());
        List<Section.Sample> samples = new ArrayList<>();
        LoaderConfig shuffled = LoaderConfig.training(
                EVALUATION_BATCH, maxLength, experiment.training().seed());
        try (BatchLoader loader =
                BatchLoader.open(List.of(data.evaluation()), data.workflow().outputSchema(), shuffled)) {
            SequenceBatch batch = loader.epoch(0).next();
            for (int row = 0; row < batch.rowCount() && samples.size() < SAMPLES; row++) {
                if (batch.length(row) >= 2) {
                    samples.add(sample(model, vocabulary, batch, row));
                }
            }
        }
        return samples;
    }

    private Section.Sample sample(SessionModel model, Vocabulary vocabulary, SequenceBatch batch, int row) {
        long[] events = Arrays.copyOfRange(batch.longs(item), batch.offsets()[row], batch.offsets()[row + 1]);
        long target = events[events.length - 1];
        SequenceBatch before = batch.prefixes(new int[] {row}, new int[] {events.length - 1});
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            Tensor scores = model.scores(model.queries(before).select(0, 0));
            scores.narrow(0, 0, Vocabulary.FIRST).fillInPlace(Double.NEGATIVE_INFINITY);
            int items = Math.toIntExact(scores.elements() - Vocabulary.FIRST);
            Tensor.TopK top = scores.topK(Math.min(SAMPLE_ITEMS, items));
            long[] ids = top.indices().toLongs();
            float[] values = top.values().toFloats();
            List<Section.Recommended> recommended = new ArrayList<>();
            for (int i = 0; i < ids.length; i++) {
                recommended.add(new Section.Recommended(raw(vocabulary, ids[i]), values[i], ids[i] == target));
            }
            return new Section.Sample(
                    Arrays.stream(events, 0, events.length - 1)
                            .mapToObj(id -> raw(vocabulary, id))
                            .toList(),
                    raw(vocabulary, target),
                    rank(scores.toFloats(), target),
                    recommended);
        }
    }

    private static int rank(float[] scores, long target) {
        if (target < Vocabulary.FIRST) {
            return 0;
        }
        int rank = 1;
        for (float score : scores) {
            rank += score > scores[(int) target] ? 1 : 0;
        }
        return rank;
    }

    /** The version that the bundle tells, without loading its weights a second time. */
    private static String version(Path bundle) throws IOException {
        return JSON.readTree(bundle.resolve("bundle.json").toFile())
                .path("version")
                .asText();
    }

    private static String raw(Vocabulary vocabulary, long id) {
        Object value = vocabulary.value(id);
        return value == null ? "unknown item" : value.toString();
    }
}
