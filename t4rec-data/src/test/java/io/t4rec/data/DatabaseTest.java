package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    private final Database database = Database.openInOrder();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void readsEveryTypeIntoAColumn() {
        Table table = database.query(
                "select * from (values (1, 2.5, 'a', true, [1, null], timestamp '1969-12-31 23:59:59.5'),"
                        + " (null, null, null, null, null, null)) t(i, d, s, b, l, t)");
        BitSet second = new BitSet();
        second.set(1);
        assertThat(table.column("i")).isEqualTo(new Column.Longs(new long[] {1, 0}, second));
        assertThat(table.column("d")).isEqualTo(new Column.Doubles(new double[] {2.5, 0}, second));
        assertThat(table.column("s")).isEqualTo(Column.of("a", null));
        assertThat(table.column("b")).isEqualTo(new Column.Longs(new long[] {1, 0}, second));
        assertThat(table.column("l"))
                .isEqualTo(new Column.Lists(new Column.Longs(new long[] {1, 0}, second), new int[] {0, 2, 2}));
        assertThat(table.column("t")).isEqualTo(new Column.Longs(new long[] {-500_000, 0}, second));
    }

    @Test
    void registersATableAndGivesItBack() {
        BitSet first = new BitSet();
        first.set(0);
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("a \"b\"", new Column.Longs(new long[] {0, Long.MIN_VALUE}, first));
        columns.put("d", Column.of(1e-300, -0.5));
        columns.put("text", Column.of("it's", null));
        Table table = Table.of(columns);
        database.register("odd \"name\"", table);
        assertThat(database.query("select * from " + Database.identifier("odd \"name\"")))
                .isEqualTo(table);
        database.register("odd \"name\"", table.rows(new int[] {1}));
        assertThat(database.number("select count(*) from " + Database.identifier("odd \"name\"")))
                .isEqualTo(1);
    }

    @Test
    void quotesNamesAndValuesSoThatTheyAreNoSql() {
        String nasty = "'; drop table x; --\"";
        Table table = database.query("select " + Database.literal(nasty) + " as " + Database.identifier(nasty));
        assertThat(table.column(nasty)).isEqualTo(Column.of(nasty));
        assertThatThrownBy(() -> Database.literal("a\0b"))
                .isInstanceOf(DataException.class)
                .hasMessage("text: a\\0b (expected: no character 0, which no statement can hold)");
    }

    @Test
    void anotherConnectionSeesWhatIsNotTemporary() {
        database.execute("create table shared as select 7 as i");
        database.execute("create temp table own as select 8 as i");
        try (Database another = database.another()) {
            assertThat(another.number("select i from shared")).isEqualTo(7);
            assertThatThrownBy(() -> another.number("select i from own"))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("own");
            another.execute("insert into shared select 9");
        }
        assertThat(database.number("select sum(i) from shared")).isEqualTo(16);
    }

    @Test
    void saysWhatToDoWhenMemoryIsUsedUpInTermsOfTheCommand() {
        try (Database small = Database.open(DatabaseSettings.defaults().withMemoryLimit("10MB"), 1)) {
            assertThatThrownBy(() -> small.number("select len(list(i)) from range(20000000) t(i)"))
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith("Out of Memory Error: ")
                    .hasMessageEndingWith("(expected: more memory, raise --memory-limit)")
                    .message()
                    .doesNotContainIgnoringCase("possible solution")
                    .doesNotContain("SET ");
        }
    }

    @Test
    void keepsTheOrderOfRowsOnOneThread() {
        List<Long> seen = new ArrayList<>();
        database.forEach("select i from range(300000) t(i) where i % 3 = 0", row -> seen.add(row.getLong(1)));
        assertThat(seen).hasSize(100_000).isSorted();
    }

    @Test
    void understandsTimesWithoutAZoneAsUtc() {
        assertThat(database.number("select epoch_us(cast('2014-04-07 10:00:00' as timestamptz))"))
                .isEqualTo(1_396_864_800_000_000L);
        assertThat(database.query("select current_setting('TimeZone') as zone").column("zone"))
                .isEqualTo(Column.of("UTC"));
    }

    @Test
    void tellsInOneLineWhatIsWrongWithAStatement() {
        for (Runnable statement : List.<Runnable>of(
                () -> database.execute("select nothing from nowhere"),
                () -> database.query("select nothing from nowhere"),
                () -> database.forEach("select nothing from nowhere", row -> {}),
                () -> database.stream("select nothing from nowhere"))) {
            assertThatThrownBy(statement::run)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("nowhere")
                    .extracting(Throwable::getMessage)
                    .asString()
                    .doesNotContain("LINE 1");
        }
        assertThat(database.number("select 41 + 1")).isEqualTo(42);
    }

    @Test
    void spillsIntoAFolderOfItsOwnThatIsGoneInTheEnd(@TempDir Path folder) throws IOException {
        DatabaseSettings settings =
                DatabaseSettings.defaults().withMemoryLimit("32MB").withTemporaryDirectory(folder);
        try (Database first = Database.open(settings, 1);
                Database second = Database.open(settings, 1)) {
            assertThat(folder).isEmptyDirectory();
            for (Database spilling : List.of(first, second)) {
                spilling.execute("create table t as select hash(i) as a, hash(i + 1) as b from range(4000000) t(i)");
            }
            try (Stream<Path> folders = Files.list(folder)) {
                assertThat(folders)
                        .hasSize(2)
                        .allSatisfy(own -> assertThat(own).isDirectoryContaining("glob:**/duckdb_temp_*"));
            }
            first.close();
            assertThat(second.number("select count(*) from t where a <> b")).isEqualTo(4_000_000);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void refusesATemporaryDirectoryThatIsNone(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        for (Path none : List.of(file, folder.resolve("absent"))) {
            assertThatThrownBy(() -> DatabaseSettings.defaults().withTemporaryDirectory(none))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("temporary directory: " + none + " (expected: an existing directory");
        }
    }

    @Test
    void refusesAMemoryLimitThatIsNone() {
        assertThatThrownBy(() -> DatabaseSettings.defaults().withMemoryLimit("plenty"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("memory limit: plenty (expected: a size");
    }
}
