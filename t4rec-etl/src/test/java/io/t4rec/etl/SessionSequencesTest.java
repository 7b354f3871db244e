package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.EventFormat;
import io.t4rec.data.EventImporter;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionSequencesTest {
    @TempDir
    Path folder;

    private Workflow workflow(List<String> sideColumns) throws IOException {
        Path text = Files.writeString(
                folder.resolve("events.csv"),
                "session_id,item_id,time,price,colour\n4,7,1,4.5,red\n3,8,2,1,red\n3,7,3,2,blue\n4,7,9,1,red\n2,7,3,1,red\n2,8,1,1,red\n");
        Path events = folder.resolve("events.parquet");
        EventImporter.run(text, EventFormat.CSV, EventFormat.EventColumns.standard(), events);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        return Workflow.fit(WorkflowConfig.sessions(schema, sideColumns, 5, false), events, schema);
    }

    @Test
    void comeInOrderOfTheirLastEventThenOfTheirPlace() throws IOException {
        Workflow workflow = workflow(List.of());
        Path target = folder.resolve("out/sessions.parquet");
        workflow.transform(folder.resolve("events.parquet"), target);
        try (Database database = Database.openInOrder()) {
            Table sessions = database.query("select * from read_parquet(" + Database.literal(target.toString()) + ")");
            assertThat(sessions.longs("session_id").values()).containsExactly(3, 2, 4);
        }
    }

    @Test
    void areWholeAndInOrderWhereTheyAreMadeInSeveralParts() throws IOException {
        long rows = SortedParts.ROWS + 50_000;
        Path events = TestTables.write(
                folder.resolve("many.parquet"),
                "select i * 7919 % 10007 as session_id, i as item_id, i * i % 1009 as \"time\" from range(" + rows
                        + ") t (i)");
        Schema schema = Schema.of(
                ColumnSchema.scalar("session_id", DType.INT64),
                ColumnSchema.scalar("item_id", DType.INT64),
                ColumnSchema.scalar("time", DType.INT64));
        WorkflowConfig config = new WorkflowConfig(
                "session_id", "item_id", "time", List.of(new Groupby(Map.of("item_id", List.of("list")))));
        Path target = folder.resolve("many/sessions.parquet");
        assertThat(Workflow.fit(config, events, schema).transform(events, target))
                .isEqualTo(10_007);
        String file = "read_parquet(" + Database.literal(events.toString()) + ")";
        try (Database database = Database.open()) {
            assertThat(
                            database.number(
                                    "select count(*) from read_parquet(" + Database.literal(target.toString())
                                            + ") a positional join (select session_id, list(item_id order by \"time\", item_id) as item_id"
                                            + " from " + file
                                            + " group by session_id order by max(\"time\"), min(item_id)) b"
                                            + " where a.session_id is distinct from b.session_id or a.item_id is distinct from b.item_id"))
                    .isZero();
        }
    }

    @Test
    void askARequestOnlyForTheColumnsThatTheWorkflowLooksAt() throws IOException {
        assertThat(workflow(List.of()).requestPipeline().inputSchema().columns())
                .extracting(ColumnSchema::name)
                .containsExactly("session_id", "item_id", "time");
        Workflow priced = workflow(List.of("price"));
        assertThat(priced.requestPipeline().inputSchema().columns())
                .extracting(ColumnSchema::name)
                .containsExactly("session_id", "item_id", "time", "price");
        Table request = Table.of(Map.of(
                "session_id", Column.of(1), "item_id", Column.of(7), "time", Column.of(1), "price", Column.of(1.5)));
        assertThat(priced.requestPipeline().transform(request).lists("item_id").value(0))
                .isEqualTo(Column.of(3));
    }

    @Test
    void listTheTimesOfTheirEventsWhereAskedInFilesAndRequestsAlike() throws IOException {
        Path events = folder.resolve("events.parquet");
        workflow(List.of());
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        Schema untagged = Schema.of(schema.columns().stream()
                .map(column -> column.withoutTags(Tag.TIME))
                .toList());
        for (Schema input : List.of(schema, untagged)) {
            Workflow workflow =
                    Workflow.fit(WorkflowConfig.sessions(input, List.of(), 5, false, 0, true), events, input);
            assertThat(workflow.outputSchema().get("time").isList()).isTrue();
            assertThat(workflow.outputSchema().get("time").tags()).contains(Tag.TIME);
            Path target = folder.resolve("timed/sessions.parquet");
            workflow.transform(events, target);
            try (Database database = Database.openInOrder()) {
                Table raw = database.query("select * from read_parquet(" + Database.literal(events.toString()) + ")");
                Table requested = workflow.requestPipeline().transform(raw);
                Table written =
                        database.query("select * from read_parquet(" + Database.literal(target.toString()) + ")");
                for (Table sessions : List.of(written, requested)) {
                    assertThat(sessions.longs("session_id").values()).containsExactly(3, 2, 4);
                    assertThat(((Column.Longs) sessions.lists("time").elements()).values())
                            .as("sessions 3, 2 and 4, each in order of time")
                            .containsExactly(2_000_000, 3_000_000, 1_000_000, 3_000_000, 1_000_000, 9_000_000);
                }
            }
        }
    }
}
