package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CriteoImporterTest {
    @TempDir
    Path folder;

    @Test
    void readsLabelCountsAndCategories() throws IOException {
        Path file = folder.resolve("day_0.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write((row("1", "-2", "05db9164") + row("0", "", "") + row("0", "7", "12345678"))
                    .getBytes(StandardCharsets.UTF_8));
        }
        EventImporter.Report report = run(file);
        assertThat(report).isEqualTo(new EventImporter.Report(3, 0, 0, 0, 0));
        Table events = events();
        assertThat(List.copyOf(events.columnNames())).isEqualTo(CriteoImporter.columns());
        assertThat(events.columnNames()).hasSize(40);
        assertThat(events.column("label")).isEqualTo(Column.of(1, 0, 0));
        assertThat(events.column("I1").value(0)).isEqualTo(-2L);
        assertThat(events.column("I1").value(1)).isNull();
        assertThat(events.column("C26")).isEqualTo(Column.of("05db9164", null, "12345678"));
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        assertThat(schema.get("label").tags()).contains(Tag.TARGET, Tag.BINARY_CLASSIFICATION);
        assertThat(schema.selectByTag(Tag.CONTINUOUS).size()).isEqualTo(13);
        assertThat(schema.selectByTag(Tag.CATEGORICAL).columns())
                .hasSize(26)
                .allMatch(column -> column.dtype() == DType.STRING);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', emptyValue = "", textBlock = """
            2  | 1     | ab | column label: '2' (expected: 0 or 1)
            '' | 1     | ab | column label: null (expected: 0 or 1)
            1  | 1.5   | ab | column I1: '1.5' (expected: an integer or nothing)
            1  | 99999999999999999999 | ab | column I1: '99999999999999999999' (expected: an integer or nothing)
            1  | 1     | xy | column C26: 'xy' (expected: a hexadecimal number or nothing)
            """)
    void refusesValuesOfOtherKinds(String label, String count, String category, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.txt"), row("1", "1", "ab") + row(label, count, category));
        assertThatThrownBy(() -> run(file)).isInstanceOf(DataException.class).hasMessage(file + ", row 2, " + message);
    }

    @Test
    void refusesLinesOfOtherWidth() throws IOException {
        Path unlabelled = Files.writeString(
                folder.resolve("test.txt"), row("1", "1", "ab").substring(2));
        Path wide = Files.writeString(folder.resolve("wide.txt"), row("1", "1", "ab\tcd"));
        for (Path file : List.of(unlabelled, wide)) {
            assertThatThrownBy(() -> run(file))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(file + ": not readable as criteo");
        }
    }

    @Test
    void agreesWithTheSample() throws IOException {
        Path sample =
                Path.of(System.getProperty("t4rec.data", "../shared/data")).resolve("criteo-sample/criteo_sample.txt");
        Assumptions.assumeTrue(Files.exists(sample), "no data at " + sample);
        // the sample has commas, a header and decimals; the logs as published have none of these
        List<String> lines = Files.readAllLines(sample);
        List<String> published = new ArrayList<>();
        lines.subList(1, lines.size())
                .forEach(line -> published.add(line.replace(".0,", ",").replace(',', '\t')));
        Path file = Files.write(folder.resolve("sample.tsv"), published);
        assertThat(run(file).events()).isEqualTo(200);
        Table events = events();
        assertThat(Arrays.stream(events.longs("label").values()).sum()).isEqualTo(49);
        for (int row = 0; row < 200; row++) {
            String[] cells = published.get(row).split("\t", -1);
            int at = 0;
            for (String name : events.columnNames()) {
                Object value = events.column(name).value(row);
                assertThat(value == null ? "" : value.toString())
                        .as("row " + row + ", column " + name)
                        .isEqualTo(cells[at++]);
            }
        }
    }

    private EventImporter.Report run(Path file) throws IOException {
        return EventImporter.run(
                file, EventFormat.CRITEO, EventFormat.EventColumns.standard(), folder.resolve("out.parquet"));
    }

    private Table events() {
        try (Database database = Database.openInOrder()) {
            return database.query("select * from read_parquet("
                    + Database.literal(folder.resolve("out.parquet").toString()) + ")");
        }
    }

    /** The first count, the last category, and what stands between. */
    private static String row(String label, String firstCount, String lastCategory) {
        return label + "\t" + firstCount + "\t3".repeat(12) + "\tdeadbeef".repeat(25) + "\t" + lastCategory + "\n";
    }
}
