package io.t4rec.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Names in a file system, for {@link DataFiles}. */
public interface FileTree {
    /** What a location is. */
    enum Kind {
        FILE,
        FOLDER,
        ABSENT
    }

    /** What is there. */
    Kind kind(String location) throws IOException;

    /** Names of what a folder holds, in any order. */
    List<String> names(String folder) throws IOException;

    /** The file systems of this machine. */
    static FileTree local() {
        return new FileTree() {
            @Override
            public Kind kind(String location) {
                Path path = Path.of(location);
                return Files.isDirectory(path) ? Kind.FOLDER : Files.exists(path) ? Kind.FILE : Kind.ABSENT;
            }

            @Override
            public List<String> names(String folder) throws IOException {
                try (Stream<Path> children = Files.list(Path.of(folder))) {
                    return children.map(path -> path.getFileName().toString()).toList();
                }
            }
        };
    }
}
