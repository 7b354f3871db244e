package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk of half a megabyte, mounted where only the process of the test sees it; skipped where that is not allowed. */
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
