package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.DataSource;
import io.t4rec.schema.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The embedded engine reads files as the contract says. */
class FilesTest extends FilesContract {
    private final WorkflowEngine engine = WorkflowEngine.duckDb();

    @Override
    protected WorkflowEngine engine() {
        return engine;
    }

    @ParameterizedTest
    @CsvSource({
        "'1,a,2\n1,a,2,\n', behind column time: one more value",
        "'1,a,2\n1,a,2,3\n', behind column time: one more value",
        "'1,a,2\n1,a\n', column time: no value"
    })
    void namesTheRowThatHasMoreOrFewerValuesThanColumns(String rows, String message, @TempDir Path folder)
            throws IOException {
        Path file = Files.writeString(folder.resolve("rows.csv"), "session_id,item_id,time\n" + rows);
        assertThatThrownBy(() -> engine.fit(
                        new WorkflowConfig("session_id", "item_id", "time", List.of()),
                        DataSource.of(file),
                        EventRows.SCHEMA.select(List.of("session_id", "item_id", "time"))))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ", row 2, " + message + " (expected: as many values as columns, 3)");
    }

    @Test
    void saysWhatItNeedsForOtherFileSystems() {
        for (String location : new String[] {"s3://bucket/events/*.parquet", "hdfs://host/events.parquet"}) {
            assertThatThrownBy(() -> engine.fit(
                            new WorkflowConfig("session_id", "item_id", "time", List.of()),
                            DataSource.of(location),
                            EventRows.SCHEMA))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(location + ": not readable by DuckDB")
                    .hasMessageContaining("engine spark");
        }
    }
}
