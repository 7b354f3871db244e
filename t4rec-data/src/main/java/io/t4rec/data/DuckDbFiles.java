package io.t4rec.data;

import io.t4rec.schema.DataException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Files as DuckDB reads them. */
final class DuckDbFiles {
    private DuckDbFiles() {}

    /** @throws DataException when DuckDB can't read where they are */
    static DataFiles find(Database database, DataSource source) {
        if (source.locations().stream().noneMatch(DataSource::isRemote)) {
            return DataFiles.find(source);
        }
        DataFormat format =
                source.format() == null ? DataFormat.ofFile(source.locations().get(0)) : source.format();
        if (format != null && format.isText()) {
            throw new DataException(source + ": " + format.label()
                    + " (expected: Parquet; the engine spark reads texts from other file systems)");
        }
        TreeSet<String> names = new TreeSet<>();
        for (String location : source.locations()) {
            if (DataSource.isRemote(location)) {
                names.addAll(remote(database, location));
            } else {
                DataFiles.find(DataSource.of(location)).files().forEach(file -> names.add(file.location()));
            }
        }
        List<DataFile> files = new ArrayList<>();
        names.forEach(name -> files.add(new DataFile(name, Map.of())));
        return new DataFiles(files, DataFormat.PARQUET);
    }

    private static List<String> remote(Database database, String location) {
        List<String> names = new ArrayList<>();
        try {
            // what is to be run is installed by users, not fetched when data is read
            database.execute("set autoinstall_known_extensions = false");
            database.forEach(
                    "select file from glob(" + Database.literal(location) + ")", row -> names.add(row.getString(1)));
        } catch (DataException e) {
            throw unreadable(
                    location, String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
        }
        if (names.isEmpty()) {
            throw unreadable(location, "DuckDB finds no file", null);
        }
        return names;
    }

    private static DataException unreadable(String location, String why, @Nullable DataException cause) {
        String message = location + ": not readable by DuckDB: " + why
                + " (expected: files or a pattern that DuckDB reads with an extension that is installed, such as httpfs; or a"
                + " local copy, or the engine spark)";
        return cause == null ? new DataException(message) : new DataException(message, cause);
    }

    /** Parquet files, one after another, whatever folders they are in. */
    static String parquet(List<DataFile> files) {
        return "read_parquet([" + files.stream().map(DuckDbFiles::literal).collect(Collectors.joining(", "))
                + "], file_row_number = true, hive_partitioning = false)";
    }

    /** A name as a value: what DuckDB would take for patterns stands for itself. */
    static String literal(DataFile file) {
        String name = file.location();
        return Database.literal(DataSource.isRemote(name) ? name : name.replaceAll("[\\[*?]", "[$0]"));
    }
}
