package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows are numbered: row r holds r as its user, and as every item. */
class BatchLoaderTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("user", DType.INT64),
            ColumnSchema.scalar("age", DType.FLOAT32).withTags(Tag.CONTINUOUS),
            ColumnSchema.ragged("item_id", DType.INT64).withTags(Tag.ITEM_ID));

    @TempDir
    Path folder;

    @Test
    void givesEveryRowOnceAnEpochWhateverTheSettings() {
        SplittableRandom random = new SplittableRandom(3);
        for (int trial = 0; trial < 15; trial++) {
            int rows = 1 + random.nextInt(60);
            int batch = 1 + random.nextInt(9);
            int window = batch + random.nextInt(40);
            LoaderConfig config =
                    new LoaderConfig(batch, 20, random.nextBoolean(), trial, window, random.nextBoolean(), false);
            for (BatchLoader loader : List.of(BatchLoader.of(memory(rows), config), open(file(rows), config))) {
                String what = "trial " + trial + ", seed 3: " + rows + " rows, " + config;
                List<SequenceBatch> batches = all(loader.epoch(1));
                assertThat(users(batches)).as(what).hasSize(rows).containsExactlyInAnyOrderElementsOf(range(rows));
                assertThat(batches).as(what).hasSize(loader.batchesPerEpoch());
                assertThat(batches.stream().filter(b -> b.rowCount() < batch))
                        .as(what + ": incomplete batches")
                        .hasSizeLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void streamsTheSameBatchesThatItCutsFromMemory() {
        LoaderConfig config = new LoaderConfig(4, 2, true, 7, 9, true, false);
        assertThat(contents(all(open(file(50), config).epoch(2))))
                .isEqualTo(contents(all(BatchLoader.of(memory(50), config).epoch(2))));
    }

    @Test
    void keepsColumnsTogetherAndTheNewestEvents() {
        LoaderConfig config = new LoaderConfig(5, 2, true, 7, 10, false, false);
        for (SequenceBatch batch : all(open(file(37), config).epoch(0))) {
            for (int row = 0; row < batch.rowCount(); row++) {
                long user = batch.rowLongs("user")[row];
                assertThat(batch.rowFloats("age")[row]).isEqualTo(user / 2f);
                long[] items =
                        Arrays.copyOfRange(batch.longs("item_id"), batch.offsets()[row], batch.offsets()[row + 1]);
                long[] whole = items(user);
                assertThat(items).isEqualTo(Arrays.copyOfRange(whole, Math.max(0, whole.length - 2), whole.length));
            }
        }
    }

    @Test
    void reversesAsManyRowsAsAskedForWithoutChangingTheirOrder() {
        SequenceBatch rows = numbered(2_000);
        LoaderConfig config = training(1);
        for (double reversal : new double[] {0, 0.3, 1}) {
            int reversed = 0;
            List<SequenceBatch> batches =
                    all(BatchLoader.of(rows, config.withReversal(reversal)).epoch(1));
            assertThat(users(batches))
                    .isEqualTo(users(all(BatchLoader.of(rows, config).epoch(1))));
            for (SequenceBatch batch : batches) {
                for (int row = 0; row < batch.rowCount(); row++) {
                    long user = batch.rowLongs("user")[row];
                    int start = batch.offsets()[row];
                    long[] items = Arrays.copyOfRange(batch.longs("item_id"), start, batch.offsets()[row + 1]);
                    boolean backwards = items[0] == user + 2;
                    assertThat(items)
                            .isEqualTo(
                                    backwards
                                            ? new long[] {user + 2, user + 1, user}
                                            : new long[] {user, user + 1, user + 2});
                    assertThat(batch.floats("price")[start]).isEqualTo(items[0] / 2f);
                    reversed += backwards ? 1 : 0;
                }
            }
            assertThat(reversed / 2_000.0).isCloseTo(reversal, Offset.offset(0.05));
        }
    }

    @Test
    void reversesOtherRowsInAnotherEpochAndTheSameWhereResumed() {
        SequenceBatch rows = numbered(40);
        BatchLoader loader = BatchLoader.of(rows, training(1).withReversal(0.5));
        assertThat(contents(all(loader.epoch(0)))).isEqualTo(contents(all(loader.epoch(0))));
        assertThat(firstItems(all(loader.epoch(0)))).isNotEqualTo(firstItems(all(loader.epoch(1))));
        List<SequenceBatch> whole = all(loader.epoch(0));
        assertThat(contents(all(loader.epoch(0, 3)))).isEqualTo(contents(whole.subList(3, whole.size())));
        assertThatThrownBy(() -> training(1).withReversal(1.5)).hasMessage("reversal: 1.5 (expected: 0 to 1)");
    }

    /** Row r holds the items r, r + 1 and r + 2, and half of each as its price. */
    private static SequenceBatch numbered(int rows) {
        long[] items = LongStream.range(0, 3L * rows).map(i -> i / 3 + i % 3).toArray();
        float[] prices = new float[items.length];
        for (int i = 0; i < prices.length; i++) {
            prices[i] = items[i] / 2f;
        }
        return new SequenceBatch(
                IntStream.rangeClosed(0, rows).map(row -> 3 * row).toArray(),
                Map.of("item_id", items),
                Map.of("price", prices),
                Map.of("user", LongStream.range(0, rows).toArray()),
                Map.of("age", new float[rows]));
    }

    private static Map<Long, Long> firstItems(List<SequenceBatch> batches) {
        Map<Long, Long> first = new TreeMap<>();
        for (SequenceBatch batch : batches) {
            for (int row = 0; row < batch.rowCount(); row++) {
                first.put(batch.rowLongs("user")[row], batch.longs("item_id")[batch.offsets()[row]]);
            }
        }
        return first;
    }

    @Test
    void shufflesBySeedAndEpochAlone() {
        Path file = file(40);
        List<Long> first = users(all(open(file, training(1)).epoch(0)));
        assertThat(users(all(open(file, training(1)).epoch(0)))).isEqualTo(first);
        assertThat(users(all(open(file, training(2)).epoch(0)))).isNotEqualTo(first);
        assertThat(users(all(open(file, training(1)).epoch(1)))).isNotEqualTo(first);
        assertThat(first).isNotEqualTo(range(40));
        LoaderConfig ordered = new LoaderConfig(4, 20, false, 1, 12, false, false);
        assertThat(users(all(open(file, ordered).epoch(0)))).isEqualTo(range(40));
    }

    @Test
    void givesEveryRowOnceOrLeavesOutAnIncompleteLastBatch() {
        SplittableRandom random = new SplittableRandom(5);
        for (int trial = 0; trial < 15; trial++) {
            int batch = 1 + random.nextInt(5);
            boolean dropLast = random.nextBoolean();
            int rows = batch + random.nextInt(50);
            int window = batch + random.nextInt(30);
            LoaderConfig config = new LoaderConfig(batch, 20, true, trial, window, false, dropLast);
            BatchLoader loader = open(file(rows), config);
            List<SequenceBatch> batches = all(loader.epoch(0));
            String what = "trial " + trial + ", seed 5: " + rows + " rows, " + config;
            assertThat(batches).as(what).hasSize(loader.batchesPerEpoch());
            assertThat(users(batches)).as(what).doesNotHaveDuplicates().hasSize(dropLast ? rows / batch * batch : rows);
        }
    }

    @Test
    void continuesAtAnyBatchAsIfItHadNotStopped() {
        LoaderConfig config = new LoaderConfig(3, 20, true, 11, 12, false, false);
        Path first = file(20);
        Path second = file(17);
        BatchLoader loader = BatchLoader.open(List.of(first, second), SCHEMA, config);
        List<List<Long>> whole = contents(all(loader.epoch(4)));
        for (int at = 0; at <= whole.size() + 1; at++) {
            assertThat(contents(all(loader.epoch(4, at))))
                    .as("from batch " + at)
                    .isEqualTo(whole.subList(Math.min(at, whole.size()), whole.size()));
        }
        BatchLoader memory = BatchLoader.of(memory(37), config);
        assertThat(contents(all(memory.epoch(4, 5))))
                .isEqualTo(contents(all(memory.epoch(4))).subList(5, memory.batchesPerEpoch()));
    }

    @Test
    void readsAFileLargerThanTheWindowInTheGivenOrderOfFiles() {
        LoaderConfig config = new LoaderConfig(3, 20, false, 0, 3, false, false);
        BatchLoader loader = BatchLoader.open(List.of(file(7), file(5)), SCHEMA, config);
        List<Long> expected = new ArrayList<>(range(7));
        expected.addAll(range(5));
        assertThat(users(all(loader.epoch(0)))).isEqualTo(expected);
    }

    @Test
    void tellsTheConsumerWhatFailedAhead() {
        Path file = parquet("select i as user, i / 2.0 as age, case when i = 25 then [1, null] else [i] end as item_id"
                + " from range(40) t(i)");
        LoaderConfig config = new LoaderConfig(2, 20, true, 1, 10, false, false);
        try (BatchLoader.Epoch epoch = open(file, config).epoch(0)) {
            for (int i = 0; i < 10; i++) {
                epoch.next();
            }
            for (int again = 0; again < 2; again++) {
                assertThatThrownBy(epoch::hasNext)
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining(file + ", row 26, column item_id: null");
            }
        }
    }

    @Test
    void stopsItsThreadWhenClosedOrAtTheEnd() throws InterruptedException {
        int before = loaderThreads();
        BatchLoader loader = open(file(200), new LoaderConfig(2, 20, true, 1, 4, false, false));
        BatchLoader.Epoch left = loader.epoch(0);
        left.next();
        assertThat(loaderThreads()).isEqualTo(before + 1);
        left.close();
        assertThat(loaderThreads()).isEqualTo(before);
        assertThat(left.hasNext()).isFalse();
        assertThatThrownBy(left::next).isInstanceOf(NoSuchElementException.class);

        loader.epoch(0).next();
        loader.epoch(1).next();
        loader.close();
        assertThat(loaderThreads()).isEqualTo(before);

        assertThat(all(loader.epoch(0))).hasSize(100);
        assertThat(loaderThreads()).isEqualTo(before);
    }

    @Test
    void givesEpochsSideBySide() {
        BatchLoader loader = open(file(30), new LoaderConfig(2, 20, false, 1, 4, false, false));
        Iterator<SequenceBatch> one = loader.epoch(0);
        Iterator<SequenceBatch> two = loader.epoch(0);
        while (one.hasNext()) {
            assertThat(one.next().rowLongs("user")).isEqualTo(two.next().rowLongs("user"));
        }
        assertThat(two.hasNext()).isFalse();
    }

    @Test
    void refusesWhatMakesNoBatch() {
        assertThatThrownBy(() -> open(file(0), training(1)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no row");
        assertThatThrownBy(() -> open(file(3), new LoaderConfig(4, 20, true, 1, 8, false, true)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("3 (expected: at least 4")
                .hasMessageContaining("dropLast");
        assertThatThrownBy(() -> new LoaderConfig(4, 20, true, 1, 3, false, true))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("shuffleWindow: 3 (expected: >= batchSize, 4)");
        BatchLoader loader = open(file(5), training(1));
        assertThatThrownBy(() -> loader.epoch(0, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("firstBatch: -1 (expected: >= 0)");
    }

    private static LoaderConfig training(long seed) {
        return new LoaderConfig(4, 20, true, seed, 12, false, false);
    }

    private static BatchLoader open(Path file, LoaderConfig config) {
        return BatchLoader.open(List.of(file), SCHEMA, config);
    }

    private static long[] items(long user) {
        long[] items = new long[(int) (user * 7 % 5)];
        for (int i = 0; i < items.length; i++) {
            items[i] = user + 1000L * i;
        }
        return items;
    }

    private static SequenceBatch memory(int rows) {
        long[][] sequences = new long[rows][];
        long[] users = new long[rows];
        float[] ages = new float[rows];
        for (int row = 0; row < rows; row++) {
            sequences[row] = items(row);
            users[row] = row;
            ages[row] = row / 2f;
        }
        SequenceBatch items = SequenceBatch.of("item_id", sequences);
        return new SequenceBatch(
                items.offsets(),
                Map.of("item_id", items.longs("item_id")),
                Map.of(),
                Map.of("user", users),
                Map.of("age", ages));
    }

    private Path file(int rows) {
        return parquet(
                "select i as user, i / 2.0 as age, list_transform(range(i * 7 % 5), x -> i + 1000 * x) as item_id"
                        + " from range(" + rows + ") t(i)");
    }

    private Path parquet(String query) {
        Path file = folder.resolve(UUID.randomUUID() + ".parquet");
        try (Database database = Database.openInOrder()) {
            database.execute("copy (" + query + ") to " + Database.literal(file.toString()) + " (format parquet)");
        }
        return file;
    }

    private static List<SequenceBatch> all(Iterator<SequenceBatch> batches) {
        List<SequenceBatch> all = new ArrayList<>();
        batches.forEachRemaining(all::add);
        return all;
    }

    private static List<Long> users(List<SequenceBatch> batches) {
        return batches.stream()
                .flatMap(batch -> Arrays.stream(batch.rowLongs("user")).boxed())
                .toList();
    }

    /** Users and items of each batch. */
    private static List<List<Long>> contents(List<SequenceBatch> batches) {
        return batches.stream()
                .map(batch -> LongStream.concat(
                                Arrays.stream(batch.rowLongs("user")), Arrays.stream(batch.longs("item_id")))
                        .boxed()
                        .toList())
                .toList();
    }

    private static List<Long> range(int rows) {
        return LongStream.range(0, rows).boxed().toList();
    }

    private static int loaderThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("batch-loader") && thread.isAlive())
                .count();
    }
}
