package io.t4rec.schema.io;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a directory for one run: another that wants to write there is refused as long as the first goes on. The lock is the operating
 * system's, on a file {@code .lock} in the directory, so it ends with the process however that ends; a file that a killed process left
 * holds nobody up. Where the file system has no locks, only runs of the same process are kept apart.
 */
public final class DirectoryLock implements AutoCloseable {
    static final String FILE = ".lock";

    /** Asked first: to open and close the file once more would give up the lock of the whole process. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;
    /** Directories that were not there, the deepest first. */
    private final List<Path> made;

    private DirectoryLock(Path directory, FileChannel channel, List<Path> made) {
        this.directory = directory;
        this.channel = channel;
        this.made = made;
    }

    /**
     * Takes a directory, which is made when absent.
     *
     * @throws ConfigException when another run has it
     * @throws DataException when it is a file
     */
    public static DirectoryLock take(Path directory) throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new DataException("output: " + directory + " is a file (expected: a directory, new or of a run)");
        }
        List<Path> made = absent(directory);
        if (!made.isEmpty()) {
            Files.createDirectories(directory);
        }
        Path real = directory.toRealPath();
        if (!HELD.add(real)) {
            throw refused(directory);
        }
        try {
            return new DirectoryLock(real, locked(directory), made);
        } catch (IOException | RuntimeException e) {
            HELD.remove(real);
            throw e;
        }
    }

    private static List<Path> absent(Path directory) {
        List<Path> absent = new ArrayList<>();
        for (Path each = directory.toAbsolutePath(); each != null && !Files.exists(each); each = each.getParent()) {
            absent.add(each);
        }
        return absent;
    }

    private static FileChannel locked(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            // a holder that ends just now takes the file along, and what is locked would be no file of the directory
            taken = isLocked(channel) && Files.exists(file);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
        if (!taken) {
            throw refused(directory);
        }
        return channel;
    }

    private static boolean isLocked(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (IOException e) {
            return true; // a file system without locks
        }
    }

    private static ConfigException refused(Path directory) {
        return new ConfigException("output: " + directory + " is in use by another run (expected: one run at a time;"
                + " wait until that ends, or choose another directory)");
    }

    /** Lets others have the directory. The file goes, and so do directories that were made for it and are still empty. */
    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(directory.resolve(FILE));
            for (Path each : made) {
                Files.deleteIfExists(each);
            }
        } catch (DirectoryNotEmptyException e) {
            // a run wrote there, as is usual
        } catch (IOException e) {
            // an empty file that stays is no reason to fail
        } finally {
            HELD.remove(directory);
        }
    }
}
