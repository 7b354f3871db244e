package io.t4rec.serve;

import io.t4rec.data.Database;
import io.t4rec.data.SyntheticShop;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.model.Bundle;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.model.TransformerSettings;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.task.BinaryTask;
import io.t4rec.model.task.HeadTasks;
import io.t4rec.model.task.MultiClassTask;
import io.t4rec.model.task.NextItemTask;
import io.t4rec.model.task.RegressionTask;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Small bundles of untrained models to serve: items 0 to 59, fitted on 300 sessions. */
final class TestShop {
    private TestShop() {}

    /** Events with integer ids, no other columns but time. */
    static Path bundle(Path folder, long seed) throws IOException {
        return bundle(folder, folder.resolve("bundle"), List.of(), seed);
    }

    /**
     * Writes a bundle, over the one that is there.
     *
     * @param sideColumns of category (INT64), price (FLOAT64), device (text)
     */
    static Path bundle(Path folder, Path bundle, List<String> sideColumns, long seed) throws IOException {
        new SyntheticShop(300, 60, 1, 1).write(folder);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        return write(folder.resolve("events.parquet"), schema, bundle, sideColumns, seed);
    }

    /** A bundle whose sessions have a device (text) and a price (FLOAT64) of their own. */
    static Path contextBundle(Path folder) throws IOException {
        new SyntheticShop(300, 60, 1, 1).write(folder);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        WorkflowConfig workflow =
                WorkflowConfig.sessions(schema, List.of("category"), List.of("device", "price"), 20, false, 0, false);
        return write(folder.resolve("events.parquet"), schema, folder.resolve("context"), workflow, config(), 1);
    }

    /**
     * A bundle that predicts the price of each event (a number), whether it is 50 or more (yes or no) and the device of a session (a class).
     *
     * @param nextItem whether it predicts the next item too
     */
    static Path taskBundle(Path folder, boolean nextItem) throws IOException {
        new SyntheticShop(300, 60, 1, 1).write(folder);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        WorkflowConfig workflow = WorkflowConfig.sessions(schema, List.of("category"), 20, false)
                .withTargets(schema, Map.of("price", "regression"), Map.of("device", "multi-class-classification"));
        BinaryTask dear = new BinaryTask("dear", "price", null, null, 0.0, 1.0, 1.0, 50.0);
        RegressionTask price = RegressionTask.of("price");
        MultiClassTask device = MultiClassTask.of("device");
        ModelConfig model = nextItem
                ? config().withHeads(HeadTasks.of(new NextItemTask(1.0), dear, price, device))
                : config().withHeads(HeadTasks.of(dear, price, device));
        return write(folder.resolve("events.parquet"), schema, folder.resolve("tasks-" + nextItem), workflow, model, 1);
    }

    /** Item ids are text: item-7. */
    static Path textBundle(Path folder) throws IOException {
        new SyntheticShop(300, 60, 1, 1).write(folder);
        Path events = folder.resolve("text.parquet");
        try (Database database = Database.open()) {
            database.execute("copy (select * replace ('item-' || item_id as item_id) from "
                    + Database.literal(folder.resolve("events.parquet").toString()) + ") to "
                    + Database.literal(events.toString()) + " (format parquet)");
        }
        List<ColumnSchema> columns = Schema.read(folder.resolve("schema.pbtxt")).columns().stream()
                .map(column -> column.name().equals("item_id") ? column.withDType(DType.STRING) : column)
                .toList();
        return write(events, Schema.of(columns), folder.resolve("text"), List.of(), 1);
    }

    /**
     * Two layers whose weights are most of the file and of the work: a kilobyte for each unit of width.
     *
     * @param width of the feed-forward parts
     */
    static Path wideBundle(Path folder, int width) throws IOException {
        new SyntheticShop(300, 60, 1, 1).write(folder);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        ModelConfig small = config();
        TransformerSettings body = new TransformerSettings("gpt2", 64, 1, 2, 20, "relu", 0.02, 1e-5, 0.2, width);
        ModelConfig wide = new ModelConfig(small.input(), small.masking(), body, small.head());
        return write(folder.resolve("events.parquet"), schema, folder.resolve("wide"), List.of(), wide, 1);
    }

    private static Path write(Path events, Schema schema, Path bundle, List<String> sideColumns, long seed)
            throws IOException {
        return write(events, schema, bundle, sideColumns, config(), seed);
    }

    private static Path write(
            Path events, Schema schema, Path bundle, List<String> sideColumns, ModelConfig config, long seed)
            throws IOException {
        return write(events, schema, bundle, WorkflowConfig.sessions(schema, sideColumns, 20, false), config, seed);
    }

    private static Path write(
            Path events, Schema schema, Path bundle, WorkflowConfig operators, ModelConfig config, long seed)
            throws IOException {
        Workflow workflow = Workflow.fit(operators, events, schema);
        SessionModel model = SessionModel.create(config, workflow.outputSchema(), seed);
        try {
            Bundle.write(bundle, model, workflow, Map.of());
        } finally {
            model.release();
        }
        return bundle;
    }

    /** The defaults, for any number of columns. */
    private static ModelConfig config() {
        ModelConfig base = ModelConfig.defaults();
        InputConfig input = base.input();
        InputConfig projected = new InputConfig(
                input.itemDim(),
                input.embeddingDims(),
                input.embeddingMultiplier(),
                input.embeddingDeviation(),
                input.continuousProjection(),
                input.aggregation(),
                true,
                input.layerNorm(),
                input.dropout(),
                input.swapNoise());
        return new ModelConfig(projected, base.masking(), base.transformer(), base.head());
    }
}
