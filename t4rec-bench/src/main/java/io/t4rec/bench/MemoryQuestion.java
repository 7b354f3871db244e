package io.t4rec.bench;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SyntheticShop;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.RecommendOptions;
import io.t4rec.model.Recommender;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Native;
import io.t4rec.train.Trainer;
import io.t4rec.train.TrainingConfig;
import io.t4rec.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Whether resident memory grows over a long run. */
final class MemoryQuestion implements Question {
    private static final String TRAINING = "training steps";
    private static final String RECOMMENDATIONS = "recommendations";
    private static final int ITEMS = 1_000;
    private static final int MOST_EVENTS = 30;

    /** Parts of the run after which memory is read. */
    private static final List<Integer> PERCENT = List.of(10, 25, 50, 100);

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String asks() {
        return "Does resident memory grow? An invented shop of 1,000 items, the default model, batches of 128; recommendations for"
                + " sessions of up to 30 events. 1,024 MiB are the Java heap, made resident at the start so that it can't hide growth.";
    }

    @Override
    public String goal() {
        return "no growth between a tenth of the run and its end.";
    }

    @Override
    public List<String> parts() {
        return List.of(TRAINING, RECOMMENDATIONS);
    }

    @Override
    public List<String> javaOptions(String part) {
        return List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");
    }

    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        int steps = settings.steps();
        return Measured.of(List.of(
                part.equals(TRAINING)
                        ? training(steps, settings, progress)
                        : recommendations(10 * steps, settings, progress)));
    }

    private static Row training(int steps, BenchSettings settings, Consumer<String> progress) throws IOException {
        Path folder = Files.createTempDirectory("memory");
        new SyntheticShop(20_000, ITEMS, settings.seed(), settings.seed()).write(folder);
        Path events = folder.resolve("events.parquet");
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        Workflow workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of(), 20, false), events, schema);
        Path sequences = folder.resolve("sequences.parquet");
        workflow.transform(events, sequences);
        SessionModel model = SessionModel.create(ModelConfig.defaults(), workflow.outputSchema(), settings.seed());
        Row row = row(TRAINING, steps);
        TrainingListener watch = new TrainingListener() {
            @Override
            public void onStep(Step step) {
                watch(row, step.step(), steps, progress);
            }
        };
        TrainingConfig training = TrainingConfig.defaults()
                .edit()
                .maxSteps(steps)
                .threads(settings.threads())
                .seed(settings.seed())
                .build();
        try (BatchLoader loader = BatchLoader.open(
                        List.of(sequences), workflow.outputSchema(), LoaderConfig.training(128, 20, settings.seed()));
                Trainer trainer = new Trainer(model, training, loader, List.of(watch))) {
            trainer.run(null, null);
        }
        return row;
    }

    private static Row recommendations(int calls, BenchSettings settings, Consumer<String> progress)
            throws IOException {
        Recommender recommender = new Recommender(FreshBundle.of(ModelConfig.defaults(), ITEMS, settings.seed()));
        SplittableRandom random = new SplittableRandom(settings.seed());
        Row row = row(RECOMMENDATIONS, calls);
        for (int call = 1; call <= calls; call++) {
            recommender.recommend(
                    FreshBundle.session(1 + random.nextInt(MOST_EVENTS), ITEMS, random),
                    20,
                    RecommendOptions.defaults());
            watch(row, call, calls, progress);
        }
        return row;
    }

    private static Row row(String what, int count) {
        return Row.of(String.format(Locale.ROOT, "%,d %s", count, what));
    }

    private static void watch(Row row, long done, long all, Consumer<String> progress) {
        for (int percent : PERCENT) {
            if (done == all * percent / 100) {
                long mebibytes = Native.residentBytes() >> 20;
                progress.accept(percent + " %: " + mebibytes + " MiB");
                row.with("MiB at " + percent + " %", mebibytes, 0);
            }
        }
    }
}
