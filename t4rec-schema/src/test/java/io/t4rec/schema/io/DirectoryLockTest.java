package io.t4rec.schema.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    @TempDir
    Path folder;

    /** Takes a directory, says whether it could, and keeps it until it is told to end. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            try (DirectoryLock lock = DirectoryLock.take(Path.of(args[0]))) {
                System.out.println("taken");
                System.in.read();
            } catch (ConfigException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void keepsOtherRunsOfTheProcessOut() throws IOException {
        Path run = folder.resolve("run");
        try (DirectoryLock lock = DirectoryLock.take(run)) {
            assertThatThrownBy(() -> DirectoryLock.take(run.resolve("../run")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("is in use by another run (expected: one run at a time");
            DirectoryLock.take(folder.resolve("other")).close();
        }
        assertThatCode(() -> DirectoryLock.take(run).close()).doesNotThrowAnyException();
    }

    @Test
    void keepsOtherProcessesOutUntilTheOneEndsOrIsKilled() throws Exception {
        Path run = folder.resolve("run");
        try (DirectoryLock lock = DirectoryLock.take(run)) {
            Process refused = start(run);
            assertThat(firstLine(refused)).startsWith("output: " + run + " is in use by another run");
            assertThat(refused.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        Process holder = start(run);
        assertThat(firstLine(holder)).isEqualTo("taken");
        assertThatThrownBy(() -> DirectoryLock.take(run)).isInstanceOf(ConfigException.class);
        holder.destroyForcibly();
        assertThat(holder.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.resolve(".lock")).exists();
        assertThatCode(() -> AtomicFiles.checkReplaceable(run, "bundle.json")).doesNotThrowAnyException();
        DirectoryLock.take(run).close();
        assertThat(run).isEmptyDirectory();
    }

    private static Process start(Path run) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        run.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String firstLine(Process process) throws IOException {
        BufferedReader lines = process.inputReader();
        return lines.readLine();
    }

    @Test
    void leavesNothingBehindWhereNothingWasWritten() throws IOException {
        DirectoryLock.take(folder.resolve("a/b")).close();
        assertThat(folder.resolve("a")).doesNotExist();
        try (DirectoryLock lock = DirectoryLock.take(folder.resolve("a/b"))) {
            Files.writeString(folder.resolve("a/b/run.json"), "{}");
        }
        assertThat(folder.resolve("a/b"))
                .isDirectoryNotContaining("glob:**/.lock")
                .isNotEmptyDirectory();
    }

    @Test
    void refusesAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> DirectoryLock.take(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("is a file (expected: a directory");
    }
}
