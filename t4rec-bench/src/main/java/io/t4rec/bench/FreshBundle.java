package io.t4rec.bench;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.model.Bundle;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** A model of any number of items with its workflow: untrained, since speed doesn't depend on the weights' values. */
public final class FreshBundle {
    private static final int EVENTS_A_SESSION = 20;

    private FreshBundle() {}

    /** Items have the raw ids 1 to {@code items}. */
    public static Bundle of(ModelConfig config, int items, long seed) throws IOException {
        Path folder = Files.createTempDirectory("bundle");
        Path events = folder.resolve("events.parquet");
        try (Database database = Database.open()) {
            database.writeParquet(
                    "select i // " + EVENTS_A_SESSION + " as session_id, i + 1 as item_id, i as \"time\" from range("
                            + items + ") r(i)",
                    events);
        }
        Schema schema = Schema.of(
                ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION_ID),
                ColumnSchema.scalar("item_id", DType.INT64).withTags(Tag.ITEM_ID),
                ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME));
        Workflow workflow =
                Workflow.fit(WorkflowConfig.sessions(schema, List.of(), EVENTS_A_SESSION, false), events, schema);
        return new Bundle(SessionModel.create(config, workflow.outputSchema(), seed), workflow, Map.of(), "untrained");
    }

    /** One session of items drawn evenly. */
    public static Table session(int events, int items, SplittableRandom random) {
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("session_id", Column.of(new long[events]));
        columns.put(
                "item_id",
                Column.of(LongStream.generate(() -> 1 + random.nextInt(items))
                        .limit(events)
                        .toArray()));
        columns.put("time", Column.of(LongStream.range(0, events).toArray()));
        return Table.of(columns);
    }
}
