package io.t4rec.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.Database;
import io.t4rec.data.DatabaseSettings;
import io.t4rec.schema.DataException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceComparisonTest {
    private static final String SESSIONS = "(1, [3, 4], [0.5, 1.0]), (2, [5], [2.0])";

    @TempDir
    private Path folder;

    private long compare(String right) {
        return SequenceComparison.requireEqual(
                write("left", SESSIONS),
                write("right", right),
                List.of("item"),
                List.of("price"),
                DatabaseSettings.defaults());
    }

    private Path write(String name, String rows) {
        Path file = folder.resolve(name + ".parquet");
        try (Database database = Database.open()) {
            database.execute("copy (select session_id, item, cast(price as double[]) as price from (values " + rows
                    + ") t (session_id, item, price)) to " + Database.literal(file.toString()) + " (format parquet)");
        }
        return file;
    }

    @Test
    void countsEqualRowsAndOverlooksRounding() {
        assertThat(compare("(1, [3, 4], [0.5, 1.00000000001]), (2, [5], [2.0])"))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(1, [3, 4], [0.5, 1.0]), (3, [5], [2.0])",
                "(1, [3, 4], [0.5, 1.0]), (2, [6], [2.0])",
                "(1, [3, 4], [0.5, 1.0]), (2, [5], [2.001])",
                "(1, [3, 4], [0.5, 1.0]), (2, [5], [null])",
                "(1, [3, 4], [0.5, 1.0]), (2, [5], [2.0, 2.0])",
                "(1, [3, 4], [0.5, 1.0])",
            })
    void refusesARowThatDiffers(String right) {
        assertThatThrownBy(() -> compare(right))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("left.parquet: row 2 (expected: that of ");
    }

    @Test
    void refusesAnotherOrderAndRowsBeyondTheLast() {
        assertThatThrownBy(() -> compare("(2, [5], [2.0]), (1, [3, 4], [0.5, 1.0])"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("left.parquet: row 1 ");
        assertThatThrownBy(() -> compare(SESSIONS + ", (3, [5], [2.0])"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("left.parquet: row 3 ");
    }
}
