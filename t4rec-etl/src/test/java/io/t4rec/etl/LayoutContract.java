package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.DataSource;
import io.t4rec.data.OutputLayout;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every engine has to hold about files that it writes: laying them out in any way loses nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class LayoutContract {
    private static final Schema SCHEMA = EventRows.SCHEMA;
    private static final List<Map<String, @Nullable Object>> ROWS = EventRows.rows();

    /** The events as they are. */
    private static final WorkflowConfig EVENTS =
            new WorkflowConfig("session_id", "item_id", "time", List.of(Categorify.of("item_id")));

    @TempDir
    Path folder;

    private Path shared;
    private Path whole;

    /** The engine under test; it stays open. */
    protected abstract WorkflowEngine engine();

    @BeforeAll
    void writeTheEvents(@TempDir Path lasting) throws IOException {
        shared = lasting;
        whole = EventRows.parquet(shared.resolve("whole/events.parquet"), ROWS, SCHEMA.names());
    }

    private Table laidOut(OutputLayout layout, Path target) throws IOException {
        Workflow workflow = engine().fit(EVENTS, DataSource.of(whole), SCHEMA);
        assertThat(engine().transform(workflow, DataSource.of(whole), target, layout))
                .isEqualTo(ROWS.size());
        if (!layout.isFolder()) {
            return TestTables.read(target);
        }
        assertThat(Schema.read(target.resolve("schema.pbtxt"))).isEqualTo(workflow.outputSchema());
        WorkflowConfig asItIs = new WorkflowConfig("session_id", "item_id", "time", List.of());
        Path again = folder.resolve("again/" + target.getFileName() + ".parquet");
        Workflow copy = engine().fit(asItIs, DataSource.of(target), workflow.outputSchema());
        engine().transform(copy, DataSource.of(target), again, OutputLayout.single());
        return TestTables.read(again);
    }

    private static List<String> files(Path target) throws IOException {
        try (Stream<Path> files = Files.walk(target)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> target.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static List<List<@Nullable Object>> rows(Table table) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (int row = 0; row < table.rowCount(); row++) {
            List<@Nullable Object> values = new ArrayList<>();
            for (String name : table.columnNames()) {
                values.add(table.column(name).value(row));
            }
            rows.add(values);
        }
        return rows;
    }

    @Test
    void writesFilesThatHoldTheRowsInOrder() throws IOException {
        Table single = laidOut(OutputLayout.single(), folder.resolve("single.parquet"));
        Path target = folder.resolve("five");
        Table table = laidOut(OutputLayout.single().inFiles(5), target);
        assertThat(files(target))
                .containsExactly(
                        "_files.json",
                        "part-00000.parquet",
                        "part-00001.parquet",
                        "part-00002.parquet",
                        "part-00003.parquet",
                        "part-00004.parquet",
                        "schema.pbtxt");
        assertThat(rows(table)).isEqualTo(rows(single));
        for (int part = 0; part < 5; part++) {
            assertThat(TestTables.read(target.resolve("part-0000" + part + ".parquet"))
                            .rowCount())
                    .isBetween(9, 10);
        }
        Path sized = folder.resolve("sized");
        assertThat(rows(laidOut(OutputLayout.single().inFilesOf(1_000), sized))).isEqualTo(rows(single));
        assertThat(files(sized)).hasSizeGreaterThan(4);
        assertThat(rows(laidOut(OutputLayout.single().inFiles(2), target)))
                .as("in place of what was there")
                .isEqualTo(rows(single));
        assertThat(files(target)).hasSize(4);
        assertThatThrownBy(() -> laidOut(OutputLayout.single().inFiles(2), shared.resolve("whole")))
                .as("the events themselves")
                .isInstanceOf(DataException.class)
                .hasMessageContaining("holds the events");
        assertThat(whole).exists();
        Path notes =
                Files.writeString(Files.createDirectory(folder.resolve("own")).resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> laidOut(OutputLayout.single().inFiles(2), folder.resolve("own")))
                .as("somebody's own files")
                .isInstanceOf(DataException.class)
                .hasMessageContaining("holds other things");
        assertThat(notes).hasContent("mine");
    }

    @Test
    void writesFoldersByValue() throws IOException {
        Table single = laidOut(OutputLayout.single(), folder.resolve("single.parquet"));
        Path target = folder.resolve("hive");
        Table table = laidOut(OutputLayout.single().inFiles(2).partitionedBy(List.of("shop", "sold", "day")), target);
        assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(rows(single));
        assertThat(files(target))
                .hasSize(2 * 18 + 2 - 3)
                .contains(
                        "shop=a%2Fb%3Dc/sold=true/day=1/part-00000.parquet",
                        "shop=z %2541/sold=__HIVE_DEFAULT_PARTITION__/day=3/part-00000.parquet");
        Path first = target.resolve("shop=a%2Fb%3Dc/sold=true/day=1/part-00000.parquet");
        assertThat(TestTables.query("select * from read_parquet(" + TestTables.literal(first)
                                + ", hive_partitioning = false)")
                        .columnNames())
                .containsExactly("session_id", "item_id", "time", "price of \"it\", '€'", "count", "note");
        for (String column : List.of("price of \"it\", '€'", "shap")) {
            assertThatThrownBy(
                            () -> laidOut(OutputLayout.single().partitionedBy(List.of(column)), folder.resolve("no")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("partition by: " + column);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"_shop", ".shop", "shop"})
    void losesNoRowByTheNameOfItsFolder(String key) throws IOException {
        Path events = TestTables.write(
                folder.resolve("events.parquet"),
                "select range as session_id, 'a' as item_id, range as time, case range % 3 when 0 then"
                        + " '__HIVE_DEFAULT_PARTITION__' when 1 then '_x' end as \"" + key + "\" from range(6)");
        Schema schema = SCHEMA.select(List.of("session_id", "item_id", "time"))
                .plus(Schema.of(ColumnSchema.scalar(key, DType.STRING)));
        WorkflowConfig asItIs = new WorkflowConfig("session_id", "item_id", "time", List.of());
        Path target = folder.resolve("hive");
        Workflow workflow = engine().fit(asItIs, DataSource.of(events), schema);
        engine().transform(
                        workflow,
                        DataSource.of(events),
                        target,
                        OutputLayout.single().partitionedBy(List.of(key)));
        Path again = folder.resolve("again/again.parquet");
        Workflow copy = engine().fit(asItIs, DataSource.of(target), schema);
        engine().transform(copy, DataSource.of(target), again, OutputLayout.single());
        assertThat(rows(TestTables.read(again))).containsExactlyInAnyOrderElementsOf(rows(TestTables.read(events)));
    }

    @Test
    void shufflesByTheSeedAlone() throws IOException {
        Table single = laidOut(OutputLayout.single(), folder.resolve("single.parquet"));
        Table one = laidOut(OutputLayout.single().shuffled(7), folder.resolve("one.parquet"));
        Table parts = laidOut(OutputLayout.single().inFiles(3).shuffled(7), folder.resolve("parts"));
        Table other = laidOut(OutputLayout.single().shuffled(8), folder.resolve("other.parquet"));
        assertThat(rows(one)).isNotEqualTo(rows(single)).containsExactlyInAnyOrderElementsOf(rows(single));
        assertThat(rows(parts)).isEqualTo(rows(one));
        assertThat(rows(other)).isNotEqualTo(rows(one)).containsExactlyInAnyOrderElementsOf(rows(single));
        List<Long> order = new ArrayList<>();
        for (long number = 0; number < ROWS.size(); number++) {
            order.add(number);
        }
        order.sort((a, b) -> Long.compareUnsigned(StableHash.of("7:" + a), StableHash.of("7:" + b)));
        assertThat(rows(one))
                .as("the order that every engine gives")
                .isEqualTo(order.stream()
                        .map(number -> rows(single).get(number.intValue()))
                        .toList());
    }
}
