package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * Cuts long sequences into several, so that a model of limited length learns from all events instead of the newest ones. Each piece
 * begins with the last event of the one before, so every event but a sequence's first is the target of exactly one piece. The
 * newest piece is full, the oldest may be shorter.
 */
public final class SequenceWindows {
    private SequenceWindows() {}

    /**
     * Writes the pieces of all sequences, in the order of the sequences, the oldest piece first.
     *
     * @param sequences Parquet file
     * @param schema of it; its list columns are cut, other columns go with each piece
     * @param length longest piece, at least 2
     * @return number of pieces
     */
    public static long write(Path sequences, Schema schema, int length, Path output) throws IOException {
        return write(sequences, schema, length, output, OutputLayout.single(), DatabaseSettings.defaults());
    }

    /**
     * As {@link #write(Path, Schema, int, Path)}, into files laid out in any way.
     *
     * @param output a folder where the layout says one
     * @param settings of the database that cuts them
     * @throws io.t4rec.schema.DataException when the output would take the place of the sequences
     */
    public static long write(
            Path sequences, Schema schema, int length, Path output, OutputLayout layout, DatabaseSettings settings)
            throws IOException {
        if (length < 2) {
            throw new ConfigException("length of a window: " + length + " (expected: >= 2)");
        }
        DataFiles.requireApart(DataSource.of(sequences), output);
        String first = Database.identifier(schema.itemId().name());
        String step = String.valueOf(length - 1);
        String end = "(len(" + first + ") - __piece * " + step + ")";
        String columns = schema.columns().stream()
                .map(column -> piece(column, end, length))
                .collect(Collectors.joining(", "));
        String pieces = "select *, unnest(range(greatest(1, (len(" + first + ") + " + (length - 3) + ") // " + step
                + "))) as __piece from (select *, row_number() over () as __row from read_parquet("
                + Database.literal(sequences.toString()) + "))";
        try (Database database = Database.open(settings, 1)) {
            database.execute("create temp view pieces as " + pieces);
            long rows =
                    new ParquetOutput(database, schema, layout).write(columns, "pieces", "__row, __piece desc", output);
            if (!layout.isFolder()) {
                schema.write(output.resolveSibling("schema.pbtxt"));
            }
            return rows;
        }
    }

    private static String piece(ColumnSchema column, String end, int length) {
        String name = Database.identifier(column.name());
        return column.isList()
                ? name + "[greatest(1, " + end + " - " + (length - 1) + "):" + end + "] as " + name
                : name;
    }
}
