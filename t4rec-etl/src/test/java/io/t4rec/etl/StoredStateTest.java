package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.Table;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workflows whose fitted tables stay in files until somebody needs their rows. */
class StoredStateTest {
    private static final WorkflowConfig CONFIG = new WorkflowConfig(
            "session_id",
            "item_id",
            "time",
            List.of(
                    new JoinGroupby(List.of("t"), List.of("value"), List.of("mean")),
                    new TimeFeatures(List.of("recency")),
                    new Categorify(List.of("item_id", "number"), 2, 5, false, false, true, 3, 10, Map.of())));

    @TempDir
    Path folder;

    private Workflow fitted(Table events) {
        return Workflow.fit(CONFIG, TestTables.write(folder.resolve("events.parquet"), events), RandomWorkflows.SCHEMA);
    }

    @Test
    void givesRequestsFilesAndSavedWorkflowsWhatMemoryGives() throws IOException {
        Table events = RandomWorkflows.events(new SplittableRandom(1), 60);
        Workflow fitted = fitted(events);
        Path saved = Files.createDirectory(folder.resolve("saved"));
        fitted.save(saved);
        Workflow stored = StoredWorkflows.load(saved);
        assertThat(stored.vocabulary("number").stored()).isNotNull();
        assertThat(stored.outputSchema()).isEqualTo(fitted.outputSchema());
        Path again = Files.createDirectory(folder.resolve("again"));
        stored.save(again);
        for (String name :
                List.of("vocabulary-0.parquet", "vocabulary-1.parquet", "numbers-0.parquet", "table-0.parquet")) {
            TestTables.assertSame(name, TestTables.read(again.resolve(name)), TestTables.read(saved.resolve(name)));
        }
        Table expected = fitted.pipeline(Step.Place.DATA_SET).transform(events);
        TestTables.assertSame("requests", stored.pipeline(Step.Place.DATA_SET).transform(events), expected);
        Path target = folder.resolve("out/out.parquet");
        StoredWorkflows.load(saved).transform(folder.resolve("events.parquet"), target);
        TestTables.assertSame("files", TestTables.read(target), expected);
    }

    @Test
    void refusesFilesThatAreDamagedOrChangedSince() throws IOException {
        Workflow fitted = fitted(RandomWorkflows.events(new SplittableRandom(1), 60));
        Path saved = Files.createDirectory(folder.resolve("saved"));
        fitted.save(saved);
        Workflow stored = StoredWorkflows.load(saved);
        Path file = saved.resolve("vocabulary-0.parquet");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertThatThrownBy(() -> stored.vocabulary("item_id").id(5L))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("vocabulary-0.parquet: changed (expected: as when the workflow was loaded");
        Path other = folder.resolve("other.parquet");
        TestTables.write(
                other,
                "select id + (id > 14)::bigint as id, value, count from read_parquet(" + TestTables.literal(file)
                        + ")");
        Files.copy(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> StoredWorkflows.load(saved))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("vocabulary-0.parquet: damaged")
                .hasMessageContaining("ids with gaps");
    }
}
