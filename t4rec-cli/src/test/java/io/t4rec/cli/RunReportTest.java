package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.cli.report.BrowserReportTest;
import io.t4rec.schema.io.DirectoryLock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of a real run on a shop whose item ids are hostile text. */
class RunReportTest {
    private static final int ITEMS = 40;

    @TempDir
    static Path folder;

    private static String report = "";

    @BeforeAll
    static void train() throws IOException {
        Path train = events("train.csv", 1, 400);
        Path test = events("test.csv", 2, 120);
        run("import", train.toString(), "--output", folder + "/train/events.parquet");
        run("import", test.toString(), "--output", folder + "/test/events.parquet");
        run(
                "prepare",
                folder + "/train/events.parquet",
                "--evaluation",
                folder + "/test/events.parquet",
                "--output",
                folder + "/data");
        run("train", folder + "/data", "--output", folder + "/run", "--set", "training.epochs=2");
        report = Files.readString(folder.resolve("run/report.html"));
    }

    /** Sessions that walk along a ring of items; the first session of all has a single event, one item is new in the test. */
    private static Path events(String name, long seed, int sessions) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text =
                new StringBuilder("session_id,item_id,time\ns0,<script>alert(0)</script>,2026-01-01T00:00:00Z\n");
        for (int session = 1; session <= sessions; session++) {
            int item = random.nextInt(ITEMS);
            int length = 2 + random.nextInt(8);
            for (int i = 0; i < length; i++) {
                text.append("s")
                        .append(session)
                        .append(",<script>alert(")
                        .append(item)
                        .append(")</script>,");
                text.append("2026-01-%02dT00:%02d:00Z\n".formatted(1 + session % 28, i));
                item = (item + 1 + random.nextInt(2)) % ITEMS;
            }
        }
        if (seed == 2) {
            text.append("new,<script>alert(0)</script>,2026-01-01T00:00:00Z\nnew,never seen,2026-01-31T12:30:00Z\n");
        }
        return Files.writeString(folder.resolve(name), text.toString());
    }

    private static void run(String... arguments) {
        StringWriter err = new StringWriter();
        int code = Main.run(arguments, new PrintWriter(new StringWriter()), new PrintWriter(err, true));
        assertThat(code).as(err.toString()).isZero();
    }

    @Test
    void tellsOfTheDataAsImportedAndAsPrepared() {
        assertThat(row("imported sessions")).containsExactly("401", "122");
        assertThat(row("sequences for the model")).as("single events drop out").containsExactly("400", "121");
        assertThat(row("items among them")).containsExactly("40", "41");
        assertThat(row("events of unknown items")).containsExactly("0", "1");
        assertThat(row("first event")).containsExactly("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
        assertThat(row("last event").get(1)).isEqualTo("2026-01-31T12:30:00Z");
        assertThat(row("density: events / (sequences × items)")).allMatch(value -> value.endsWith(" %"));
    }

    @Test
    void tellsWhatTheColumnsHoldAndWhatDriftedWithoutTheEventFiles() {
        assertThat(report).contains("Columns of training", "Columns of evaluation", "Distributions");
        String drift = report.substring(report.indexOf(">Drift<"), report.indexOf("Columns of training"));
        assertThat(drift)
                .containsPattern("<tr><th scope=\"row\">item_id</th><td>0\\.\\d+</td><td>0\\.\\d+</td><td></td>");
        assertThat(drift).as("every session is new").doesNotContain("session_id");
    }

    @Test
    void reportsDataThatWerePreparedWithoutAProfile() throws IOException {
        Files.move(folder.resolve("data/columns.json"), folder.resolve("columns.json"));
        try {
            run("train", folder + "/data", "--output", folder + "/again", "--set", "training.epochs=1");
            assertThat(Files.readString(folder.resolve("again/report.html")))
                    .contains("imported events")
                    .doesNotContain("Distributions");
        } finally {
            Files.move(folder.resolve("columns.json"), folder.resolve("data/columns.json"));
        }
    }

    @Test
    void reportsARunWhoseLogEndsInHalfALine() throws IOException {
        run("train", folder + "/data", "--output", folder + "/killed", "--set", "training.epochs=1");
        Path log = folder.resolve("killed/log.jsonl");
        String half = "{\"event\":\"step\",\"step\":{\"step\":2,\"totalSt";
        Files.writeString(log, half + "{\"event\":\"step\",\"step\":{}}\n" + half, StandardOpenOption.APPEND);
        run("train", folder + "/data", "--output", folder + "/killed", "--set", "training.epochs=2");
        assertThat(Files.readAllLines(log))
                .as("what follows begins a line")
                .contains(half)
                .last()
                .asString()
                .startsWith("{\"event\":\"epoch\"");
        assertThat(Files.readString(folder.resolve("killed/report.html"))).contains("Training loss");
    }

    @Test
    void letsOneRunAtATimeIntoADirectory() throws IOException {
        StringWriter err = new StringWriter();
        try (DirectoryLock lock = DirectoryLock.take(folder.resolve("run"))) {
            String[] command = {"train", folder + "/data", "--output", folder + "/run"};
            assertThat(Main.run(command, new PrintWriter(new StringWriter()), new PrintWriter(err, true)))
                    .isEqualTo(2);
        }
        assertThat(err.toString()).contains("run is in use by another run");
    }

    private static List<String> row(String name) {
        int at = report.indexOf("<th scope=\"row\">" + name + "</th>");
        assertThat(at).as(name).isPositive();
        return Pattern.compile("<td>([^<]*)</td>")
                .matcher(report.substring(at, report.indexOf("</tr>", at)))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @Test
    void comparesWithEveryBaselineAndSplitsTheCases() {
        assertThat(report).contains("By session length", "By item popularity", "class=\"whisker\"");
        for (String name : List.of("popularity", "markov", "vmis-knn")) {
            assertThat(report).contains("<th scope=\"col\">" + name + "</th>");
        }
        assertThat(row("unknown").get(0)).as("cases whose item is new").isEqualTo("1");
    }

    @Test
    void showsHostileItemIdsAsText() {
        assertThat(report).doesNotContain("<script").contains("&lt;script&gt;alert(");
        assertThat(report.split("class=\"session\"", -1)).hasSize(9);
        assertThat(report).contains("✓ &lt;script&gt;");
    }

    @Test
    void isReadableInABrowser() throws IOException, InterruptedException {
        BrowserReportTest.assertReadable(folder.resolve("run/report.html"), folder, 12, 11);
    }
}
