package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.data.Database;
import io.t4rec.etl.Workflow;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be done with a workflow that was fitted: on new events, and back to raw values. */
class WorkflowCommandsTest extends CommandTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION, Tag.ID),
            ColumnSchema.scalar("item_id", DType.STRING).withTags(Tag.ITEM, Tag.ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("category", DType.STRING).withTags(Tag.CATEGORICAL));

    @TempDir
    Path folder;

    private String workflow;

    @BeforeEach
    void prepare() throws IOException {
        Files.writeString(
                folder.resolve("old.csv"),
                "session_id,item_id,time,category\n1,a,1,x\n1,b,2,y\n2,c,3,\n2,a,4,x\n3,a,5,x\n3,c,6,y\n");
        Files.writeString(
                folder.resolve("new.csv"), "session_id;item_id;time;category\n4;a;7;z\n4;d;8;x\n5;e;9;x\n5;d;9;x\n");
        SCHEMA.write(folder.resolve("schema.pbtxt"));
        String data = folder + "/data";
        assertThat(run(
                        "prepare",
                        folder + "/old.csv",
                        "--output",
                        data,
                        "--set",
                        "data.sideColumns=[category]",
                        "--files",
                        "2"))
                .as(err.toString())
                .isZero();
        workflow = data + "/workflow";
    }

    @Test
    void newEventsExtendAWorkflowAndWhatGrewIsTold() throws IOException {
        String extended = folder + "/extended";
        assertThat(run("extend", workflow, folder + "/new.csv", "--output", extended))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .containsPattern("vocabulary item_id +6 to 8 ids\n")
                .containsPattern("vocabulary category +5 to 6 ids\n")
                .containsPattern("embedding tables to grow +\\[.*item_id.*]\n");
        assertThat(Workflow.load(Path.of(extended)).vocabulary("item_id").values())
                .containsExactly("a", "c", "b", "d", "e");
        assertThat(Workflow.load(Path.of(workflow)).vocabulary("item_id").values())
                .as("the old one stays")
                .hasSize(3);
        assertThat(run("extend", extended, folder + "/old.csv", "--output", extended, "--json"))
                .as(err.toString())
                .isZero();
        JsonNode json = json(out.toString());
        assertThat(json.at("/changes/0/kind").asText()).isEqualTo("VOCABULARY");
        assertThat(json.at("/changes/0/before")).isEqualTo(json.at("/changes/0/after"));
        assertThat(json.at("/embedding tables to grow").isArray()).isTrue();
        assertThat(json.at("/embedding tables to grow")).isEmpty();
    }

    @Test
    void sequencesGoBackToRawValues() {
        String raw = folder + "/raw.parquet";
        assertThat(run("decode", workflow, folder + "/data/train/sequences", "--output", raw, "--json"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("\"rows\":3");
        try (Database database = Database.openInOrder()) {
            assertThat(database.query(
                                    "select string_agg(session_id || ' ' || item_id::varchar || category::varchar, ', ') as rows"
                                            + " from read_parquet(" + Database.literal(raw) + ")")
                            .column("rows")
                            .value(0))
                    .isEqualTo("1 [a, b][x, y], 2 [c, a][NULL, x], 3 [a, c][x, y]");
        }
    }

    @Test
    void saysWhatCanNotBeExtendedOrDecoded() throws IOException {
        String output = folder + "/output";
        assertThat(run("extend", folder + "/none", folder + "/new.csv", "--output", output))
                .isEqualTo(1);
        assertThat(err.toString()).contains("none (expected: a workflow");
        Files.writeString(folder.resolve("short.csv"), "session_id,item_id,time\n1,a,1\n");
        assertThat(run("extend", workflow, folder + "/short.csv", "--output", output))
                .isEqualTo(1);
        assertThat(err.toString()).contains("short.csv: no column category");
        assertThat(run("extend", workflow, folder + "/new.csv")).isEqualTo(2);
        assertThat(run("extend", workflow, folder + "/new.csv", "--output", output, "--master", "local[2]"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--master, --spark: given (expected: beside --engine spark only)");
        assertThat(run(
                        "extend",
                        workflow,
                        folder + "/new.csv",
                        "--output",
                        output,
                        "--engine",
                        "spark",
                        "--memory-limit",
                        "1GB"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--memory-limit: 1GB (expected: beside --engine duckdb only");
        assertThat(run("decode", workflow, folder + "/old.csv", "--output", output))
                .isEqualTo(1);
        assertThat(err.toString()).contains("old.csv: not readable as Parquet");
        assertThat(folder.resolve("output")).doesNotExist();
    }
}
