package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.IntDomain;
import io.t4rec.schema.Schema;
import io.t4rec.schema.SchemaException;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceFilesTest {
    private static final ColumnSchema ITEM = ColumnSchema.ragged("item_id", DType.INT64)
            .withTags(Tag.ITEM, Tag.ID, Tag.CATEGORICAL)
            .withIntDomain(IntDomain.of(0, 99));
    private static final Schema SCHEMA = Schema.of(
            ITEM,
            ColumnSchema.ragged("price", DType.FLOAT32),
            ColumnSchema.scalar("age", DType.FLOAT64),
            ColumnSchema.scalar("clicked", DType.BOOL),
            ColumnSchema.scalar("name", DType.STRING));

    @TempDir
    Path folder;

    @Test
    void readsListsAndValuesOfTheRow() {
        Path file = parquet("select * from (values ([1, 2], [0.5, 1.5], 30, true, 'a'), ([], [], 31, false, 'b'),"
                + " ([3], [2.5], 32, true, null)) t(item_id, price, age, clicked, name)");
        SequenceBatch rows = whole(file, 20);
        assertThat(rows.offsets()).containsExactly(0, 2, 2, 3);
        assertThat(rows.longs("item_id")).containsExactly(1, 2, 3);
        assertThat(rows.floats("price")).containsExactly(0.5f, 1.5f, 2.5f);
        assertThat(rows.rowFloats("age")).containsExactly(30, 31, 32);
        assertThat(rows.rowLongs("clicked")).containsExactly(1, 0, 1);
        assertThatThrownBy(() -> rows.rowLongs("name")).isInstanceOf(SchemaException.class);
    }

    @Test
    void readsManyRowGroupsWindowByWindow() {
        Path file = folder.resolve("groups.parquet");
        try (Database database = Database.openInOrder()) {
            database.execute(
                    "copy (select list_transform(range(i % 4), x -> i % 90 + x) as item_id from range(10000) t(i)) to "
                            + Database.literal(file.toString()) + " (format parquet, row_group_size 2048)");
            assertThat(database.number("select num_row_groups from parquet_file_metadata("
                            + Database.literal(file.toString()) + ")"))
                    .isEqualTo(5);
        }
        List<Integer> lengths = new ArrayList<>();
        long row = 0;
        try (SequenceStream stream =
                new SequenceFiles(List.of(file), Schema.of(ITEM)).stream(0, 20).windows(3000)) {
            for (SequenceBatch window = stream.next(); window != null; window = stream.next()) {
                lengths.add(window.rowCount());
                for (int i = 0; i < window.rowCount(); i++, row++) {
                    long[] expected = new long[(int) (row % 4)];
                    for (int x = 0; x < expected.length; x++) {
                        expected[x] = row % 90 + x;
                    }
                    assertThat(Arrays.copyOfRange(
                                    window.longs("item_id"), window.offsets()[i], window.offsets()[i + 1]))
                            .as("row " + row)
                            .isEqualTo(expected);
                }
            }
        }
        assertThat(lengths).containsExactly(3000, 3000, 3000, 1000);
    }

    /** What the process has read is counted by the kernel. */
    @Test
    void readsAFileLargerThanTheWindowOnceAnEpoch() throws IOException {
        Path counters = Path.of("/proc/self/io");
        Assumptions.assumeTrue(Files.isReadable(counters), "no counters of what was read at " + counters);
        Path file = folder.resolve("large.parquet");
        try (Database database = Database.openInOrder()) {
            database.execute("copy (select list_transform(range(20), x -> hash(x * 1000003 + i) >> 1) as item_id"
                    + " from range(60000) t(i)) to " + Database.literal(file.toString())
                    + " (format parquet, row_group_size 4096)");
        }
        Schema schema = Schema.of(ColumnSchema.ragged("item_id", DType.INT64).withTags(Tag.ITEM_ID));
        LoaderConfig config = new LoaderConfig(100, 20, true, 1, 1000, false, false);
        long before = bytesRead(counters);
        int batches = 0;
        try (BatchLoader loader = BatchLoader.open(List.of(file), schema, config)) {
            for (var epoch = loader.epoch(0); epoch.hasNext(); epoch.next()) {
                batches++;
            }
        }
        assertThat(batches).isEqualTo(600);
        assertThat(bytesRead(counters) - before)
                .as("bytes read, of a file of " + Files.size(file) + " and 60 windows")
                .isBetween(Files.size(file) * 9 / 10, Files.size(file) * 3 / 2);
    }

    @Test
    void keepsTheNewestEventsOfLongRows() {
        Path file = parquet("select [1, 2, 3] as item_id, [0.1, 0.2, 0.3] as price, 1 as age, true as clicked");
        assertThat(whole(file, 2).longs("item_id")).containsExactly(2, 3);
        assertThat(whole(file, 2).floats("price")).containsExactly(0.2f, 0.3f);
        assertThat(whole(file, 3).longs("item_id")).containsExactly(1, 2, 3);
        assertThat(whole(file, Integer.MAX_VALUE).longs("item_id")).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [5]                   | [1.0]               | null | column age: null (expected: a number; fill missing values in the workflow)
            null                  | [1.0]               | 1    | column item_id: null (expected: a list)
            [5, null]             | [1.0, 2.0]          | 1    | column item_id: null, or beyond 64 bits (expected: an integer)
            [5, 18000000000000000000]::ubigint[] | [1.0, 2.0] | 1    | column item_id: null, or beyond 64 bits (expected: an integer)
            [5, 3000000000]       | [1.0, 2.0]          | 1    | column item_id: 3000000000 (expected: an id from 0 to 99, as its schema says)
            [5, -1]               | [1.0, 2.0]          | 1    | column item_id: -1 (expected: an id from 0 to 99, as its schema says)
            [5, 6]                | [1.0, 'NaN'::float] | 1    | column price: NaN (expected: a finite number of 32 bits)
            [5, 6]                | [1.0, 1e300]        | 1    | column price: 1.0E300 (expected: a finite number of 32 bits)
            [5, 6]                | [1.0]               | 1    | column price: 1 elements (expected: 2, as many as item_id has: one an event)
            """)
    void refusesWhatIsNoDataWithFileRowAndColumn(String items, String prices, String age, String message) {
        Path good = parquet("select [1] as item_id, [1.0::double] as price, 1 as age, true as clicked from range(3)");
        Path bad = parquet(
                "select * from (select [1::utinyint] as item_id, [1.0::double] as price, 1 as age, true as clicked"
                        + " union all select " + items + ", " + prices + ", " + age + ", true)");
        SequenceFiles files = new SequenceFiles(List.of(good, bad), SCHEMA);
        try (SequenceStream stream = files.stream(0, 20)) {
            assertThatThrownBy(stream::next).isInstanceOf(DataException.class).hasMessage(bad + ", row 2, " + message);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [1] as item, [1.0] as price, 1 as age, true as clicked         | column item_id: not in | did you mean item?
            [1.5] as item_id, [1.0] as price, 1 as age, true as clicked    | column item_id: DECIMAL(2,1)[] | a list of integers
            [[1]] as item_id, [1.0] as price, 1 as age, true as clicked    | column item_id: INTEGER[][] | a list of integers
            ['1'] as item_id, [1.0] as price, 1 as age, true as clicked    | column item_id: VARCHAR[] | a list of integers
            1 as item_id, [1.0] as price, 1 as age, true as clicked        | column item_id: INTEGER | a list of integers
            [1] as item_id, [1.0] as price, [1] as age, true as clicked    | column age: INTEGER[] | numbers, one a row
            """)
    void refusesColumnsThatAreNotAsTheSchemaSays(String columns, String found, String expected) {
        Path file = parquet("select " + columns);
        assertThatThrownBy(() -> new SequenceFiles(List.of(file), SCHEMA))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(found)
                .hasMessageContaining(expected);
    }

    @Test
    void refusesFilesThatAreAbsentEmptyOrTruncated() throws IOException {
        Path whole = parquet("select [i % 90] as item_id from range(20000) t(i)");
        byte[] bytes = Files.readAllBytes(whole);
        Path absent = folder.resolve("absent.parquet");
        Path empty = Files.write(folder.resolve("empty.parquet"), new byte[0]);
        Path half = Files.write(folder.resolve("half.parquet"), Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> new SequenceFiles(List.of(absent), Schema.of(ITEM)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(absent + " (expected: an existing");
        for (Path file : List.of(empty, half)) {
            assertThatThrownBy(() -> new SequenceFiles(List.of(whole, file), Schema.of(ITEM)))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(file + ": not readable as Parquet")
                    .hasMessageContaining("expected: a complete Parquet file");
        }
    }

    @Test
    void refusesAFileThatIsDamagedInside() throws IOException {
        Path file = parquet("select [i % 90] as item_id from range(20000) t(i)");
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 4, 2000, (byte) 0x5a);
        Files.write(file, bytes);
        assertThatThrownBy(() -> {
                    try (SequenceStream stream = new SequenceFiles(List.of(file), Schema.of(ITEM)).stream(0, 20)) {
                        stream.next();
                    }
                })
                .isInstanceOf(DataException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("not readable as Parquet");
    }

    @Test
    void refusesASchemaWithoutSequences() {
        Path file = parquet("select 1 as age");
        assertThatThrownBy(() -> new SequenceFiles(List.of(file), Schema.of(ColumnSchema.scalar("age", DType.INT64))))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("no list column");
    }

    private SequenceBatch whole(Path file, int maxLength) {
        try (SequenceStream stream = new SequenceFiles(List.of(file), SCHEMA).stream(0, maxLength)) {
            return Objects.requireNonNull(stream.next());
        }
    }

    private Path parquet(String query) {
        Path file = folder.resolve(UUID.randomUUID() + ".parquet");
        try (Database database = Database.openInOrder()) {
            database.execute("copy (" + query + ") to " + Database.literal(file.toString()) + " (format parquet)");
        }
        return file;
    }

    private static long bytesRead(Path counters) throws IOException {
        return Files.readAllLines(counters).stream()
                .filter(line -> line.startsWith("rchar: "))
                .mapToLong(line -> Long.parseLong(line.substring(7)))
                .sum();
    }
}
