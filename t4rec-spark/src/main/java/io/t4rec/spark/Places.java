package io.t4rec.spark;

import io.t4rec.data.DataFiles;
import io.t4rec.data.DataSource;
import io.t4rec.data.FileTree;
import io.t4rec.schema.DataException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.VersionInfo;

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
                ? system(hadoop(location), configuration).open(hadoop(location))
                : Files.newInputStream(Path.of(location));
    }

    private static FileSystem system(org.apache.hadoop.fs.Path path, Configuration configuration) throws IOException {
        try {
            return path.getFileSystem(configuration);
        } catch (UnsupportedFileSystemException e) {
            throw unreadable(path, e);
        } catch (RuntimeException e) { // Hadoop hides in one that a class is missing
            if (e.getCause() instanceof ClassNotFoundException) {
                throw unreadable(path, e);
            }
            throw e;
        }
    }

    private static DataException unreadable(org.apache.hadoop.fs.Path path, Exception e) {
        return new DataException(
                path + ": not readable by Spark: " + e.getMessage()
                        + " (expected: a scheme whose file system is on Spark's"
                        + " class path; for s3a://, set SPARK_HOME to a Spark with hadoop-aws "
                        + VersionInfo.getVersion() + " and what it needs among its jars; s3:// is named s3a://)",
                e);
    }

    private record Tree(Configuration configuration) implements FileTree {
        @Override
        public Kind kind(String location) throws IOException {
            if (!DataSource.isRemote(location)) {
                return FileTree.local().kind(location);
            }
            try {
                org.apache.hadoop.fs.Path path = hadoop(location);
                return system(path, configuration).getFileStatus(path).isDirectory() ? Kind.FOLDER : Kind.FILE;
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
            FileStatus[] children = system(path, configuration).listStatus(path);
            return Arrays.stream(children)
                    .map(child -> child.getPath().getName())
                    .toList();
        }
    }
}
