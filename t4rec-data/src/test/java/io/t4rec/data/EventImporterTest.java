package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
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

    @Test
    void keepsSideValuesAsTheyAreWritten() throws IOException {
        Table events = importText(
                "csv",
                "session_id,item_id,time,code,long,name,amount,share,none\n"
                        + "1,a,1,01234,10000000000000000001, x , 7, 1.50 ,\n1,a ,2,5,10000000000000000002,x,8,2,\n",
                EventFormat.EventColumns.standard());
        assertThat(events.column("item_id")).isEqualTo(Column.of("a", "a "));
        assertThat(events.column("code")).isEqualTo(Column.of("01234", "5"));
        assertThat(events.column("long")).isEqualTo(Column.of("10000000000000000001", "10000000000000000002"));
        assertThat(events.column("name")).isEqualTo(Column.of(" x ", "x"));
        assertThat(events.column("amount"))
                .as("numbers may have blanks around them")
                .isEqualTo(Column.of(7L, 8L));
        assertThat(events.column("share")).isEqualTo(Column.of(1.5, 2));
        assertThat(events.column("none").value(0)).isNull();
    }

    @Test
    void keepsTextsOfParquetAndJsonAsTheyAre() throws IOException {
        Path file = folder.resolve("in.parquet");
        Path output = folder.resolve("out.parquet");
        try (Database database = Database.openInOrder()) {
            database.execute(
                    "copy (select * from (values (1, 'a', 1, '01234', '5', '', 2.5), (1, 'a ', 2, ' b', '6', null,"
                            + " null)) t(session_id, item_id, time, code, digits, empty, price)) to "
                            + Database.literal(file.toString()) + " (format parquet)");
            EventImporter.run(file, EventFormat.PARQUET, EventFormat.EventColumns.standard(), output);
            Table events = database.query("select * from read_parquet(" + Database.literal(output.toString()) + ")");
            assertThat(events.column("session_id")).isEqualTo(Column.of(1L, 1L));
            assertThat(events.column("item_id")).isEqualTo(Column.of("a", "a "));
            assertThat(events.column("code")).isEqualTo(Column.of("01234", " b"));
            assertThat(events.column("digits")).isEqualTo(Column.of("5", "6"));
            assertThat(events.column("empty")).isEqualTo(Column.of("", null));
            assertThat(events.column("price")).isEqualTo(new Column.Doubles(new double[] {2.5, 0}, bits(1)));
        }
        Table json = importText("jsonl", """
                {"session_id":1,"item_id":"a","time":1,"code":"01234","name":"x "}
                {"session_id":1,"item_id":"a ","time":2,"code":7,"name":"x"}
                """, EventFormat.EventColumns.standard());
        assertThat(json.column("item_id")).isEqualTo(Column.of("a", "a "));
        assertThat(json.column("code")).isEqualTo(Column.of("01234", "7"));
        assertThat(json.column("name")).isEqualTo(Column.of("x ", "x"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            session-rec     | SessionId\\tItemId\\tTime\\n5\\t70\\t1.25\\n5\\t71\\t2 | 5,70,1250000 | 5,71,2000000
            movielens-100k  | 5\\t70\\t3\\t1\\n5\\t71\\t4\\t2                       | 5,70,1000000 | 5,71,2000000
            movielens-inter | user_id:token\\titem_id:token\\trating:float\\ttimestamp:float\\n5\\t70\\t3\\t1\\n5\\t71\\t4\\t2 | 5,70,1000000 | 5,71,2000000
            movielens-1m    | 5::70::3::1\\n5::71::4::2                             | 5,70,1000000 | 5,71,2000000
            sequences       | 5 70 71                                              | 5,70,0       | 5,71,1
            sequences       | \\t\\n 5\\t70  71\\t\\n\\n                             | 5,70,0       | 5,71,1
            sequences       | \\n5 70\\r\\n5 71                                    | 5,70,0       | 5,71,1
            movielens-1m    | 5::70::3::1\\r\\n5::71::4::2                         | 5,70,1000000 | 5,71,2000000
            pairs           | 5 70\\n5 71                                           | 5,70,1       | 5,71,2
            pairs           | \\t5 70\\t \\n\\t \\n5\\t71 \\t                             | 5,70,1       | 5,71,2
            tsv             | session_id\\titem_id\\ttime\\n5\\t70\\t1\\n5\\t71\\t2 | 5,70,1000000 | 5,71,2000000
            csv             | session_id;item_id;time\\n5;70;1\\n5;71;2            | 5,70,1000000 | 5,71,2000000
            csv             | session_id\\titem_id\\ttime\\r\\n5\\t70\\t1\\r\\n5\\t71\\t2\\r | 5,70,1000000 | 5,71,2000000
            yoochoose       | 5,2014-04-07T10:51:09.277Z,70,0\\r\\n5,2014-04-07T10:51:10Z,71,S\\r | 5,70,1396867869277000 | 5,71,1396867870000000
            jsonl           | {"item_id":70,"session_id":5,"time":1}\\n{"session_id":5,"item_id":71,"time":2} | 5,70,1000000 | 5,71,2000000
            otto            | {"session":5,"events":[{"aid":70,"ts":1000,"type":"clicks"},{"aid":71,"ts":2000,"type":"carts"}]} | 5,70,1000000 | 5,71,2000000
            """)
    void readsPublicLayouts(String format, String text, String first, String second) throws IOException {
        Table events = importText(
                format,
                text.replace("\\t", "\t").replace("\\r", "\r").replace("\\n", "\n") + "\n",
                EventFormat.EventColumns.standard());
        assertThat(row(events, 0)).isEqualTo(first);
        assertThat(row(events, 1)).isEqualTo(second);
        assertThat(events.rowCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            item_id:token\\tuser_id:token\\ttimestamp:float\\trating:float\\n70\\t5\\t1\\t3\\n71\\t5\\t2\\t4   | rating
            timestamp:float\\trating:float\\titem_id:token\\tuser_id:token\\n1\\t3\\t70\\t5\\n2\\t4\\t71\\t5   | rating
            user_id:token\\titem_id:token\\ttimestamp:float\\n5\\t70\\t1\\n5\\t71\\t2                         | ''
            user_id\\titem_id\\ttimestamp\\r\\n5\\t70\\t1\\r\\n5\\t71\\t2\\r                                  | ''
            user_id:token\\titem_id:token\\trating:float\\ttimestamp:float\\tshop:token\\n5\\t70\\t3\\t1\\ta\\n5\\t71\\t4\\t2\\t | rating shop
            """)
    void takesTheColumnsOfAnInterFileByTheNamesInItsHeader(String text, String side) throws IOException {
        Table events = importText(
                "movielens-inter",
                text.replace("\\t", "\t").replace("\\r", "\r").replace("\\n", "\n") + "\n",
                EventFormat.EventColumns.standard());
        assertThat(row(events, 0)).isEqualTo("5,70,1000000");
        assertThat(row(events, 1)).isEqualTo("5,71,2000000");
        assertThat(String.join(" ", events.columnNames())).isEqualTo(("session_id item_id time " + side).strip());
        if (side.startsWith("rating")) {
            assertThat(events.longs("rating").values()).containsExactly(3, 4);
        }
    }

    @Test
    void keepsListsOfAnInterFileAsTextAndReadsQuotesAsTheyAre() throws IOException {
        Table events = importText(
                "movielens-inter",
                "user_id:token\titem_id:token\ttimestamp:float\ttags:token_seq\tprice:float\tname:token\n"
                        + "u1\t70\t1\t4\t2.5\t\"big\nu2\t71\t2\t5\t3\tsmall\n",
                EventFormat.EventColumns.standard());
        assertThat(events.column("tags")).isEqualTo(Column.of("4", "5"));
        assertThat(events.column("price")).isEqualTo(Column.of(2.5, 3));
        assertThat(events.column("name")).isEqualTo(Column.of("\"big", "small"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            196\\t242\\t3\\t881250949\\n186\\t302\\t3\\t891717742        | the first line is '196
            3\\t3\\t3\\t881250949\\n186\\t302\\t3\\t891717742            | the first line is '3
            user_id:token\\titem_id:token\\trating:float\\n1\\t2\\t3     | the first line is 'user_id:token
            user:token\\titem_id:token\\ttimestamp:float\\n1\\t2\\t3     | the first line is 'user:token
            """)
    void refusesAnInterFileWhoseFirstLineNamesNoUserItemAndTime(String text, String message) {
        assertThatThrownBy(() -> importText(
                        "movielens-inter",
                        text.replace("\\t", "\t").replace("\\n", "\n") + "\n",
                        EventFormat.EventColumns.standard()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("input.movielens-inter: " + message)
                .hasMessageContaining("(expected: ")
                .hasMessageContaining("user_id, item_id, timestamp");
    }

    @Test
    void appendsLaterLinesOfAUserToEarlierOnes() throws IOException {
        StringBuilder text = new StringBuilder("1 10 11 12\n2 20 21\n\n 1 30 31 32 \n2 22\n1 33\n");
        for (int user = 3; user < 5000; user++) { // more lines than DuckDB looks at together
            text.append(user).append(" 1 2\n");
        }
        Table events = importText("sequences", text + "1 34\n", EventFormat.EventColumns.standard());
        assertThat(events.rowCount()).isEqualTo(11 + 2 * 4997);
        List<String> first = new ArrayList<>();
        for (int row = 0; row < 10; row++) {
            first.add(row(events, row));
        }
        assertThat(first)
                .containsExactly(
                        "1,10,0", "1,11,1", "1,12,2", "2,20,0", "2,21,1", "1,30,3", "1,31,4", "1,32,5", "2,22,2",
                        "1,33,6");
        assertThat(row(events, events.rowCount() - 1)).isEqualTo("1,34,7");
        assertThat(row(events, events.rowCount() - 2)).isEqualTo("4999,2,1");
    }

    @Test
    void readsCompressedText() throws IOException {
        Path file = folder.resolve("events.csv.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("session_id,item_id,time\n1,2,3\n".getBytes(StandardCharsets.UTF_8));
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
            session_id,item_id,time\\n1,2,1e300      | row 1 | column time     | '1e300'
            session_id,item_id,time\\n1,2,3\\n1,2     | not readable as csv | Line: 3 | Column
            session_id,item_id,time\\n1,2,3\\n1,2,3,4 | not readable as csv | Line: 3 | Column
            session_id,item_id,time\\n1,"2,3         | not readable as csv | Line: 2 | quote
            """)
    void tellsFileRowAndColumnOfWhatIsWrong(String text, String one, String two, String three) {
        assertThatThrownBy(() -> importText(
                        "csv",
                        text.replace("\\r", "\r").replace("\\n", "\n") + "\n",
                        EventFormat.EventColumns.standard()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("input.csv")
                .hasMessageContaining(one)
                .hasMessageContaining(two)
                .hasMessageContaining(three);
    }

    @Test
    void takesNoLineForACommentOrAPreamble() throws IOException {
        Table events = importText(
                "csv", "session_id,item_id,time\n#1,2,3\n1,#2,4\n1,2,5\n", EventFormat.EventColumns.standard());
        assertThat(events.column("session_id")).isEqualTo(Column.of("#1", "1", "1"));
        assertThat(events.column("item_id")).isEqualTo(Column.of("2", "#2", "2"));
        assertThatThrownBy(() -> importText(
                        "csv", "exported today\nsession_id,item_id,time\n1,2,3\n", EventFormat.EventColumns.standard()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("input.csv");
    }

    @Test
    void readsQuotedNamesAndAByteOrderMark() throws IOException {
        Table events = importText(
                "csv",
                "\uFEFFsession_id,\"item_id\",time,\"a, \"\"b\"\"\"\n1,2,3,\"x\ny\"\n",
                EventFormat.EventColumns.standard());
        assertThat(events.column("a, \"b\"")).isEqualTo(Column.of("x\ny"));
    }

    @Test
    void keepsIdsInJsonAsTheyAreWritten() throws IOException {
        Table events = importText("jsonl", """
                {"session_id":99999999999999999999,"item_id":"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11","time":1,"at":{"x":1}}
                {"session_id":9007199254740993,"item_id":"2020-01-01 10:00","time":"2014-04-07 10:00:00"}
                """, EventFormat.EventColumns.standard());
        assertThat(events.column("session_id")).isEqualTo(Column.of("99999999999999999999", "9007199254740993"));
        assertThat(events.column("item_id"))
                .isEqualTo(Column.of("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "2020-01-01 10:00"));
        assertThat(events.longs("time").values()).containsExactly(1_000_000, 1_396_864_800_000_000L);
        assertThat(events.column("at")).isEqualTo(Column.of("{\"x\":1}", null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            jsonl        | {"session_id":1,"item_id":2,"time":3}\\n{"session_id":1,"time":4} | row 2, column item_id: null
            jsonl        | {"session_id":1,"item_id":2,"time":3}\\n{"session_id":1,          | not readable as jsonl
            otto         | {"session":1,"events":[{"aid":2,"ts":3,"type":"clicks"}]}\\n{"session":2} | row 2, column aid: null
            otto         | {"session":1,"events":[{"aid":2,"type":"clicks"}]}                 | row 1, column ts: null
            pairs        | 1 2\\n1 3 4                                                      | row 2, column item_id: null
            pairs        | 1 2\\n1                                                          | row 2, column item_id: null
            movielens-1m | 1::2::3::4\\n1::2::3::4::5                                       | row 2, column timestamp: null
            movielens-1m | 1::2::3::4\\n1::2::3                                             | row 2, column timestamp: null
            movielens-100k | 1\\t2\\t3\\t4\\n1\\t2\\t3                                        | not readable as movielens-100k
            yoochoose    | 1,2014-04-07T10:51:09.277Z,2,0,9                                  | not readable as yoochoose
            yoochoose    | 1,2014-04-07T10:51:09.277Z,2,0\\r\\n1,2014-04-07T10:51:10Z,3,0 | lines that all end alike
            session-rec  | SessionId\\tItemId\\n1\\t2                                       | no column Time
            session-rec  | SessionId\\tItemId\\tTime\\t\\n1\\t2\\t3\\t                      | header: column 4 has no name
            movielens-inter | user_id:token\\titem_id:token\\ttimestamp:float\\t\\n1\\t2\\t3\\t | header: column 4 has no name
            csv          | ,session_id,item_id,time\\n0,1,2,3                               | header: column 1 has no name
            sequences    | 5                                                                 | no event
            sequences    | 5 70\u0001 71                                                     | a line with the character U+0001
            sequences    | 5,70,71                                                           | in lines 'user item item ...' parted by blanks
            """)
    void losesNothingOfALineThatIsMalformed(String format, String text, String message) {
        assertThatThrownBy(() -> importText(
                        format,
                        text.replace("\\t", "\t").replace("\\r", "\r").replace("\\n", "\n") + "\n",
                        EventFormat.EventColumns.standard()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("input." + format)
                .hasMessageContaining(message);
    }

    @Test
    void keepsASessionOfOneEventAndIdsBeyond32Bits() throws IOException {
        Table events = importText(
                "csv",
                "session_id,item_id,time\n1,2,1\n9223372036854775807,-3000000000,2\n",
                EventFormat.EventColumns.standard());
        assertThat(events.longs("session_id").values()).containsExactly(1, Long.MAX_VALUE);
        assertThat(events.longs("item_id").values()).containsExactly(2, -3_000_000_000L);
    }

    @Test
    void refusesASideColumnThatIsNamedAsARole() {
        assertThatThrownBy(() -> importText(
                        "csv",
                        "sid,item_id,time,session_id\n1,2,3,4\n",
                        new EventFormat.EventColumns("sid", "item_id", "time", EventFormat.TimeUnit.SECONDS)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("column session_id is another")
                .hasMessageContaining("rename it");
    }

    @Test
    void refusesTruncatedFilesWhereverTheyWereCut() throws IOException {
        StringBuilder text = new StringBuilder("session_id,item_id,time\n");
        for (int i = 0; i < 2000; i++) {
            text.append(i / 5)
                    .append(',')
                    .append(i * 31 % 977)
                    .append(',')
                    .append(i)
                    .append('\n');
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = packed.toByteArray();
        Path file = folder.resolve("cut.csv.gz");
        for (int length : new int[] {1, 5, 20, bytes.length / 2, bytes.length - 9, bytes.length - 1}) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> EventImporter.run(
                            file, EventFormat.CSV, EventFormat.EventColumns.standard(), folder.resolve("out.parquet")))
                    .as("cut to " + length + " bytes")
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(file + ": truncated");
        }
        Files.writeString(file, text);
        assertThatThrownBy(() -> EventImporter.run(
                        file, EventFormat.CSV, EventFormat.EventColumns.standard(), folder.resolve("out.parquet")))
                .hasMessageContaining("damaged");
        assertThat(folder.resolve("out.parquet")).doesNotExist();
    }

    @Test
    void refusesATruncatedParquetFileAndReadsAWholeOne() throws IOException {
        Path file = folder.resolve("in.parquet");
        try (Database database = Database.openInOrder()) {
            database.execute("copy (select i // 3 as session_id, i as item_id, timestamp '2014-04-07 10:00:00' as time,"
                    + " 'NaN'::double as price from range(5000) t(i) where i > 0) to "
                    + Database.literal(file.toString()) + " (format parquet)");
        }
        Path output = folder.resolve("out.parquet");
        assertThatThrownBy(
                        () -> EventImporter.run(file, EventFormat.PARQUET, EventFormat.EventColumns.standard(), output))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("in.parquet, row 1, column price: 'nan' (expected: a finite number or nothing)");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(
                        () -> EventImporter.run(file, EventFormat.PARQUET, EventFormat.EventColumns.standard(), output))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("in.parquet: not readable as parquet");
        try (Database database = Database.openInOrder()) {
            database.execute("copy (select 1 as session_id, 2 as item_id, timestamp '2014-04-07 10:00:00' as time) to "
                    + Database.literal(file.toString()) + " (format parquet)");
        }
        assertThat(EventImporter.run(file, EventFormat.PARQUET, EventFormat.EventColumns.standard(), output)
                        .firstTime())
                .isEqualTo(1_396_864_800_000_000L);
    }

    @Test
    void refusesAnEmptyFileAndLeavesTheOldOutputAlone() throws IOException {
        Path output = Files.writeString(folder.resolve("out.parquet"), "old");
        Path input = Files.writeString(folder.resolve("input.csv"), "");
        assertThatThrownBy(() -> EventImporter.run(input, EventFormat.CSV, EventFormat.EventColumns.standard(), output))
                .hasMessageContaining("empty");
        assertThat(Files.readString(output)).isEqualTo("old");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            yoochoose-100k/yoochoose-clicks-100k_train_full.txt | session-rec     | 70278  | 17794 | 2933
            serenade-example/train.txt                          | session-rec     | 113601 | 23753 | 18009
            ml-100k/ml-100k.inter                               | movielens-inter | 100000 | 943   | 1682
            ml-1m/ml-1m.seq                                     | sequences       | 999611 | 6040  | 3416
            amazon-beauty-s3rec/Beauty.txt                      | sequences       | 198502 | 22363 | 12101
            """)
    void countsPublicDataAsItsDescriptionDoes(String file, String format, long events, long sessions, long items)
            throws IOException {
        Path data = Path.of(System.getProperty("t4rec.data", "../shared/data")).resolve(file);
        Assumptions.assumeTrue(Files.exists(data), "no data at " + data);
        EventImporter.Report report = EventImporter.run(
                data, EventFormat.of(format), EventFormat.EventColumns.standard(), folder.resolve("out.parquet"));
        assertThat(report.events()).isEqualTo(events);
        assertThat(report.sessions()).isEqualTo(sessions);
        assertThat(report.items()).isEqualTo(items);
        assertThat(Schema.read(folder.resolve("schema.pbtxt")).itemId().name()).isEqualTo("item_id");
    }

    private Table importText(String format, String text, EventFormat.EventColumns columns) throws IOException {
        Path input = Files.writeString(folder.resolve("input." + format), text);
        Path output = folder.resolve("out.parquet");
        EventImporter.run(input, EventFormat.of(format), columns, output);
        try (Database database = Database.openInOrder()) {
            return database.query("select * from read_parquet(" + Database.literal(output.toString()) + ")");
        }
    }

    private static String row(Table events, int row) {
        return events.column("session_id").value(row) + ","
                + events.column("item_id").value(row) + ","
                + events.column("time").value(row);
    }

    private static BitSet bits(int bit) {
        BitSet bits = new BitSet();
        bits.set(bit);
        return bits;
    }

    @Test
    void refusesToWriteInThePlaceOfWhatItReads() throws IOException {
        Path input = Files.writeString(folder.resolve("events.csv"), "session_id,item_id,time\n1,7,1\n");
        byte[] before = Files.readAllBytes(input);
        assertThatThrownBy(() -> EventImporter.run(
                        input,
                        EventFormat.CSV,
                        EventFormat.EventColumns.standard(),
                        folder.resolve(".").resolve("events.csv")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("events.csv is what is read (expected: another, since this one is replaced)");
        assertThat(input).hasBinaryContent(before);
    }
}
