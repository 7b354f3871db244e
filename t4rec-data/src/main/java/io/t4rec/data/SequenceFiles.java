package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.SchemaException;
import io.t4rec.schema.io.Names;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads list columns of Parquet files into jagged arrays, a window of rows at a time. */
final class SequenceFiles implements AutoCloseable {
    private final Database database;
    private final String relation;
    private final Schema lists;
    private final long rowCount;

    /** @throws SchemaException when the schema names a list column that the files lack */
    SequenceFiles(List<Path> files, Schema schema) {
        for (Path file : files) {
            if (!Files.exists(file)) {
                throw new DataException("file: " + file + " (expected: an existing Parquet file)");
            }
        }
        database = Database.open("", 1);
        relation = "read_parquet(["
                + files.stream().map(Path::toString).map(Database::literal).collect(Collectors.joining(", ")) + "])";
        lists = schema.filter(ColumnSchema::isList);
        Map<String, String> present = database.describe("select * from " + relation);
        for (ColumnSchema column : lists.columns()) {
            if (!present.containsKey(column.name())) {
                throw new SchemaException("column " + column.name() + ": not in " + files + " (expected: "
                        + Names.expectation(column.name(), present.keySet()) + ")");
            }
        }
        if (lists.size() == 0) {
            throw new SchemaException("schema: no list column (expected: at least the item id as a list)");
        }
        rowCount = database.number("select count(*) from " + relation);
    }

    long rowCount() {
        return rowCount;
    }

    /** Rows {@code from .. from + count - 1} in file order. */
    SequenceBatch read(long from, long count) {
        String window = "(select * from " + relation + " limit " + count + " offset " + from + ")";
        int[] offsets = null;
        Map<String, long[]> longs = new LinkedHashMap<>();
        Map<String, float[]> floats = new LinkedHashMap<>();
        for (ColumnSchema column : lists.columns()) {
            String name = Database.identifier(column.name());
            int[] own = offsets(window, name, count);
            if (offsets != null && !Arrays.equals(offsets, own)) {
                throw new DataException("column " + column.name() + ": list lengths differ from those of "
                        + lists.names().get(0) + " (expected: one element an event in every list column)");
            }
            offsets = own;
            String elements = "select unnest(" + name + ") from " + window;
            int[] at = {0};
            if (column.dtype().isFloating()) {
                float[] values = new float[own[own.length - 1]];
                database.forEach(elements, row -> values[at[0]++] = row.getFloat(1));
                floats.put(column.name(), values);
            } else {
                long[] values = new long[own[own.length - 1]];
                database.forEach(elements, row -> values[at[0]++] = row.getLong(1));
                longs.put(column.name(), values);
            }
        }
        return new SequenceBatch(offsets == null ? new int[1] : offsets, longs, floats);
    }

    private int[] offsets(String window, String name, long count) {
        int[] offsets = new int[Math.toIntExact(count) + 1];
        int[] row = {0};
        database.forEach("select coalesce(len(" + name + "), 0) from " + window, result -> {
            offsets[row[0] + 1] = Math.addExact(offsets[row[0]], result.getInt(1));
            row[0]++;
        });
        return offsets;
    }

    @Override
    public void close() {
        database.close();
    }
}
