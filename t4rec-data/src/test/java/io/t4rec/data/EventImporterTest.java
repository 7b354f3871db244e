package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventImporterTest {
    @TempDir
    Path folder;

    @Test
    void readsDelimitedTextWithSideColumns() throws IOException {
        Table events = importText(
                "csv",
                "session_id,item_id,time,price,brand\n1,10,2.5,9.99,Ä \"x\"\n1,11,2014-04-07T10:00:00Z,,b\n",
                EventFormat.EventColumns.standard());
        assertThat(events.longs("session_id").values()).containsExactly(1, 1);
        assertThat(events.longs("time").values()).containsExactly(2_500_000, 1_396_864_800_000_000L);
        assertThat(events.column("price")).isEqualTo(new Column.Doubles(new double[] {9.99, 0}, bits(1)));
        assertThat(events.column("brand")).isEqualTo(Column.of("Ä \"x\"", "b"));
    }

    @Test
    void keepsIdsThatAreNoPlainNumbersAsText() throws IOException {
        Table events = importText(
                "csv",
                "session_id,item_id,time\n1,007,1\n99999999999999999999,8,2\n",
                EventFormat.EventColumns.standard());
        assertThat(events.column("item_id")).isEqualTo(Column.of("007", "8"));
        assertThat(events.column("session_id")).isEqualTo(Column.of("1", "99999999999999999999"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            session-rec     | SessionId\\tItemId\\tTime\\n5\\t70\\t1.25\\n5\\t71\\t2 | 5,70,1250000 | 5,71,2000000
            movielens-100k  | 5\\t70\\t3\\t1\\n5\\t71\\t4\\t2                       | 5,70,1000000 | 5,71,2000000
            movielens-inter | user_id:token\\titem_id:token\\trating:float\\ttimestamp:float\\n5\\t70\\t3\\t1\\n5\\t71\\t4\\t2 | 5,70,1000000 | 5,71,2000000
            movielens-1m    | 5::70::3::1\\n5::71::4::2                             | 5,70,1000000 | 5,71,2000000
            sequences       | 5 70 71                                              | 5,70,0       | 5,71,1
            pairs           | 5 70\\n5 71                                           | 5,70,1       | 5,71,2
            otto            | {"session":5,"events":[{"aid":70,"ts":1000,"type":"clicks"},{"aid":71,"ts":2000,"type":"carts"}]} | 5,70,1000000 | 5,71,2000000
            """)
    void readsPublicLayouts(String format, String text, String first, String second) throws IOException {
        Table events = importText(
                format, text.replace("\\t", "\t").replace("\\n", "\n") + "\n", EventFormat.EventColumns.standard());
        assertThat(row(events, 0)).isEqualTo(first);
        assertThat(row(events, 1)).isEqualTo(second);
        assertThat(events.rowCount()).isEqualTo(2);
    }

    @Test
    void readsCompressedText() throws IOException {
        Path file = folder.resolve("events.csv.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("session_id,item_id,time\n1,2,3\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        EventImporter.Report report = EventImporter.run(
                file, EventFormat.CSV, EventFormat.EventColumns.standard(), folder.resolve("out.parquet"));
        assertThat(report.events()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            session_id,item_id,time\\n1,,3          | row 1 | column item_id  | item id
            session_id,item_id,time\\n1,2,3\\n,2,3  | row 2 | column session_id | session id
            session_id,item_id,time\\n1,2,noon      | row 1 | column time     | 'noon'
            session_id,item_id,time\\n1,2,inf       | row 1 | column time     | 'inf'
            session_id,item_id,time,price\\n1,2,3,1.5\\n1,2,3,NaN | row 2 | column price | 'NaN'
            session_id,item,time\\n1,2,3            | no column item_id | did you mean | item
            session_id,item_id,time                 | no event | expected | at least one
            """)
    void tellsFileRowAndColumnOfWhatIsWrong(String text, String one, String two, String three) {
        assertThatThrownBy(
                        () -> importText("csv", text.replace("\\n", "\n") + "\n", EventFormat.EventColumns.standard()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("input.csv")
                .hasMessageContaining(one)
                .hasMessageContaining(two)
                .hasMessageContaining(three);
    }

    @Test
    void refusesAnEmptyFileAndLeavesTheOldOutputAlone() throws IOException {
        Path output = Files.writeString(folder.resolve("out.parquet"), "old");
        Path input = Files.writeString(folder.resolve("input.csv"), "");
        assertThatThrownBy(() -> EventImporter.run(input, EventFormat.CSV, EventFormat.EventColumns.standard(), output))
                .hasMessageContaining("empty");
        assertThat(Files.readString(output)).isEqualTo("old");
    }

    @Test
    void countsTheYoochooseSampleAsItsDescriptionDoes() throws IOException {
        Path data = Path.of(System.getProperty("t4rec.data", "../shared/data"))
                .resolve("yoochoose-100k/yoochoose-clicks-100k_train_full.txt");
        Assumptions.assumeTrue(Files.exists(data), "no data at " + data);
        EventImporter.Report report = EventImporter.run(
                data, EventFormat.SESSION_REC, EventFormat.EventColumns.standard(), folder.resolve("out.parquet"));
        assertThat(report.events()).isEqualTo(70_278);
        assertThat(report.sessions()).isEqualTo(17_794);
        assertThat(report.items()).isEqualTo(2_933);
        assertThat(Schema.read(folder.resolve("schema.pbtxt")).itemId().name()).isEqualTo("item_id");
    }

    private Table importText(String format, String text, EventFormat.EventColumns columns) throws IOException {
        Path input = Files.writeString(folder.resolve("input." + format), text);
        Path output = folder.resolve("out.parquet");
        EventImporter.run(input, EventFormat.of(format), columns, output);
        try (Database database = Database.open("", 1)) {
            return database.query("select * from read_parquet(" + Database.literal(output.toString()) + ")");
        }
    }

    private static String row(Table events, int row) {
        return events.column("session_id").value(row) + ","
                + events.column("item_id").value(row) + ","
                + events.column("time").value(row);
    }

    private static java.util.BitSet bits(int bit) {
        java.util.BitSet bits = new java.util.BitSet();
        bits.set(bit);
        return bits;
    }
}
