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
    private static final String OWN = "." + NAME;

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
        for (Path candidate : candidates(location)) {
            if (Files.isRegularFile(candidate)) {
                return Schema.read(candidate);
            }
        }
        return null;
    }

    /** Where the schema of a location of this machine is looked for, in this order. */
    private static List<Path> candidates(String location) {
        Path data = Path.of(location);
        Path folder = folder(location);
        Path usual = folder.resolve(NAME);
        return Files.isRegularFile(data) ? List.of(own(data), usual) : List.of(usual, own(folder), beside(folder));
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
        return beside(data, data.getFileName() + OWN);
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
        schema.write(file.resolveSibling(name(file, events)));
    }

    /**
     * Name of the file beside an output that its schema goes into: {@code schema.pbtxt}, or one with the output's name where that tells the
     * columns of the events it was made of.
     *
     * @param output file or folder
     * @param events it was made of
     */
    public static String name(Path output, DataSource events) throws IOException {
        return tells(output.resolveSibling(NAME), events) ? output.getFileName() + OWN : NAME;
    }

    /** Whether a schema is that of the events; beside a file it may be that of others, so it counts even if the file has its own. */
    private static boolean tells(Path schema, DataSource events) throws IOException {
        for (String location : events.locations()) {
            if (DataSource.isRemote(location)) {
                continue;
            }
            boolean file = Files.isRegularFile(Path.of(location));
            for (Path candidate : candidates(location)) {
                boolean present = Files.isRegularFile(candidate);
                if (present && Files.exists(schema) && Files.isSameFile(candidate, schema)) {
                    return true;
                }
                if (present && !file) {
                    break;
                }
            }
        }
        return false;
    }
}
