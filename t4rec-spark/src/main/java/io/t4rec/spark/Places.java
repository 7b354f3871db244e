package io.t4rec.spark;

import io.t4rec.data.DataFiles;
import io.t4rec.data.DataSource;
import io.t4rec.data.FileTree;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/** Places as Spark takes them: without the escapes of URIs, and with what is read as a pattern meaning itself. */
final class Places {
    private static final String SCHEME = "file://";

    private Places() {}

    static String toWrite(Path path) {
        return SCHEME + path.toAbsolutePath();
    }

    static String toRead(Path path) {
        return SCHEME + escaped(path.toAbsolutePath().toString());
    }

    /** A place, to be read as it is. */
    static String escaped(String place) {
        return place.replaceAll("[\\[\\]{}*?\\\\]", "\\\\$0");
    }

    /** A location with a scheme, or a file of this machine. */
    static String toRead(String location) {
        return DataSource.isRemote(location) ? escaped(location) : toRead(Path.of(location));
    }

    /** The same as Hadoop names it. */
    static org.apache.hadoop.fs.Path hadoop(String location) {
        return new org.apache.hadoop.fs.Path(DataSource.isRemote(location) ? location : toWrite(Path.of(location)));
    }

    /** The files of a data set, in any file system that Hadoop knows. */
    static DataFiles find(DataSource source, Configuration configuration) {
        return DataFiles.find(source, new Tree(configuration));
    }

    static InputStream open(String location, Configuration configuration) throws IOException {
        return DataSource.isRemote(location)
                ? hadoop(location).getFileSystem(configuration).open(hadoop(location))
                : Files.newInputStream(Path.of(location));
    }

    private record Tree(Configuration configuration) implements FileTree {
        @Override
        public Kind kind(String location) throws IOException {
            if (!DataSource.isRemote(location)) {
                return FileTree.local().kind(location);
            }
            try {
                org.apache.hadoop.fs.Path path = hadoop(location);
                return path.getFileSystem(configuration).getFileStatus(path).isDirectory() ? Kind.FOLDER : Kind.FILE;
            } catch (FileNotFoundException e) {
                return Kind.ABSENT;
            }
        }

        @Override
        public List<String> names(String folder) throws IOException {
            if (!DataSource.isRemote(folder)) {
                return FileTree.local().names(folder);
            }
            org.apache.hadoop.fs.Path path = hadoop(folder);
            FileStatus[] children = path.getFileSystem(configuration).listStatus(path);
            return Arrays.stream(children)
                    .map(child -> child.getPath().getName())
                    .toList();
        }
    }
}
