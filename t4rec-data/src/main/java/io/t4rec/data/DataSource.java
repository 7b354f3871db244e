package io.t4rec.data;

import io.t4rec.schema.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A data set: one or several files of one format. Its rows come in the order of the files by name and of the rows in them.
 *
 * <p>A location is the name of a file, of a folder, or a pattern. A folder stands for all files in it and in its folders, but for
 * schemas and those whose name, or that of a folder below it, begins with {@code .} or {@code _}. In patterns {@code *}, {@code ?}, {@code
 * [a-z]} and {@code {a,b}} stand for parts of one name, {@code **} for any number of folders; a name that exists is no pattern. Folders
 * named {@code key=value} below a folder or in a pattern give a column {@code key}, in the type that the schema says. Locations with a scheme,
 * such as {@code s3://} or {@code hdfs://}, are read where the engine can.
 *
 * @param locations at least one
 * @param format of all files; null, the default, where their names tell: {@code .parquet}, {@code .csv}, {@code .txt}, {@code .tsv},
 *     {@code .jsonl}, {@code .ndjson}, {@code .json}, texts with {@code .gz} behind too. A single file of any other name is Parquet
 * @param text how CSV and TSV are written
 */
public record DataSource(List<String> locations, @Nullable DataFormat format, TextOptions text) {
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+://.*");
    private static final String LOCAL = "file://";

    /** @throws ConfigException without a location */
    public DataSource {
        locations = locations.stream().map(DataSource::local).toList();
        if (locations.isEmpty() || locations.contains("")) {
            throw new ConfigException("locations: " + locations + " (expected: at least one, none of them empty)");
        }
    }

    private static String local(String location) {
        return location.startsWith(LOCAL + "/") ? location.substring(LOCAL.length()) : location;
    }

    /** A location whose files' names tell the format. */
    public static DataSource of(String location) {
        return new DataSource(List.of(location), null, TextOptions.defaults());
    }

    /** A file or a folder. */
    public static DataSource of(Path path) {
        return of(path.toString());
    }

    /** Of a format, whatever the files' names say. */
    public DataSource withFormat(DataFormat all) {
        return new DataSource(locations, all, text);
    }

    /** With texts written in another way. */
    public DataSource withText(TextOptions options) {
        return new DataSource(locations, format, options);
    }

    /** Whether a location is not of this machine's file systems. */
    public static boolean isRemote(String location) {
        return SCHEME.matcher(location).matches();
    }

    /** For messages. */
    @Override
    public String toString() {
        return locations.size() == 1 ? locations.get(0) : locations.toString();
    }
}
