package io.t4rec.schema.io;

import io.t4rec.schema.DataException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes files and directories all or nothing: to a temporary sibling first, flushed to the disk, then renamed. After a crash
 * or a full disk the target is what it was before.
 */
public final class AtomicFiles {
    private static final Pattern ABANDONED = Pattern.compile("\\..+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.tmp");

    private AtomicFiles() {}

    /** Work on a path that may fail. */
    @FunctionalInterface
    public interface PathWork {
        void run(Path path) throws IOException;
    }

    /** Work on a stream that may fail. */
    @FunctionalInterface
    public interface StreamWork {
        void run(OutputStream stream) throws IOException;
    }

    /**
     * Writes a file through a buffered stream. Missing parent directories are made.
     *
     * @throws DataException when the target is a directory or a device
     * @throws IOException when it fails, with the target's name; the target is then as before
     */
    public static void write(Path target, StreamWork work) throws IOException {
        file(target, temporary -> {
            try (OutputStream stream = new BufferedOutputStream(
                    Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW), 1 << 16)) {
                work.run(stream);
            }
        });
    }

    /**
     * Writes a text file in UTF-8.
     *
     * @throws IOException when it fails, with the target's name; the target is then as before
     */
    public static void writeString(Path target, String content) throws IOException {
        write(target, stream -> stream.write(content.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Lets other code write a file at a temporary path, then puts it in place. Missing parent directories are made.
     *
     * @throws DataException when the target is a directory or a device
     * @throws IOException when it fails, with the target's name; the target is then as before
     */
    public static void file(Path target, PathWork work) throws IOException {
        checkFile(target);
        allOrNothing(target, temporary -> {
            work.run(temporary);
            force(temporary);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        });
    }

    /**
     * Fills a new directory and puts it in place of the target. A target that exists is set aside first and deleted last, so
     * that at every moment either the old or the new one is complete on disk.
     *
     * @param marker a file that only directories of this kind hold: one without it is somebody's own and never replaced,
     *     unless it is empty
     * @throws DataException when the target is not ours to replace; nothing is written then
     * @throws IOException when it fails, with the target's name; the target is then as before
     */
    public static void directory(Path target, String marker, PathWork work) throws IOException {
        checkReplaceable(target, marker);
        Path old = sibling(target);
        allOrNothing(target, temporary -> {
            Files.createDirectory(temporary);
            work.run(temporary);
            forceTree(temporary);
            swap(temporary, target, old);
        });
        try {
            deleteTree(old);
        } catch (IOException e) {
            throw new IOException(target + ": written, but what was there before is left as " + old + "; delete it", e);
        }
    }

    private static void swap(Path temporary, Path target, Path old) throws IOException {
        boolean replaces = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        if (replaces) {
            Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        }
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (replaces) {
                putBack(old, target, e);
            }
            throw e;
        }
    }

    private static void putBack(Path old, Path target, IOException cause) {
        try {
            Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            cause.addSuppressed(e);
            throw new UncheckedIOException(
                    new IOException(target + ": not written; what was there before is left as " + old, cause));
        }
    }

    /** Runs the work on a temporary sibling, which is deleted however the work ends. */
    private static void allOrNothing(Path target, PathWork work) throws IOException {
        Path temporary = null;
        try {
            temporary = sibling(target);
            work.run(temporary);
        } catch (IOException e) {
            deleteAfter(e, temporary);
            throw new NotWrittenException(target, e instanceof NotWrittenException inner ? inner.reason : reason(e), e);
        } catch (RuntimeException | Error e) {
            deleteAfter(e, temporary);
            throw e;
        }
    }

    /** A failure to clean up must not hide why the work failed. */
    private static void deleteAfter(Throwable failure, @Nullable Path temporary) {
        try {
            if (temporary != null) {
                deleteTree(temporary);
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Tells the outermost target alone when one writing happens inside another. */
    private static final class NotWrittenException extends IOException {
        private static final long serialVersionUID = 1L;

        private final String reason;

        NotWrittenException(Path target, String reason, IOException cause) {
            super(target + ": not written: " + reason + "; what was there before is unchanged", cause);
            this.reason = reason;
        }
    }

    /** A message for people: some exceptions of the file system have a path and nothing else. */
    private static String reason(IOException e) {
        String message = e.getMessage();
        String name = e.getClass().getSimpleName().replace("Exception", "");
        if (message == null) {
            return name;
        }
        return e instanceof FileSystemException system && system.getReason() == null ? name + " " + message : message;
    }

    /**
     * Refuses a directory that holds other things than ours. The file of a {@link DirectoryLock}, which a killed run may leave, is
     * none.
     *
     * @param marker a file that only directories of this kind hold
     * @throws DataException when the target exists, is not empty, and lacks the marker
     */
    public static void checkReplaceable(Path target, String marker) throws IOException {
        if (!Files.exists(target) || Files.exists(target.resolve(marker))) {
            return;
        }
        boolean empty = false;
        if (Files.isDirectory(target)) {
            try (var files = Files.list(target)) {
                empty = files.allMatch(file -> file.getFileName().toString().equals(DirectoryLock.FILE));
            }
        }
        if (!empty) {
            throw new DataException(
                    "output: " + target + " holds other things (expected: an absent or empty directory, or one with "
                            + marker + "; choose another)");
        }
    }

    /** Deletes a file or a directory with all it holds; nothing happens when it is absent. Links are not followed. */
    public static void deleteTree(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /**
     * Deletes what killed writers left behind in a folder. Only for folders that one process at a time writes to: a file that is
     * being written looks the same.
     */
    public static void deleteAbandoned(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(path ->
                            ABANDONED.matcher(path.getFileName().toString()).matches())
                    .toList()) {
                deleteTree(file);
            }
        }
    }

    /** Renaming onto a device would put a file in its place. */
    private static void checkFile(Path target) {
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new DataException("output: " + target + " is a "
                    + (Files.isDirectory(target) ? "directory" : "device")
                    + " (expected: the name of a file, new or to be replaced)");
        }
    }

    private static Path sibling(Path target) throws IOException {
        Path absolute = target.toAbsolutePath();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new IOException("path: " + target + " (expected: not a root)");
        }
        Files.createDirectories(parent);
        return parent.resolve("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void forceTree(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                force(file);
            }
        }
    }
}
