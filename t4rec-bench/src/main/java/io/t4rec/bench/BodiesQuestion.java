package io.t4rec.bench;

import io.t4rec.model.ModelConfig;
import io.t4rec.model.Recommender;
import io.t4rec.model.SessionModel;
import io.t4rec.model.TransformerRegistry;
import io.t4rec.train.TrainingConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Speed and memory of all bodies with all tasks that they may be trained on. */
final class BodiesQuestion implements Question {
    private static final List<Integer> ITEMS = List.of(1_000, 40_000);
    private static final int WARM_UP = 3;
    private static final int STEPS = 12;
    private static final int EVALUATED = 8 * TrainQuestion.BATCH;
    private static final int RUNS = 3;
    private static final int CALLS = 500;

    private record Part(String type, String task, int items) {
        static List<Part> all() {
            List<Part> parts = new ArrayList<>();
            ITEMS.forEach(items -> TransformerRegistry.tasks()
                    .forEach((type, tasks) ->
                            tasks.stream().sorted().forEach(task -> parts.add(new Part(type, task, items)))));
            return parts;
        }

        String title() {
            return String.format(Locale.ROOT, "%s %s, %,d items", type, task, items);
        }
    }

    @Override
    public String name() {
        return "bodies";
    }

    @Override
    public String asks() {
        return "How fast are all bodies with each of their tasks, and how much memory do they take? Batches of 128 full sequences of 20"
                + " items drawn by Zipf's law, width 64, 4 heads, 2 layers, all else as T4RecConfig has it, tied exact softmax over all"
                + " items, Adam; medians of 12 steps, of 3 evaluations of 1,024 sequences with full ranking of the last item, and of 500"
                + " recommendations of 20 items from 20 raw events on one thread.";
    }

    @Override
    public String goal() {
        return "at 40,000 items at least 2 x the training throughput of Transformers4Rec with causal masking (GPT-2: 66 sequences/s),"
                + " 1.5 x with masked (XLNet: 238).";
    }

    @Override
    public List<String> parts() {
        return Part.all().stream().map(Part::title).toList();
    }

    @Override
    public Measured measure(String title, BenchSettings settings, Consumer<String> progress) throws IOException {
        Part part = Part.all().stream()
                .filter(candidate -> candidate.title().equals(title))
                .findFirst()
                .orElseThrow();
        ModelConfig config = Models.usual(part.type, part.task);
        double step =
                TrainQuestion.stepSeconds(config, part.items, WARM_UP, STEPS, TrainingConfig.defaults(), settings);
        SessionModel model = SessionModel.create(config, ZipfBatches.schema(part.items), settings.seed());
        long weights = model.parameterCount();
        double evaluation = EvaluateQuestion.seconds(model, part.items, EVALUATED, RUNS, settings, progress);
        model.release();
        Recommender recommender = new Recommender(FreshBundle.of(config, part.items, settings.seed()));
        double[] calls = RecommendQuestion.seconds(recommender, part.items, CALLS, settings.seed());
        return Measured.of(List.of(Row.of(part.type)
                .with("task", part.task)
                .with("items", part.items, 0)
                .with("weights", weights, 0)
                .with("training, sequences/s", TrainQuestion.BATCH / step, 0)
                .with("evaluation, sequences/s", EVALUATED / evaluation, 0)
                .with("a recommendation, ms", calls[CALLS / 2] * 1e3, 2)));
    }
}
