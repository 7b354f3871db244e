package io.t4rec.spark;

import java.nio.file.Path;

/** Files of this machine as Spark takes them: without the escapes of URIs, and what is read as a pattern. */
final class Places {
    private static final String SCHEME = "file://";

    private Places() {}

    static String toWrite(Path path) {
        return SCHEME + path.toAbsolutePath();
    }

    /** Characters that mean something in patterns mean themselves. */
    static String toRead(Path path) {
        return SCHEME + escaped(path.toAbsolutePath().toString());
    }

    /** A place, to be read as it is. */
    static String escaped(String place) {
        return place.replaceAll("[\\[\\]{}*?\\\\]", "\\\\$0");
    }
}
