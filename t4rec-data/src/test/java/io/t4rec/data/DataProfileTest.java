package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.DataProfile.ColumnProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataProfileTest {
    @TempDir
    Path folder;

    private String file(String name, String query) {
        Path file = folder.resolve(name);
        try (Database database = Database.openInOrder()) {
            database.execute("copy (" + query + ") to " + Database.literal(file.toString()));
        }
        return file.toString();
    }

    private static DataProfile profile(String... locations) {
        return profile(Long.MAX_VALUE, locations);
    }

    private static DataProfile profile(long most, String... locations) {
        List<DataSource> sources = Stream.of(locations).map(DataSource::of).toList();
        return DataProfile.of(sources, null, DataProfile.Roles.of(null), most, DatabaseSettings.defaults());
    }

    private static ColumnProfile column(DataProfile profile, String name) {
        ColumnProfile column = profile.columns().get(name);
        assertThat(column).as(name).isNotNull();
        return column;
    }

    private static Histogram histogram(DataProfile profile, String name) {
        Histogram histogram = column(profile, name).histogram();
        assertThat(histogram).as(name).isNotNull();
        return histogram;
    }

    @Test
    void countsSessionsByLength() {
        String events = file(
                "a.parquet", "select * from (values (1, 5), (1, 6), (2, 5), (3, 7), (3, 7)) t(session_id, item_id)");
        DataProfile.DataSet set = profile(events).sets().get(0);
        assertThat(set.lengths()).isEqualTo(Map.of(1, 1L, 2, 2L));
        assertThat(column(profile(events), "session_id").histogram()).isNull();
    }

    @Test
    void profilesNumbersWhoseDifferenceIsNone() {
        String file = file("large.parquet", "select (i - 10) * 1.7e307::double as x from range(21) t(i)");
        Histogram histogram = histogram(profile(file, file), "x");
        assertThat(histogram.bins()).hasSize(16);
        assertThat(histogram.shares().get(0).stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void sharesAddUpToOneInBinsThatBothSetsHave() {
        String first = file(
                "a.parquet",
                "select case when i % 10 = 0 then null else i end as number, 'v' || (i % 30) as text,"
                        + " timestamp '2026-01-01' + interval (i) minute as time, i % 3 as few, i % 50 as item_id"
                        + " from range(10000) t(i)");
        String second = file(
                "b.parquet",
                "select i * 2 as number, 'v' || (i % 40) as text, timestamp '2026-02-01' + interval (i) minute as time,"
                        + " 2 + i % 3 as few, 'x' as own, i % 50 as item_id from range(500) t(i)");
        DataProfile both = profile(first, second);
        for (String name : List.of("number", "text", "time", "few", "own", "item_id")) {
            Histogram histogram = histogram(both, name);
            for (int set = 0; set < 2; set++) {
                List<Double> shares = histogram.shares().get(set);
                assertThat(shares).as(name).hasSameSizeAs(histogram.bins());
                double sum = shares.stream().mapToDouble(Double::doubleValue).sum()
                        + histogram.others().get(set);
                assertThat(sum).as(name).isCloseTo(set == 0 && name.equals("own") ? 0 : 1, within(1e-9));
            }
        }
        assertThat(histogram(both, "number").bins()).hasSize(17).endsWith("null");
        assertThat(histogram(both, "few").bins()).containsExactly("0", "1", "2", "3", "4");
        assertThat(histogram(both, "few").shares().get(1).subList(0, 2)).containsExactly(0.0, 0.0);
        assertThat(histogram(both, "time").bins().get(0)).startsWith("2026-01-0");
        assertThat(histogram(both, "text").bins()).hasSize(10).contains("v0");
        assertThat(histogram(both, "item_id").bins()).as("ids are names").hasSize(10);
        assertThat(column(both, "item_id").drift().distance()).isLessThan(1e-9);
        assertThat(column(both, "item_id").summaries().get(0).numbers()).isEmpty();
        assertThat(column(both, "own").drift()).isNull();
        assertThat(column(both, "own").summaries().get(0)).isNull();
    }

    @Test
    void driftOfManyValuesIsSeenBesideWhatChanceAloneGives() {
        String query = "select cast(floor(1000 * pow(random(), 2)) as integer)::varchar as item from range(%d)";
        String first = file("a.parquet", query.formatted(20_000));
        String second = file("b.parquet", query.formatted(1_000));
        String other = file("c.parquet", query.formatted(1_000).replace("floor(", "400 + floor("));
        ColumnDrift same = column(profile(first, second), "item").drift();
        ColumnDrift moved = column(profile(first, other), "item").drift();
        assertThat(same).isNotNull();
        assertThat(same.distance()).isGreaterThan(0.15).isCloseTo(same.byChance(), within(0.05));
        assertThat(same.exceedsChance()).isFalse();
        assertThat(moved).isNotNull();
        assertThat(moved.exceedsChance()).isTrue();
    }

    @Test
    void looksAtWholeSessionsOfLargeSets() {
        String events = file("a.parquet", "select i // 4 as session_id, i % 7 as item_id from range(40000) t(i)");
        DataProfile.DataSet set = profile(4_000, events).sets().get(0);
        assertThat(set.rows()).isEqualTo(40_000);
        assertThat(set.profiled()).isBetween(3_000L, 5_000L);
        assertThat(set.lengths()).containsOnlyKeys(4);
    }

    @Test
    void copesWithColumnsThatHoldNothingOrOddNumbers() throws IOException {
        String events = file(
                "a.parquet",
                "select null::integer as nothing, []::integer[] as empty, 5.0::double as same, case when i = 3 then"
                        + " 'nan'::double when i = 4 then 'inf'::double else i end as odd, {'a': i} as nested"
                        + " from range(100) t(i)");
        DataProfile profile = profile(events, events);
        assertThat(profile.columns()).containsKeys("nothing", "empty", "same", "odd", "nested");
        assertThat(histogram(profile, "odd").others().get(0)).as("not finite").isCloseTo(0.02, within(1e-9));
        assertThat(column(profile, "empty").drift()).isNull();
        Files.writeString(folder.resolve("none.csv"), "a,b\n");
        assertThat(profile(folder + "/none.csv").sets().get(0).rows()).isZero();
    }

    @Test
    void takesWholeNumbersOfTheTimeColumnForTimes() {
        String events = file("a.parquet", "select 1767225600000000 + i * 1000000 as time from range(1000) t(i)");
        DataProfile profile = profile(events);
        assertThat(histogram(profile, "time").bins()).hasSize(16).allMatch(bin -> bin.matches("00:\\d\\d:\\d\\dZ"));
        DataSummary.ColumnSummary time = column(profile, "time").summaries().get(0);
        assertThat(time).isNotNull();
        assertThat(time.times()).containsExactly("2026-01-01 00:00:00", "2026-01-01 00:16:39");
        String counted = file("b.parquet", "select i as time from range(100) t(i)");
        assertThat(histogram(profile(counted), "time").bins().get(1)).isEqualTo("7");
    }
}
