package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequenceWindowsTest {
    private static final Schema SCHEMA = Schema.of(List.of(
            ColumnSchema.scalar("session_id", DType.INT64),
            ColumnSchema.ragged("item_id-list", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.ragged("price-list", DType.FLOAT64)));

    @TempDir
    Path folder;

    @Test
    void everyEventButTheFirstIsTheTargetOfOnePiece() throws IOException {
        for (int length : new int[] {2, 3, 4, 7, 50}) {
            List<String> expected = new ArrayList<>();
            for (int sequence = 1; sequence <= 12; sequence++) {
                expected.addAll(pieces(sequence, length));
            }
            assertThat(cut(length, 12)).as("pieces of " + length).isEqualTo(expected);
        }
    }

    /** By the definition, from the newest piece to the oldest: sequence n holds the items 1 to n. */
    private static List<String> pieces(int sequence, int length) {
        List<String> pieces = new ArrayList<>();
        int end = sequence;
        do {
            int start = Math.max(1, end - length + 1);
            String items =
                    IntStream.rangeClosed(start, end).mapToObj(String::valueOf).collect(Collectors.joining(", "));
            String prices =
                    IntStream.rangeClosed(start, end).mapToObj(i -> i + ".5").collect(Collectors.joining(", "));
            pieces.add(0, sequence + " [" + items + "] [" + prices + "]");
            end = start;
        } while (end > 1);
        return pieces;
    }

    private List<String> cut(int length, int sequences) throws IOException {
        Path whole = folder.resolve("whole.parquet");
        Path output = folder.resolve("pieces/sequences.parquet");
        List<String> rows = new ArrayList<>();
        try (Database database = Database.openInOrder()) {
            database.execute(
                    "copy (select n as session_id, range(1, n + 1) as \"item_id-list\", list_transform(range(1,"
                            + " n + 1), x -> x + 0.5) as \"price-list\" from (select unnest(range(1, " + (sequences + 1)
                            + ")) as n)) to " + Database.literal(whole.toString()) + " (format parquet)");
            long written = SequenceWindows.write(whole, SCHEMA, length, output);
            database.forEach(
                    "select session_id, cast(\"item_id-list\" as varchar), cast(\"price-list\" as varchar) from read_parquet("
                            + Database.literal(output.toString()) + ")",
                    row -> rows.add(row.getLong(1) + " " + row.getString(2) + " " + row.getString(3)));
            assertThat(written).isEqualTo(rows.size());
        }
        return rows;
    }

    @Test
    void refusesPiecesWithoutATarget() {
        assertThatThrownBy(() -> SequenceWindows.write(folder.resolve("x"), SCHEMA, 1, folder.resolve("y")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("length of a window: 1 (expected: >= 2)");
    }
}
