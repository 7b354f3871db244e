package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.DataSource;
import io.t4rec.schema.DataException;
import org.junit.jupiter.api.Test;

/** The embedded engine reads and writes files as the contract says. */
class FilesTest extends FilesContract {
    private final WorkflowEngine engine = WorkflowEngine.duckDb("");

    @Override
    protected WorkflowEngine engine() {
        return engine;
    }

    @Test
    void saysWhatItNeedsForOtherFileSystems() {
        for (String location : new String[] {"s3://bucket/events/*.parquet", "hdfs://host/events.parquet"}) {
            assertThatThrownBy(() -> engine.fit(
                            new WorkflowConfig("session_id", "item_id", "time", java.util.List.of()),
                            DataSource.of(location),
                            EventRows.SCHEMA))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(location + ": not readable by DuckDB")
                    .hasMessageContaining("engine spark");
        }
    }
}
