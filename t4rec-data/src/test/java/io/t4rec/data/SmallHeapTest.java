package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs a process of its own whose heap is smaller than the data. */
class SmallHeapTest {
    private static final int SESSIONS = 150_000;
    private static final int ROWS = 100_000;
    private static final int LENGTH = 100;

    @TempDir
    Path folder;

    @Test
    void generatesAndLoadsMoreThanTheHeapHolds() throws IOException, InterruptedException {
        Path log = folder.resolve("log.txt");
        // 80 MB of item ids, about 0.9 million generated events
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SmallHeapTest.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS))
                    .as("ended in time")
                    .isTrue();
            assertThat(log).content().contains("rows " + ROWS + " events " + ROWS * LENGTH);
            assertThat(process.exitValue()).as("exit").isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    /** What the process does. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        new SyntheticShop(SESSIONS, 100, 1, 1).write(folder.resolve("shop"));
        Path file = folder.resolve("long.parquet");
        try (Database database = Database.openInOrder()) {
            database.execute("copy (select list_transform(range(" + LENGTH
                    + "), x -> (x * i) % 1000) as item_id from range(" + ROWS + ") t(i)) to "
                    + Database.literal(file.toString()) + " (format parquet, row_group_size 8192)");
        }
        Schema schema = Schema.of(ColumnSchema.ragged("item_id", DType.INT64).withTags(Tag.ITEM_ID));
        LoaderConfig config = new LoaderConfig(100, LENGTH, true, 1, 4_000, false, false);
        long rows = 0;
        long events = 0;
        try (BatchLoader loader = BatchLoader.open(List.of(file), schema, config)) {
            for (var epoch = loader.epoch(0); epoch.hasNext(); ) {
                SequenceBatch batch = epoch.next();
                rows += batch.rowCount();
                events += batch.longs("item_id").length;
            }
        }
        System.out.println("rows " + rows + " events " + events);
    }
}
