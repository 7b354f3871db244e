package io.t4rec.bench;

import io.t4rec.data.Database;
import io.t4rec.data.DatabaseSettings;
import io.t4rec.data.SyntheticShop;
import io.t4rec.etl.Categorify;
import io.t4rec.etl.Groupby;
import io.t4rec.etl.ListSlice;
import io.t4rec.etl.Normalize;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.etl.WorkflowEngine;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Events of an invented shop on disk, with a second number, {@code dwell}.
 *
 * @param count how many there are
 */
record ShopEvents(Path folder, long count) {
    static final List<String> CATEGORIES = List.of("item_id", "category", "device");
    static final List<String> NUMBERS = List.of("price", "dwell");
    private static final int ITEMS = 40_000;
    private static final int NEWEST = 20;
    /** Mean of the shop's sessions: at least 2 events, then one stops in five. */
    private static final int EVENTS_A_SESSION = 6;

    /** @param events about how many */
    static ShopEvents generate(long events, long seed, EventOrder order, Consumer<String> progress) throws IOException {
        progress.accept(String.format(Locale.ROOT, "generating about %,d events", events));
        Path folder = Files.createTempDirectory("shop");
        new SyntheticShop(events / EVENTS_A_SESSION, ITEMS, seed, seed).write(folder);
        Path shop = folder.resolve("events.parquet");
        ShopEvents generated = new ShopEvents(folder, 0);
        try (Database database = Database.open()) {
            database.writeParquet(
                    "select * exclude (file_row_number), file_row_number * 2654435761 % 10007 / 100 as dwell"
                            + " from read_parquet(" + Database.literal(shop.toString())
                            + ", file_row_number = true) order by " + order.sql,
                    generated.file());
            Files.delete(shop);
            return new ShopEvents(
                    folder,
                    database.number("select count(*) from read_parquet("
                            + Database.literal(generated.file().toString()) + ")"));
        }
    }

    Path file() {
        return folder.resolve("shop.parquet");
    }

    Path target() {
        return folder.resolve("sequences").resolve("sequences.parquet"); // its schema comes beside it
    }

    private Path byHand() {
        return folder.resolve("by-hand.parquet");
    }

    /** Ids for three columns, two numbers normalised, sessions as lists of their newest 20 events. */
    static WorkflowConfig workflow() {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        Stream.concat(CATEGORIES.stream(), NUMBERS.stream()).forEach(column -> lists.put(column, List.of("list")));
        return new WorkflowConfig(
                "session_id",
                "item_id",
                "time",
                List.of(
                        new Categorify(CATEGORIES, 0, 0, false),
                        new Normalize(NUMBERS),
                        new Groupby(lists),
                        new ListSlice(-NEWEST, null)));
    }

    /** Fits the workflow and transforms the events. Seconds. */
    double seconds(DatabaseSettings database) throws IOException {
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"))
                .plus(Schema.of(ColumnSchema.scalar("dwell", DType.FLOAT64)));
        long start = System.nanoTime();
        try (WorkflowEngine engine = WorkflowEngine.duckDb(database)) {
            engine.transform(engine.fit(workflow(), file(), schema), file(), target());
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** The same by hand-written SQL. Seconds. */
    double handWrittenSeconds(DatabaseSettings database) {
        long start = System.nanoTime();
        HandWrittenWorkflow.run(file(), byHand(), database);
        return (System.nanoTime() - start) / 1e9;
    }

    /**
     * Compares what both wrote, row by row.
     *
     * @return how many sessions they have, when these are the same in the same order, and numbers within 1e-9; otherwise an error tells
     */
    long requireEqualResults(DatabaseSettings database) {
        return SequenceComparison.requireEqual(target(), byHand(), CATEGORIES, NUMBERS, database);
    }
}
