package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticShopTest {
    private static final int ITEMS = 60;

    @TempDir
    Path folder;

    @Test
    void writesTheSameBytesForTheSameSeeds() throws IOException {
        Path one = written("one", new SyntheticShop(500, ITEMS, 1, 2));
        Path two = written("two", new SyntheticShop(500, ITEMS, 1, 2));
        Path otherSessions = written("three", new SyntheticShop(500, ITEMS, 1, 3));
        Path otherShop = written("four", new SyntheticShop(500, ITEMS, 2, 2));
        for (String file : List.of("events.parquet", "schema.pbtxt", "optimum.json")) {
            assertThat(one.resolve(file)).as(file).hasSameBinaryContentAs(two.resolve(file));
        }
        byte[] events = Files.readAllBytes(one.resolve("events.parquet"));
        assertThat(Files.readAllBytes(otherSessions.resolve("events.parquet"))).isNotEqualTo(events);
        assertThat(Files.readAllBytes(otherShop.resolve("events.parquet"))).isNotEqualTo(events);
        try (var files = Files.list(one)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("events.parquet", "schema.pbtxt", "optimum.json");
        }
    }

    @Test
    void writesAnEventTable() throws IOException {
        Path shop = written("shop", new SyntheticShop(2_000, ITEMS, 1, 2));
        assertThat(Schema.read(shop.resolve("schema.pbtxt")).names())
                .containsExactly("session_id", "item_id", "time", "category", "price", "device");
        try (Database database = Database.openInOrder()) {
            String events = "read_parquet("
                    + Database.literal(shop.resolve("events.parquet").toString()) + ")";
            Table sizes = database.query("select count(*) as n, min(item_id) as first, max(item_id) as last,"
                    + " count(distinct category) as categories, count(distinct item_id) as items from " + events
                    + " group by session_id order by session_id");
            assertThat(sizes.rowCount()).isEqualTo(2_000);
            assertThat(Arrays.stream(sizes.longs("n").values())).allMatch(n -> n >= 2 && n <= 40);
            assertThat(Arrays.stream(sizes.longs("first").values())).allMatch(item -> item >= 1);
            assertThat(Arrays.stream(sizes.longs("last").values())).allMatch(item -> item <= ITEMS);
            assertThat(database.number("select count(*) from (select time, lag(time) over (partition by session_id) as"
                            + " before from " + events + ") where time <= before"))
                    .isZero();
            assertThat(database.number("select count(*) from (select item_id from " + events
                            + " group by item_id having count(distinct category) > 1 or count(distinct price) > 1)"))
                    .isZero();
        }
    }

    /**
     * Plays by what half a million events tell about the shop, on other sessions of it: as good as knowing the shop, but for the
     * sampling error of the cases and the little that is lost where counts order nearly equal items wrongly.
     */
    @Test
    void hasMoreSessionsByDayThanByNight() throws IOException {
        new SyntheticShop(23_000, 50, 1, 1).write(folder); // more than a day
        try (Database database = Database.openInOrder()) {
            String first = "(select min(time) // 3600000000 % 24 as hour, min(time) as time from read_parquet("
                    + Database.literal(folder.resolve("events.parquet").toString()) + ") group by session_id)"
                    + " where time < 1767225600000000 + 86400000000";
            long day = database.number("select count(*) from " + first + " and hour >= 8 and hour < 22");
            long night = database.number("select count(*) from " + first + " and (hour < 8 or hour >= 22)");
            assertThat(day).isBetween(14 * 3600 / 3L - 3, 14 * 3600 / 3L);
            assertThat(night).isBetween(10 * 3600 / 7L - 2, 10 * 3600 / 7L + 2);
        }
    }

    @Test
    void statesTheRecallAndNdcgThatOptimalPlayReaches() throws IOException {
        Path past = written("past", new SyntheticShop(100_000, ITEMS, 5, 1));
        long[][] counts = new long[ITEMS + 1][ITEMS + 1];
        forEachPair(past, "true", (before, item) -> counts[before][item]++);
        int[][] ranks = new int[ITEMS + 1][ITEMS + 1];
        for (int before = 1; before <= ITEMS; before++) {
            long[] own = counts[before];
            List<Integer> best = IntStream.rangeClosed(1, ITEMS)
                    .boxed()
                    .sorted(Comparator.comparingLong(item -> -own[item]))
                    .toList();
            for (int i = 0; i < ITEMS; i++) {
                ranks[before][best.get(i)] = i + 1;
            }
        }

        int sessions = 40_000;
        Path held = folder.resolve("held");
        SyntheticShop.Optimum optimum = new SyntheticShop(sessions, ITEMS, 5, 2).write(held);
        double[] sums = new double[3];
        forEachPair(held, "is_last", (before, item) -> {
            int rank = ranks[before][item];
            sums[0]++;
            sums[1] += rank <= 20 ? 1 : 0;
            sums[2] += rank <= 20 ? Math.log(2) / Math.log(rank + 1) : 0;
        });
        assertThat(sums[0]).isEqualTo(sessions);
        // standard deviations: sqrt(p (1 - p) / n) of recall, at most half of 1 / sqrt(n) of NDCG
        double recallError = Math.sqrt(optimum.recallAt20() * (1 - optimum.recallAt20()) / sessions);
        assertThat(sums[1] / sessions).isCloseTo(optimum.recallAt20(), within(4 * recallError));
        assertThat(sums[2] / sessions).isCloseTo(optimum.ndcgAt20(), within(4 * 0.5 / Math.sqrt(sessions)));
        assertThat(optimum.recallAt20()).isBetween(0.85, 0.99);
        assertThat(ConfigFiles.readYaml(held.resolve("optimum.json"), SyntheticShop.Optimum.class, Map.of()))
                .isEqualTo(optimum);
    }

    @Test
    void refusesSizesOutOfRange() {
        assertThatThrownBy(() -> new SyntheticShop(0, 50, 1, 1)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new SyntheticShop(1, 49, 1, 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("items 49");
    }

    private Path written(String name, SyntheticShop shop) throws IOException {
        Path directory = folder.resolve(name);
        shop.write(directory);
        return directory;
    }

    @FunctionalInterface
    private interface PairReader {
        void read(int before, int item);
    }

    private static void forEachPair(Path shop, String condition, PairReader reader) {
        try (Database database = Database.openInOrder()) {
            database.forEach(
                    "select before, item_id from (select item_id, lag(item_id) over w as before, lead(item_id) over w is"
                            + " null as is_last from read_parquet("
                            + Database.literal(shop.resolve("events.parquet").toString())
                            + ") window w as (partition by session_id order by time)) where before is not null and "
                            + condition,
                    row -> reader.read(row.getInt(1), row.getInt(2)));
        }
    }
}
