package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The columns of a data set that no schema tells: those that its files have, and those of its folders. */
final class FoundColumns {
    private FoundColumns() {}

    /**
     * Looks at all files.
     *
     * @return all columns, as text or lists of texts, since their types are seen when they are read; integers of folders as such. Columns
     *     without a name are left out
     * @throws DataException when a file can't be read
     * @throws ConfigException for texts without header
     */
    static Schema of(Database database, DataFiles files, TextOptions text) {
        Map<String, ColumnSchema> columns = new LinkedHashMap<>();
        for (DataFile file : files.files()) {
            if (files.format().isDelimited()) {
                for (String name : header(file, files.format(), text).names()) {
                    if (!name.isEmpty()) {
                        columns.put(name, ColumnSchema.scalar(name, DType.STRING));
                    }
                }
            } else {
                Map<String, String> types = files.format() == DataFormat.JSONL
                        ? TextTable.keys(database, file)
                        : DataTable.describe(database, file);
                types.forEach((name, type) -> columns.putIfAbsent(
                        name,
                        type.endsWith("[]")
                                ? ColumnSchema.ragged(name, DType.STRING)
                                : ColumnSchema.scalar(name, DType.STRING)));
            }
        }
        files.files().get(0).keys().keySet().forEach(key -> columns.put(key, folder(files, key)));
        return Schema.of(columns.values());
    }

    private static TextHeader header(DataFile file, DataFormat format, TextOptions text) {
        if (!text.header()) {
            throw new ConfigException(
                    file.location() + ": no header (expected: a schema, which names the columns in their order)");
        }
        try {
            return TextHeader.read(file.location(), Files.newInputStream(Path.of(file.location())), format, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ColumnSchema folder(DataFiles files, String key) {
        ColumnSchema integers = ColumnSchema.scalar(key, DType.INT64);
        try {
            files.files().forEach(file -> HiveColumns.value(file, integers));
            return integers;
        } catch (DataException e) {
            return ColumnSchema.scalar(key, DType.STRING);
        }
    }
}
