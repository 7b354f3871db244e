package io.t4rec.model;

import io.t4rec.schema.io.FileDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Digests of the files of a bundle. */
final class ModelFiles {
    private ModelFiles() {}

    /** SHA-256 of every regular file below a directory but the named one, by path with forward slashes. */
    static Map<String, String> digests(Path directory, String except) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try (var files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String name = directory.relativize(file).toString().replace('\\', '/');
                if (!name.equals(except)) {
                    digests.put(name, FileDigest.sha256(file));
                }
            }
        }
        return digests;
    }
}
