package io.t4rec.data;

import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The schema that stands beside data: {@code FILE.schema.pbtxt} of a file, or {@code schema.pbtxt} in its folder. */
public final class SchemaFiles {
    private static final String NAME = "schema.pbtxt";

    private SchemaFiles() {}

    /**
     * Reads the schema of a data set: of a file that beside it; of a folder, or the folder that a pattern begins in, that in it, else that
     * beside it.
     *
     * @throws DataException when there is none, naming where it is looked for
     */
    public static Schema read(DataSource source) throws IOException {
        Schema found = find(source);
        if (found == null) {
            String location = source.locations().get(0);
            throw new DataException("file: "
                    + (DataSource.isRemote(location)
                            ? location + ": " + NAME
                            : folder(location).resolve(NAME))
                    + " (expected: beside the events; run t4rec import first, or name it with --schema FILE)");
        }
        return found;
    }

    /** As {@link #read}; null when there is none. */
    public static @Nullable Schema find(DataSource source) throws IOException {
        String location = source.locations().get(0);
        if (DataSource.isRemote(location)) {
            return null;
        }
        Path data = Path.of(location);
        Path folder = folder(location);
        Path usual = folder.resolve(NAME);
        List<Path> candidates =
                Files.isRegularFile(data) ? List.of(own(data), usual) : List.of(usual, own(folder), beside(folder));
        for (Path candidate : candidates) {
            if (Files.isRegularFile(candidate)) {
                return Schema.read(candidate);
            }
        }
        return null;
    }

    /** Where a location begins: the folder of a file, a folder itself, the fixed part of a pattern. */
    private static Path folder(String location) {
        Path path = Path.of(location);
        if (Files.isDirectory(path)) {
            return path;
        }
        if (Files.exists(path)) {
            return path.resolveSibling("");
        }
        String fixed = DataFiles.fixedPart(location);
        return fixed.equals(location) ? path.resolveSibling("") : Path.of(fixed);
    }

    private static Path own(Path data) {
        return beside(data, data.getFileName() + ".schema.pbtxt");
    }

    private static Path beside(Path data) {
        return beside(data, NAME);
    }

    private static Path beside(Path data, String name) {
        Path whole = data.toAbsolutePath().normalize();
        return whole.getParent() == null ? whole.resolve(name) : whole.resolveSibling(name);
    }

    /**
     * Writes the schema of a file beside it; under the file's name where {@code schema.pbtxt} tells the columns of the events it was made of.
     *
     * @param events the file was made of
     */
    public static void write(Schema schema, Path file, DataSource events) throws IOException {
        Path usual = file.resolveSibling(NAME);
        schema.write(
                Files.exists(usual) && besideEvents(file, events)
                        ? file.resolveSibling(file.getFileName() + ".schema.pbtxt")
                        : usual);
    }

    private static boolean besideEvents(Path file, DataSource events) throws IOException {
        Path target = file.toAbsolutePath().getParent();
        for (String location : events.locations()) {
            if (!DataSource.isRemote(location) && target != null && Files.exists(target)) {
                Path folder = folder(location).toAbsolutePath();
                if (Files.exists(folder) && Files.isSameFile(folder, target)) {
                    return true;
                }
            }
        }
        return false;
    }
}
