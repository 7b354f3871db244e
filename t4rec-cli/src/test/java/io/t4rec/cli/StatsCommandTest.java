package io.t4rec.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.cli.report.BrowserReportTest;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatsCommandTest extends CommandTest {
    @TempDir
    Path folder;

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(folder.resolve("old.csv"), "item_id,price\n1,10\n1,20\n2,\n3,40\n");
        Files.writeString(folder.resolve("new.csv"), "item_id,price\n7,10\n8,20\n9,30\n");
    }

    @Test
    void showsWhatColumnsHold() {
        assertThat(run("stats", folder + "/old.csv")).as(err.toString()).isZero();
        assertThat(out.toString())
                .containsPattern("rows +4\\b")
                .containsPattern("column item_id +BIGINT, 4 values, 0 nulls, 3 different\\n")
                .containsPattern("column price +BIGINT, 3 values, 1 nulls, 3 different, min 10\\.0");
    }

    @Test
    void takesIdsFromTheSchemaUnderTheNameOfTheFile() throws IOException {
        Schema.of(ColumnSchema.scalar("price", DType.INT64).withTags(Tag.CATEGORICAL))
                .write(folder.resolve("old.csv.schema.pbtxt"));
        assertThat(run("stats", folder + "/old.csv")).as(err.toString()).isZero();
        assertThat(out.toString()).containsPattern("column price +BIGINT, 3 values, 1 nulls, 3 different\\n");
    }

    @Test
    void readsFoldersOfTextsAsPrepareDoes() throws IOException {
        Path shop = Files.createDirectories(folder.resolve("shop/day=1/_temporary"));
        Files.writeString(shop.resolve("part.csv"), "not,data\n");
        Files.writeString(folder.resolve("shop/.hidden.csv"), "not,data\n");
        Files.writeString(folder.resolve("shop/day=1/a.csv"), "code,price\n007,1.5\n008,2\n");
        Files.createDirectories(folder.resolve("shop/day=2"));
        Files.writeString(folder.resolve("shop/day=2/b.csv"), "price,code\n3,007\n");
        Schema.of(ColumnSchema.scalar("price", DType.FLOAT64)).write(folder.resolve("shop/schema.pbtxt"));
        assertThat(run("stats", folder + "/shop")).as(err.toString()).isZero();
        assertThat(out.toString())
                .containsPattern("rows +3\\b")
                .containsPattern("column code +VARCHAR, 3 values, 0 nulls, 2 different\\n")
                .containsPattern("column price +DOUBLE, 3 values, 0 nulls, 3 different, min 1\\.5")
                .containsPattern("column day +BIGINT, 3 values, 0 nulls, 2 different");
        Files.writeString(folder.resolve("shop/day=2/c.csv"), "price\n3\n");
        assertThat(run("stats", folder + "/shop")).isEqualTo(1);
        assertThat(err.toString()).contains("day=2/c.csv: no column code");
    }

    @Test
    void readsJsonLinesWhateverTheirNamesEndIn() throws IOException {
        Files.createDirectories(folder.resolve("lines"));
        Files.writeString(folder.resolve("lines/a.ndjson"), "{\"item\": \"x\", \"seen\": [1, 2]}\n");
        try (OutputStream file = Files.newOutputStream(folder.resolve("lines/b.ndjson.gz"));
                OutputStream compressed = new GZIPOutputStream(file)) {
            compressed.write("{\"item\": \"y\", \"seen\": [3]}\n{\"item\": null, \"seen\": []}\n".getBytes(UTF_8));
        }
        assertThat(run("stats", folder + "/lines")).as(err.toString()).isZero();
        assertThat(out.toString())
                .containsPattern("rows +3\\b")
                .containsPattern("column item +VARCHAR, 2 values, 1 nulls, 2 different\\n")
                .containsPattern("column seen +BIGINT\\[], 3 values, 0 nulls, 3 different, min 1\\.0");
        assertThat(run("stats", folder + "/lines/b.ndjson.gz"))
                .as(err.toString())
                .isZero();
    }

    @Test
    void readsTextsThatAreWrittenInAnotherWay() throws IOException {
        Path file = folder.resolve("latin.txt");
        Files.write(file, "'Größe;x';'Preis'\n'kl;ein';NA\n'groß';4\n".getBytes(ISO_8859_1));
        String[] stats = {
            "stats",
            file.toString(),
            "--format",
            "csv",
            "--encoding",
            "iso-8859-1",
            "--quote",
            "'",
            "--null",
            "NA",
            "--delimiter",
            ";"
        };
        assertThat(run(stats)).as(err.toString()).isZero();
        assertThat(out.toString())
                .containsPattern("column Größe;x +VARCHAR, 2 values, 0 nulls, 2 different\\n")
                .containsPattern("column Preis +BIGINT, 1 values, 1 nulls");
        assertThat(run("stats", folder + "/new.csv", "--format", "jsonl", "--null", "NA"))
                .isEqualTo(2);
    }

    @Test
    void readsTheColumnsOfASchemaInItsTypes() throws IOException {
        Path schema = folder.resolve("prices.pbtxt");
        Schema.of(ColumnSchema.scalar("price", DType.FLOAT64)).write(schema);
        assertThat(run("stats", folder + "/old.csv", "--schema", schema.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("column price  DOUBLE, 3 values").doesNotContain("item_id");
        Schema.of(ColumnSchema.scalar("item_id", DType.INT64), ColumnSchema.scalar("price", DType.INT64))
                .write(schema);
        Files.writeString(folder.resolve("bare.csv"), "5,10\n6,1.5\n");
        String[] bare = {"stats", folder + "/bare.csv", "--no-header", "--schema", schema.toString()};
        assertThat(run(bare)).isEqualTo(1);
        assertThat(err.toString()).contains("bare.csv, row 2, column price: 1.5 (expected: INT64)");
        Files.writeString(folder.resolve("bare.csv"), "5,10\n6,1\n");
        assertThat(run(bare)).as(err.toString()).isZero();
        assertThat(out.toString()).containsPattern("column price +BIGINT, 2 values");
    }

    @Test
    void tellsOfNumbersThatAreNotFinite() throws IOException {
        Path file = Files.writeString(folder.resolve("odd.csv"), "price\n1\nNaN\n3\ninf\n");
        Path page = folder.resolve("odd.html");
        assertThat(run("stats", file.toString(), "--html", page.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .containsPattern(
                        "column price +DOUBLE, 2 values, 0 nulls, 2 not finite, 2 different, min 1\\.0.*max 3\\.0");
        assertThat(Files.readString(page)).contains("<th scope=\"col\">not finite</th>");
    }

    @Test
    void tellsTheDriftForMachinesToo() throws IOException {
        assertThat(run("stats", folder + "/old.csv", "--against", folder + "/new.csv", "--json"))
                .as(err.toString())
                .isZero();
        JsonNode json = json(out.toString());
        assertThat(json.at("/columns/price/nulls").asInt()).isEqualTo(1);
        assertThat(json.at("/drift/item_id/distance").asDouble())
                .as("no item in common, all above the old ones")
                .isGreaterThan(0.5)
                .isLessThanOrEqualTo(1);
        out.getBuffer().setLength(0);
        assertThat(run("stats", folder + "/old.csv", "--against", folder + "/old.csv", "--json"))
                .isZero();
        assertThat(new ObjectMapper()
                        .readTree(out.toString())
                        .at("/drift/item_id/distance")
                        .asDouble())
                .isZero();
    }

    @Test
    void writesAPageWithDistributionsSessionsAndDrift() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("day.csv"), events(0, 400));
        Files.writeString(folder.resolve("next.csv"), events(5, 300));
        Path page = folder.resolve("stats.html");
        assertThat(run("stats", folder + "/day.csv", "--against", folder + "/next.csv", "--html", page.toString()))
                .as(err.toString())
                .isZero();
        String html = Files.readString(page);
        assertThat(html)
                .contains("<th scope=\"row\">first event</th><td>2026-01-01 00:00:00</td><td>2026-01-06 00:00:00</td>")
                .contains("<th scope=\"row\">sessions</th><td>100</td><td>75</td>")
                .contains("Length of sessions", "Columns of day.csv", "Columns of next.csv")
                .containsPattern(
                        "<tr class=\"notable\"><th scope=\"row\">price</th><td>0\\.\\d+</td><td>0\\.0\\d+</td><td>large</td>")
                .containsPattern("<tr><th scope=\"row\">colour</th><td>0\\.0\\d+</td>")
                .contains("&lt;b&gt;red&lt;/b&gt;")
                .doesNotContain("<b>");
        BrowserReportTest.assertReadable(page, folder, 6, 5);
    }

    private static String events(int shift, int count) {
        StringBuilder text = new StringBuilder("session_id,item_id,time,price,colour\n");
        for (int i = 0; i < count; i++) {
            text.append(i / 4)
                    .append(',')
                    .append(i * i % 50)
                    .append(",2026-01-%02d 00:00:%02d,".formatted(1 + shift + i / 100, i % 60));
            text.append(i * i % 97 + 10 * shift).append(i % 3 == 0 ? ",<b>red</b>\n" : ",blue\n");
        }
        return text.toString();
    }

    @Test
    void namesAFileThatIsNotThere() {
        assertThat(run("stats", folder + "/none.parquet")).isEqualTo(1);
        assertThat(err.toString()).contains("none.parquet").doesNotContain("\tat ");
    }
}
