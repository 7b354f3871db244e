package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepeatedFitTest {
    /** More rows than DuckDB gives one core at a time. */
    private static final int ROWS = 400_000;

    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("session_id", DType.INT64),
            ColumnSchema.scalar("item_id", DType.INT64),
            ColumnSchema.scalar("time", DType.INT64),
            ColumnSchema.scalar("price", DType.FLOAT64),
            ColumnSchema.scalar("dwell", DType.FLOAT64),
            ColumnSchema.scalar("weight", DType.FLOAT64));

    @TempDir
    Path folder;

    @Test
    void fittingAgainGivesTheSameFilesToTheLastDigit() throws IOException {
        Path events = TestTables.write(
                folder.resolve("events.parquet"),
                "select i // 9 as session_id, i % 31 as item_id, i as \"time\", sin(i) * 1e3 as price, cos(i) * 1e-3 as"
                        + " dwell, sin(i * i) as weight from range(" + ROWS + ") t (i)");
        WorkflowConfig config = new WorkflowConfig(
                "session_id",
                "item_id",
                "time",
                List.of(
                        new DataStats(List.of("price", "dwell", "weight")),
                        new JoinGroupby(List.of("item_id"), List.of("price", "weight"), List.of("sum", "std")),
                        new Normalize(List.of("price", "dwell", "weight"))));
        Map<String, String> first = filesOf(Workflow.fit(config, events, SCHEMA), "first");
        assertThat(first).hasSizeGreaterThan(1);
        for (int again = 0; again < 4; again++) {
            assertThat(filesOf(Workflow.fit(config, events, SCHEMA), "again-" + again))
                    .isEqualTo(first);
        }
    }

    private Map<String, String> filesOf(Workflow workflow, String name) throws IOException {
        Path saved = folder.resolve(name);
        workflow.save(saved);
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(saved)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        saved.relativize(file).toString(),
                        Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
            }
        }
        return files;
    }
}
