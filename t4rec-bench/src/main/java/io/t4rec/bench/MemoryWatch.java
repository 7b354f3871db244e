package io.t4rec.bench;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.EventImporter;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SyntheticShop;
import io.t4rec.data.Table;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.model.Bundle;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Resident memory over many training steps and many recommendations. Arguments: steps, recommendations. */
public final class MemoryWatch {
    private static final int POINTS = 10;
    private static final int MOST_EVENTS = 30;

    private MemoryWatch() {}

    public static void main(String[] args) throws IOException {
        long steps = Long.parseLong(args[0]);
        long calls = Long.parseLong(args[1]);
        Path folder = Files.createTempDirectory("memory");
        new SyntheticShop(20_000, 1_000, 1, 1).write(folder);
        Path events = folder.resolve("events.parquet");
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        Workflow workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of(), 20, false), events, schema);
        Path sequences = folder.resolve("sequences.parquet");
        workflow.transform(events, sequences);
        SessionModel model = SessionModel.create(ModelConfig.defaults(), workflow.outputSchema(), 1);
        train(model, workflow, sequences, steps);
        Bundle.write(folder.resolve("bundle"), model, workflow, Map.of());
        recommend(Recommender.load(folder.resolve("bundle")), events, calls);
    }

    private static void tell(String what, long count) {
        System.out.printf("%s %,d: %d MiB resident%n", what, count, Native.residentBytes() >> 20);
    }

    private static void train(SessionModel model, Workflow workflow, Path sequences, long steps) throws IOException {
        TrainingListener watch = new TrainingListener() {
            @Override
            public void onStep(Step step) {
                if (step.step() % Math.max(1, steps / POINTS) == 0) {
                    tell("step", step.step());
                }
            }
        };
        LoaderConfig loading = LoaderConfig.training(128, 20, 1);
        TrainingConfig training =
                TrainingConfig.defaults().edit().maxSteps(steps).build();
        try (BatchLoader loader = BatchLoader.open(List.of(sequences), workflow.outputSchema(), loading);
                Trainer trainer = new Trainer(model, training, loader, List.of(watch))) {
            trainer.run(null, null);
        }
    }

    private static void recommend(Recommender recommender, Path events, long calls) throws IOException {
        Table all;
        try (Database database = Database.open()) {
            all = database.query("select * from read_parquet(" + Database.literal(events.toString()) + ") limit 20000");
        }
        long[] items = all.longs(EventImporter.ITEM).values();
        SplittableRandom random = new SplittableRandom(1);
        RecommendOptions options = RecommendOptions.defaults();
        long start = System.nanoTime();
        for (long call = 1; call <= calls; call++) {
            int count = 1 + random.nextInt(MOST_EVENTS);
            long[] ids = new long[count];
            long[] times = new long[count];
            for (int i = 0; i < count; i++) {
                ids[i] = items[random.nextInt(items.length)];
                times[i] = i;
            }
            Map<String, Column> columns = new LinkedHashMap<>();
            columns.put(EventImporter.SESSION, Column.of(new long[count]));
            columns.put(EventImporter.ITEM, Column.of(ids));
            columns.put(EventImporter.TIME, Column.of(times));
            recommender.recommend(Table.of(columns), 20, options);
            if (call % Math.max(1, calls / POINTS) == 0) {
                tell("recommendation", call);
            }
        }
        System.out.printf("%.2f ms a recommendation%n", (System.nanoTime() - start) / 1e6 / calls);
    }
}
