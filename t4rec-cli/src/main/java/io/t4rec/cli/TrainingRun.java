package io.t4rec.cli;

import io.t4rec.cli.report.HtmlReport;
import io.t4rec.cli.report.Section;
import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.etl.Vocabulary;
import io.t4rec.metrics.Bootstrap;
import io.t4rec.metrics.RankingMetric;
import io.t4rec.model.Bundle;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.config.ConfigFiles;
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
import io.t4rec.train.baseline.Markov;
import io.t4rec.train.baseline.Popularity;
import io.t4rec.train.baseline.VmisKnn;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** From prepared sequences to a bundle, with baselines beside the model and a report of it all. */
final class TrainingRun {
    private static final int K = 20;
    private static final int EVALUATION_BATCH = 256;
    private static final int RESAMPLES = 500;
    private static final int SAMPLES = 8;
    private static final int MAX_BASELINE_SESSIONS = 1_000_000;

    private final PreparedData data;
    private final Experiment experiment;
    private final Path output;
    private final @Nullable PrintWriter progress;
    private final String item;

    TrainingRun(PreparedData data, Experiment experiment, Path output, @Nullable PrintWriter progress) {
        this.data = data;
        this.experiment = experiment;
        this.output = output;
        this.progress = progress;
        this.item = data.workflow().outputSchema().itemId().name();
    }

    Map<String, Object> execute() throws IOException {
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
        try (BatchLoader loader =
                        BatchLoader.open(List.of(data.train()), data.workflow().outputSchema(), loading);
                JsonLinesLog log = new JsonLinesLog(output.resolve("log.jsonl"))) {
            List<TrainingListener> listeners = new ArrayList<>(List.of(log));
            if (progress != null) {
                listeners.add(new ProgressListener(progress));
            }
            try (Trainer trainer = new Trainer(model, experiment.training(), loader, listeners)) {
                epochs = trainer.run(validation(model, maxLength), output.resolve("checkpoints"));
            }
        }
        Map<String, RankedCases> cases = evaluate(model, maxLength);
        Map<String, Double> metrics =
                cases.containsKey("model") ? cases.get("model").means(K) : Map.of();
        Bundle.write(output.resolve("bundle"), model, data.workflow(), metrics);
        AtomicFiles.writeString(output.resolve("report.html"), report(model, epochs, cases, maxLength));
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
                ? new Trainer.Validation(
                        () -> Evaluator.lastItem()
                                .rank(model, evaluation(maxLength))
                                .means(K),
                        "ndcg@20")
                : null;
    }

    private BatchLoader evaluation(int maxLength) {
        return BatchLoader.open(
                List.of(data.evaluation()),
                data.workflow().outputSchema(),
                LoaderConfig.evaluation(EVALUATION_BATCH, maxLength));
    }

    /** The model and the baselines on the same cases. */
    private Map<String, RankedCases> evaluate(SessionModel model, int maxLength) {
        Map<String, RankedCases> cases = new LinkedHashMap<>();
        if (data.hasEvaluation()) {
            Evaluator evaluator = Evaluator.lastItem();
            cases.put("model", evaluator.rank(model, evaluation(maxLength)));
            long[][] sessions = trainingSessions(maxLength);
            long items = model.itemCount();
            for (Baseline baseline : List.of(
                    new Popularity(sessions, items),
                    new Markov(sessions, items),
                    new VmisKnn(sessions, items, 500, 100, true))) {
                cases.put(baseline.name(), evaluator.rank(baseline, evaluation(maxLength), item, Vocabulary.FIRST));
            }
        }
        return cases;
    }

    private long[][] trainingSessions(int maxLength) {
        LoaderConfig all =
                new LoaderConfig(MAX_BASELINE_SESSIONS, maxLength, false, 0, MAX_BASELINE_SESSIONS, false, false, 0, 1);
        try (BatchLoader loader =
                BatchLoader.open(List.of(data.train()), data.workflow().outputSchema(), all)) {
            SequenceBatch batch = loader.epoch(0).next();
            long[] values = batch.longs(item);
            long[][] sessions = new long[batch.rowCount()][];
            for (int row = 0; row < sessions.length; row++) {
                sessions[row] = Arrays.copyOfRange(values, batch.offsets()[row], batch.offsets()[row + 1]);
            }
            return sessions;
        }
    }

    private String report(
            SessionModel model, List<TrainingListener.Epoch> epochs, Map<String, RankedCases> cases, int maxLength) {
        List<Section> sections = new ArrayList<>();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("training sequences", String.valueOf(data.rows(data.train())));
        if (data.hasEvaluation()) {
            facts.put("evaluation sequences", String.valueOf(data.rows(data.evaluation())));
        }
        facts.put("items", String.valueOf(model.itemCount() - Vocabulary.FIRST));
        facts.put("weights", String.valueOf(model.parameterCount()));
        sections.add(new Section.Facts("Data and model", facts));
        sections.add(curves("Loss", epochs, "loss"));
        if (!cases.isEmpty()) {
            sections.add(curves("Validation", epochs, "recall@20", "ndcg@20"));
            sections.add(comparison(cases));
            sections.add(segments("By session length", cases, (c, i) -> lengthSegment(c.lengths()[i])));
            sections.add(segments("By item popularity", cases, (c, i) -> popularitySegment(c.targets()[i])));
            sections.add(samples(model, maxLength));
        }
        sections.add(new Section.Facts("Settings", Map.of("experiment", ConfigFiles.toJson(experiment))));
        return HtmlReport.render(
                "Training report",
                "Last item of each evaluation session, ranked among all items; seen items compete.",
                sections);
    }

