package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.Database;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is on disk when fitting or transforming ends early, and files that somebody edited. */
class SavedWorkflowTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item_id", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME));

    private static final WorkflowConfig CONFIG = WorkflowConfig.sessions(SCHEMA, List.of(), 20, false);

    @TempDir
    Path folder;

    /** Fits and saves again and again; tells when it has begun. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            for (int round = 0; ; round++) {
                Workflow.fit(CONFIG, Path.of(args[round % 2]), SCHEMA).save(Path.of(args[2]));
                System.out.println("saved");
            }
        }
    }

    private static Path events(Path file, int count, int items) {
        try (Database database = Database.openInOrder()) {
            database.execute("copy (select i // 4 as session_id, i * i % " + items
                    + " as item_id, i as time from range(" + count + ") t(i)) to "
                    + Database.literal(file.toString()) + " (format parquet)");
        }
        return file;
    }

    @Test
    void aFitThatIsKilledLeavesAWholeWorkflow() throws IOException, InterruptedException {
        Path few = events(folder.resolve("few.parquet"), 4_000, 97);
        Path many = events(folder.resolve("many.parquet"), 40_000, 9_973);
        List<Long> sizes = new ArrayList<>();
        for (Path each : List.of(few, many)) {
            sizes.add(cardinality(Workflow.fit(CONFIG, each, SCHEMA)));
        }
        Path saved = folder.resolve("saved");
        SplittableRandom random = new SplittableRandom(3);
        for (int kill = 0; kill < 3; kill++) {
            Process child = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName(),
                            few.toString(),
                            many.toString(),
                            saved.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).isEqualTo("saved");
                LockSupport.parkNanos(random.nextLong(150_000_000));
                child.destroyForcibly();
            }
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(cardinality(Workflow.load(saved))).isIn(sizes);
        }
    }

    private static long cardinality(Workflow workflow) {
        return workflow.outputSchema().itemId().cardinality();
    }

    @Test
    void aSaveThatFailsLeavesTheEarlierWorkflow() throws IOException {
        Workflow first = Workflow.fit(CONFIG, events(folder.resolve("a.parquet"), 400, 97), SCHEMA);
        Workflow second = Workflow.fit(CONFIG, events(folder.resolve("b.parquet"), 400, 11), SCHEMA);
        Path saved = folder.resolve("saved");
        first.save(saved);
        Thread.currentThread().interrupt(); // files can't be flushed any more
        assertThatThrownBy(() -> second.save(saved))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(saved + ": not written")
                .hasMessageContaining("what was there before is unchanged");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(cardinality(Workflow.load(saved))).isEqualTo(cardinality(first));
        second.save(saved);
        assertThat(cardinality(Workflow.load(saved))).isEqualTo(cardinality(second));
        assertThat(names()).containsExactlyInAnyOrder("a.parquet", "b.parquet", "saved");
    }

    @Test
    void anInterruptedTransformLeavesTheEarlierOutput() throws IOException {
        Path events = events(folder.resolve("a.parquet"), 400, 97);
        Workflow workflow = Workflow.fit(CONFIG, events, SCHEMA);
        Path output = Files.writeString(folder.resolve("sequences.parquet"), "earlier");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> workflow.transform(events, output))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(output + ": not written");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(output).hasContent("earlier");
        assertThat(names()).containsExactlyInAnyOrder("a.parquet", "sequences.parquet");
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void replacesNothingButAWorkflow() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("letter.txt"), "dear");
        Workflow workflow = Workflow.fit(CONFIG, events(folder.resolve("a.parquet"), 400, 97), SCHEMA);
        assertThatThrownBy(() -> workflow.save(other))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("other holds other things");
        assertThat(other.resolve("letter.txt")).hasContent("dear");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select * from f where id <> 5|row 3, column id: 6 (expected: 5)",
                "select * replace (case when id = 4 then 5 when id = 5 then 4 else id end as id) from f union all"
                        + " select 5, 999, 1|row 4, column id: 5 (expected: 6)",
                "select * replace (case when id = 4 then null else id end as id) from f|row 2, column id: 5 (expected: 4)",
                "select * replace (case when id = 4 then (select value from f where id = 3) else value end as value)"
                        + " from f|row 2, column value: 1 (expected: a value, each once)",
                "select * replace (case when id = 4 then null else value end as value) from f|row 2, column value: null",
                "select * replace (value::varchar as value) from f|column value: Strings (expected: integers)",
                "select * replace (id::varchar as id) from f|column id: Strings (expected: Longs)",
                "select * replace (case when id = 5 then -1 else count end as count) from f|row 3, column count: -1",
                "select * replace (case when id = 5 then null else count end as count) from f|row 3, column count: null",
                "select * exclude (count) from f|column: count (expected:"
            })
    void refusesAVocabularyThatWasEdited(String edit, String message) throws IOException {
        Path saved = folder.resolve("saved");
        Workflow.fit(CONFIG, events(folder.resolve("a.parquet"), 400, 97), SCHEMA)
                .save(saved);
        Path vocabulary = saved.resolve("vocabulary-0.parquet");
        edit(vocabulary, edit);
        assertThatThrownBy(() -> Workflow.load(saved))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(vocabulary.toString())
                .hasMessageContaining(message);
    }

    private void edit(Path file, String query) throws IOException {
        Path edited = folder.resolve("edited.parquet");
        try (Database database = Database.openInOrder()) {
            database.execute("create view f as select * from read_parquet(" + Database.literal(file.toString()) + ")");
            database.execute("copy (" + query + ") to " + Database.literal(edited.toString()) + " (format parquet)");
        }
        Files.copy(edited, file, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void refusesATableThatLacksWhatIsLookedUp() throws IOException {
        Path saved = folder.resolve("saved");
        WorkflowConfig counted = new WorkflowConfig(
                "session_id",
                "item_id",
                "time",
                List.of(new JoinGroupby(List.of("item_id"), List.of("time"), List.of("count", "mean"))));
        Workflow.fit(counted, events(folder.resolve("a.parquet"), 400, 97), SCHEMA)
                .save(saved);
        assertThat(Workflow.load(saved).outputSchema().names()).contains("item_id_count");
        edit(saved.resolve("table-0.parquet"), "select * exclude (\"time.sum\") from f");
        assertThatThrownBy(() -> Workflow.load(saved))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("saved: damaged (table ")
                .hasMessageContaining(": no column time.sum (expected: one of [");
    }
}
