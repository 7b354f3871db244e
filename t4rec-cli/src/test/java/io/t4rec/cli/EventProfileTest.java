package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.DataSource;
import io.t4rec.data.Database;
import io.t4rec.data.DatabaseSettings;
import io.t4rec.data.OutputLayout;
import io.t4rec.etl.Extension;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.etl.WorkflowEngine;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventProfileTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item_id", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME));

    @TempDir
    Path folder;

    private static void write(Path file, int rows) throws IOException {
        Files.createDirectories(file.getParent());
        try (Database database = Database.openInOrder()) {
            database.execute("copy (select range // 4 as session_id, range % 3 as item_id, range as time from range("
                    + rows + ")) to " + Database.literal(file.toString()) + " (format parquet)");
        }
    }

    @Test
    void looksAtASampleOnlyOfWhatTheEngineReadsElsewhere() throws IOException {
        Path absent = folder.resolve("absent.parquet");
        WorkflowConfig config = WorkflowConfig.sessions(SCHEMA, List.of(), 20, false);
        EventProfile profile = EventProfile.write(
                folder,
                DataPreparation.Parts.of(absent, null, null),
                config,
                SCHEMA,
                new Elsewhere(),
                DatabaseSettings.defaults());
        assertThat(profile.profile().sets()).singleElement().satisfies(set -> {
            assertThat(set.rows()).isEqualTo(1_000_000);
            assertThat(set.profiled()).isEqualTo(8);
            assertThat(set.lengths()).containsOnlyKeys(4).containsEntry(4, 2L);
        });
        assertThat(folder.resolve("samples")).doesNotExist();
        assertThat(EventProfile.read(folder)).isEqualTo(profile);
    }

    /** Has a million events where this process can't see them. */
    private static final class Elsewhere implements WorkflowEngine {
        @Override
        public boolean readsInProcess() {
            return false;
        }

        @Override
        public long sample(DataSource events, Schema schema, String session, long most, Path sample) {
            try {
                write(sample.resolve("part.parquet"), 8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return 1_000_000;
        }

        @Override
        public Workflow fit(WorkflowConfig config, DataSource events, Schema schema) {
            throw new AssertionError("nothing is fitted");
        }

        @Override
        public Extension extend(Workflow workflow, DataSource events) {
            throw new AssertionError("nothing is fitted further");
        }

        @Override
        public long transform(Workflow workflow, DataSource events, Path target, OutputLayout layout) {
            throw new AssertionError("nothing is transformed");
        }

        @Override
        public long transformTraining(Workflow workflow, DataSource events, Path target, OutputLayout layout) {
            throw new AssertionError("nothing is transformed");
        }

        @Override
        public void close() {}
    }
}