    private static Section curves(String heading, List<TrainingListener.Epoch> epochs, String... names) {
        double[] x = epochs.stream().mapToDouble(epoch -> epoch.epoch() + 1.0).toArray();
        List<Section.Curve> curves = new ArrayList<>();
        for (String name : names) {
            double[] y = epochs.stream()
                    .mapToDouble(epoch ->
                            name.equals("loss") ? epoch.loss() : epoch.metrics().getOrDefault(name, Double.NaN))
                    .toArray();
            curves.add(new Section.Curve(name, x, y));
        }
        return new Section.Curves(heading, "epoch", curves);
    }

    private static Section comparison(Map<String, RankedCases> cases) {
        List<Section.Row> rows = new ArrayList<>();
        for (RankingMetric metric : List.of(RankingMetric.RECALL, RankingMetric.NDCG, RankingMetric.MRR)) {
            List<Section.Figure> figures = new ArrayList<>();
            for (RankedCases ranked : cases.values()) {
                Bootstrap.Interval interval =
                        Bootstrap.mean(metric.perCase(ranked.ranks(), K), 0.95, RESAMPLES, new SplittableRandom(1));
                figures.add(new Section.Figure(interval.mean(), interval.low(), interval.high()));
            }
            rows.add(new Section.Row(metric.label(K), figures));
        }
        return new Section.Comparison(
                "Against the baselines", "Mean with 95 % bootstrap interval.", List.copyOf(cases.keySet()), rows);
    }

    @FunctionalInterface
    private interface Segmenter {
        String segment(RankedCases cases, int index);
    }

    private static Section segments(String heading, Map<String, RankedCases> cases, Segmenter segmenter) {
        Map<String, Map<String, List<Integer>>> ranks = new LinkedHashMap<>();
        cases.forEach((name, ranked) -> {
            for (int i = 0; i < ranked.ranks().length; i++) {
                ranks.computeIfAbsent(segmenter.segment(ranked, i), key -> new LinkedHashMap<>())
                        .computeIfAbsent(name, key -> new ArrayList<>())
                        .add(ranked.ranks()[i]);
            }
        });
        List<Section.Row> rows = new ArrayList<>();
        ranks.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(segment -> {
            List<Section.Figure> figures = new ArrayList<>();
            for (String name : cases.keySet()) {
                int[] own = segment.getValue().getOrDefault(name, List.of()).stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
                figures.add(Section.Figure.of(Arrays.stream(RankingMetric.RECALL.perCase(own, K))
                        .average()
                        .orElse(Double.NaN)));
            }
            int count = segment.getValue().values().iterator().next().size();
            rows.add(new Section.Row(segment.getKey() + " (" + count + ")", figures));
        });
        return new Section.Comparison(
                heading, "Recall@20; number of cases in brackets.", List.copyOf(cases.keySet()), rows);
    }

    private static String lengthSegment(int length) {
        return length == 1
                ? "1 event"
                : length <= 3 ? "2 to 3 events" : length < 9 ? "4 to 8 events" : "9 and more events";
    }

    private String popularitySegment(long target) {
        if (target < Vocabulary.FIRST) {
            return "4 never trained";
        }
        long items = data.workflow().outputSchema().itemId().cardinality() - Vocabulary.FIRST;
        double place = (double) (target - Vocabulary.FIRST) / items;
        return place < 0.1 ? "1 top tenth of the items" : place < 0.5 ? "2 upper half" : "3 lower half";
    }

    private Section samples(SessionModel model, int maxLength) {
        Vocabulary vocabulary =
                data.workflow().vocabulary(data.workflow().config().item());
        SequenceBatch batch = evaluation(maxLength).epoch(0).next();
        List<Section.Sample> samples = new ArrayList<>();
        for (int row = 0; row < Math.min(SAMPLES, batch.rowCount()); row++) {
            long[] events = Arrays.copyOfRange(batch.longs(item), batch.offsets()[row], batch.offsets()[row + 1]);
            if (events.length < 2) {
                continue;
            }
            long[] before = Arrays.copyOf(events, events.length - 1);
            SequenceBatch one = batch.prefixes(new int[] {row}, new int[] {before.length});
            try (Scope scope = Scope.open();
                    Autograd off = Autograd.disabled()) {
                Tensor scores = model.scores(model.queries(one).select(0, 0));
                scores.narrow(0, 0, Vocabulary.FIRST).fillInPlace(Double.NEGATIVE_INFINITY);
                long[] top =
                        scores.topK(Math.min(10, scores.elements())).indices().toLongs();
                samples.add(new Section.Sample(
                        raw(vocabulary, before),
                        raw(vocabulary, events[events.length - 1]).get(0),
                        raw(vocabulary, top)));
            }
        }
        return new Section.Sessions("Sample sessions", samples);
    }

    private static List<String> raw(Vocabulary vocabulary, long... ids) {
        return Arrays.stream(ids)
                .mapToObj(id -> {
                    Object value = vocabulary.value(id);
                    return value == null ? "unknown" : value.toString();
                })
                .toList();
    }
}
