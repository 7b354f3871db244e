package io.t4rec.schema.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.t4rec.schema.DataException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    private static final String MARKER = "bundle.json";

    @TempDir
    Path folder;

    private Path target;

    @BeforeEach
    void writeAnEarlierFile() throws IOException {
        target = folder.resolve("target");
        Files.writeString(target, "earlier");
    }

    @Test
    void replacesAFileAndMakesParentDirectories() throws IOException {
        AtomicFiles.writeString(target, "größer");
        assertThat(target).hasContent("größer");
        AtomicFiles.file(folder.resolve("a/b/c"), path -> Files.writeString(path, "new"));
        assertThat(folder.resolve("a/b/c")).hasContent("new");
        assertNothingElse("a", "target");
    }

    @Test
    void leavesTheEarlierFileWhenWritingFailsMidway() throws IOException {
        assertThatThrownBy(() -> AtomicFiles.write(target, stream -> {
                    stream.write(new byte[200_000]);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage(target + ": not written: No space left on device; what was there before is unchanged");
        assertThatThrownBy(() -> AtomicFiles.file(target, path -> {
                    Files.writeString(path, "half");
                    throw new IllegalStateException("a defect");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a defect");
        assertThat(target).hasContent("earlier");
        assertNothingElse("target");
    }

    /** {@code /dev/full} answers every write as a full disk does. */
    @Test
    void tellsOfAFullDiskAndKeepsTheEarlierFile() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "no /dev/full here");
        assertThatThrownBy(() -> AtomicFiles.write(target, stream -> {
                    try (OutputStream out = Files.newOutputStream(full)) {
                        out.write(1);
                    }
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(target.toString())
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("unchanged");
        assertThat(target).hasContent("earlier");
        assertNothingElse("target");
    }

    @Test
    void tellsWhatIsMissingWhenTheWorkWritesNothing() throws IOException {
        assertThatThrownBy(() -> AtomicFiles.file(target, path -> {}))
                .isInstanceOf(IOException.class)
                .hasCauseInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(target + ": not written: NoSuchFile ");
        assertThat(target).hasContent("earlier");
    }

    @Test
    void namesTheTargetWhenItsParentIsAFile() {
        Path inside = target.resolve("inside");
        assertThatThrownBy(() -> AtomicFiles.writeString(inside, "x"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(inside + ": not written: ");
        assertThatThrownBy(() -> AtomicFiles.writeString(Path.of("/"), "x"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("/ is a directory");
    }

    @Test
    void replacesADirectoryOfItsKind() throws IOException {
        Path bundle = bundle("1");
        AtomicFiles.directory(bundle, MARKER, path -> fill(path, "2"));
        assertThat(bundle.resolve(MARKER)).hasContent("2");
        assertThat(bundle.resolve("deep/1")).doesNotExist();
        assertThat(bundle.resolve("deep/2")).hasContent("2");
        assertNothingElse("bundle", "target");
    }

    @Test
    void fillsAnEmptyOrAbsentDirectory() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        AtomicFiles.directory(empty, MARKER, path -> fill(path, "1"));
        AtomicFiles.directory(folder.resolve("absent"), MARKER, path -> fill(path, "1"));
        assertThat(empty.resolve(MARKER)).hasContent("1");
        assertThat(folder.resolve("absent/deep/1")).hasContent("1");
        assertNothingElse("absent", "empty", "target");
    }

    @Test
    void keepsTheEarlierDirectoryWhenFillingFails() throws IOException {
        Path bundle = bundle("1");
        assertThatThrownBy(() -> AtomicFiles.directory(bundle, MARKER, path -> {
                    fill(path, "2");
                    AtomicFiles.write(path.resolve("weights"), stream -> {
                        throw new IOException("No space left on device");
                    });
                }))
                .isInstanceOf(IOException.class)
                .hasMessage(bundle + ": not written: No space left on device; what was there before is unchanged");
        assertThat(bundle.resolve(MARKER)).hasContent("1");
        assertThat(bundle.resolve("deep/1")).hasContent("1");
        assertNothingElse("bundle", "target");
    }

    /** Whoever looks at any time finds a whole directory or, between two renamings, none. */
    @Test
    void showsNeverAHalfFilledDirectory() throws Exception {
        Path bundle = bundle("0");
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger seen = new AtomicInteger();
        List<String> torn = new ArrayList<>();
        Thread watcher = new Thread(() -> {
            while (!done.get()) {
                String before = read(bundle.resolve(MARKER));
                boolean whole = Files.exists(bundle.resolve("deep").resolve(before));
                seen.addAndGet(whole ? 1 : 0);
                if (!before.isEmpty() && !whole && read(bundle.resolve(MARKER)).equals(before)) {
                    torn.add(before);
                }
            }
        });
        watcher.start();
        for (int i = 1; i <= 50; i++) {
            String version = String.valueOf(i);
            AtomicFiles.directory(bundle, MARKER, path -> {
                Files.writeString(path.resolve(MARKER), version);
                Thread.yield();
                Files.createDirectory(path.resolve("deep"));
                Files.writeString(path.resolve("deep").resolve(version), version);
            });
        }
        done.set(true);
        watcher.join();
        assertThat(torn).isEmpty();
        assertThat(seen).hasPositiveValue();
        assertThat(bundle.resolve(MARKER)).hasContent("50");
        assertNothingElse("bundle", "target");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void refusesADirectoryThatHoldsOtherThings() throws IOException {
        Path photos = Files.createDirectory(folder.resolve("photos"));
        Files.writeString(photos.resolve("beach.jpg"), "x");
        assertThatThrownBy(() -> AtomicFiles.directory(photos, MARKER, path -> fill(path, "1")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(photos.toString())
                .hasMessageContaining(MARKER);
        assertThatThrownBy(() -> AtomicFiles.directory(target, MARKER, path -> fill(path, "1")))
                .isInstanceOf(DataException.class);
        assertThat(photos.resolve("beach.jpg")).hasContent("x");
        assertThat(target).hasContent("earlier");
        assertNothingElse("photos", "target");
    }

    @Test
    void deletesATreeWithoutFollowingLinks() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree/deep"));
        Files.createSymbolicLink(tree.resolve("link"), target);
        AtomicFiles.deleteTree(folder.resolve("tree"));
        AtomicFiles.deleteTree(folder.resolve("tree"));
        assertThat(target).hasContent("earlier");
        assertNothingElse("target");
    }

    private Path bundle(String version) throws IOException {
        Path bundle = Files.createDirectory(folder.resolve("bundle"));
        fill(bundle, version);
        return bundle;
    }

    private static void fill(Path directory, String version) throws IOException {
        Files.createDirectory(directory.resolve("deep"));
        Files.writeString(directory.resolve("deep").resolve(version), version);
        Files.writeString(directory.resolve(MARKER), version);
    }

    private void assertNothingElse(String... names) throws IOException {
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(names);
        }
    }
}
