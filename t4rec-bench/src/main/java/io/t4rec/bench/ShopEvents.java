package io.t4rec.bench;

import io.t4rec.data.Database;
import io.t4rec.data.SyntheticShop;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Events of an invented shop on disk.
 *
 * @param count how many there are
 */
record ShopEvents(Path folder, long count) {
    private static final int ITEMS = 40_000;
    /** Mean of the shop's sessions: at least 2 events, then one stops in five. */
    private static final int EVENTS_A_SESSION = 6;

    /** @param events about how many */
    static ShopEvents generate(long events, long seed, Consumer<String> progress) throws IOException {
        progress.accept(String.format(Locale.ROOT, "generating about %,d events", events));
        Path folder = Files.createTempDirectory("shop");
        new SyntheticShop(events / EVENTS_A_SESSION, ITEMS, seed, seed).write(folder);
        try (Database database = Database.open()) {
            return new ShopEvents(
                    folder,
                    database.number("select count(*) from read_parquet("
                            + Database.literal(folder.resolve("events.parquet").toString()) + ")"));
        }
    }

    Path file() {
        return folder.resolve("events.parquet");
    }

    Path target() {
        return folder.resolve("sequences").resolve("sequences.parquet"); // its schema comes beside it
    }

    /** Fits the usual workflow with category and price as side columns, and transforms the events. Seconds. */
    double seconds(String memoryLimit) throws IOException {
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        WorkflowConfig config = WorkflowConfig.sessions(schema, List.of("category", "price"), 20, false);
        long start = System.nanoTime();
        Workflow.fit(config, file(), schema, memoryLimit).transform(file(), target(), memoryLimit);
        return (System.nanoTime() - start) / 1e9;
    }

    /** The same by hand-written SQL. Seconds. */
    double handWrittenSeconds(String memoryLimit) {
        long start = System.nanoTime();
        HandWrittenWorkflow.run(file(), folder.resolve("by-hand.parquet"), memoryLimit);
        return (System.nanoTime() - start) / 1e9;
    }
}
