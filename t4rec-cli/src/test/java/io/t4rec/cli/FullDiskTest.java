package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.t4rec.data.Database;
import io.t4rec.etl.Workflow;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk of half a megabyte, mounted where only the process of the test sees it; skipped where that is not allowed. And files that may
 * not grow beyond a size.
 */
class FullDiskTest {
    @TempDir
    Path folder;

    /** Argument 1 is the disk, 2 a small file to put on it; the rest is the command. Prints what became of the disk. */
    private static final String SCRIPT = """
            mount -t tmpfs -o size=512k none "$1" || exit 77
            cp "$2" "$1/events.parquet" || exit 77
            disk="$1"; shift 2
            before=$(cksum < "$disk/events.parquet")
            "$@"
            echo "exit $?"
            [ "$before" = "$(cksum < "$disk/events.parquet")" ] && echo untouched
            ls -A "$disk"
            """;

    /** Loads what the command needs of DuckDB, waits until it is told to begin, then runs the command. */
    static final class Waiting {
        private Waiting() {}

        public static void main(String[] args) throws IOException {
            Database.openInOrder().close();
            System.out.println("ready");
            System.in.read();
            Main.main(args);
        }
    }

    @Test
    void leavesPreparedDataWhereAFileMayNotGrowAndSaysWhichOne() throws IOException, InterruptedException {
        String events = folder + "/events.parquet";
        try (Database database = Database.openInOrder()) {
            database.execute("copy (select i // 4 as session_id, hash(i) % 200000 as item_id, i as time"
                    + " from range(400000) t(i)) to " + Database.literal(folder + "/events.csv"));
        }
        run("import", folder + "/events.csv", "--output", events);
        String data = folder + "/data";
        run("prepare", events, "--output", data, "--set", "data.maxLength=2");
        byte[] before = Files.readAllBytes(Path.of(data, "train", "sequences.parquet"));

        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Waiting.class.getName(),
                        "prepare",
                        events,
                        "--output",
                        data)
                .redirectError(err.toFile())
                .start();
        try (BufferedReader lines = process.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("ready");
            assumeThat(limit(process)).as("prlimit lowers the size of files").isTrue();
            try (OutputStream go = process.getOutputStream()) {
                go.write('\n');
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(1);
        assertThat(Files.readString(err))
                .startsWith("t4rec: ")
                .contains("File too large", "parquet")
                .doesNotContain("\tat ")
                .hasLineCount(1);
        assertThat(Path.of(data, "train", "sequences.parquet")).hasBinaryContent(before);
        assertThat(Workflow.load(Path.of(data, "workflow")).outputSchema().size())
                .isPositive();
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("events.csv", "events.parquet", "schema.pbtxt", "data", "err");
        }
    }

    /** Files of more than 300 kB can't be written any more; false where there is no prlimit. */
    private static boolean limit(Process process) throws InterruptedException {
        try {
            return new ProcessBuilder("prlimit", "--pid", String.valueOf(process.pid()), "--fsize=300000:300000")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void run(String... arguments) {
        StringWriter err = new StringWriter();
        int code = Main.run(arguments, new PrintWriter(new StringWriter()), new PrintWriter(err, true));
        assertThat(code).as(err.toString()).isZero();
    }

    @Test
    void leavesWhatWasThereAndSaysWhy() throws IOException, InterruptedException {
        Path small = Files.writeString(folder.resolve("small.csv"), "session_id,item_id,time\n1,2,3\n1,3,4\n");
        int code = Main.run(
                new String[] {"import", small.toString(), "--output", folder + "/small.parquet"},
                new PrintWriter(new StringWriter()),
                new PrintWriter(new StringWriter()));
        assertThat(code).isZero();
        StringBuilder text = new StringBuilder("session_id,item_id,time\n");
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200_000; i++) {
            text.append(i / 5)
                    .append(',')
                    .append(random.nextInt(1_000_000))
                    .append(',')
                    .append(random.nextInt())
                    .append('\n');
        }
        Path big = Files.writeString(folder.resolve("big.csv"), text.toString());
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = CommandProcess.builder(
                        out, err, "import", big.toString(), "--output", disk + "/events.parquet")
                .on("unshare", "-rm", "sh", "-c", SCRIPT, "sh", disk.toString(), folder + "/small.parquet")
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assumeThat(process.exitValue())
                .as("no right to mount: " + Files.readString(err))
                .isZero();
        assertThat(Files.readAllLines(out)).containsExactly("exit 1", "untouched", "events.parquet");
        assertThat(Files.readString(err))
                .startsWith("t4rec: ")
                .contains("events.parquet")
                .containsIgnoringCase("no space")
                .doesNotContain("\tat ");
    }
}
