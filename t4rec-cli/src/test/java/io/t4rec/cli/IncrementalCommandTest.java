package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.data.Database;
import io.t4rec.schema.io.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncrementalCommandTest extends CommandTest {
    @TempDir
    Path folder;

    @BeforeEach
    void makeAShopThatIsOpenForThreeHours() {
        assertThat(run("generate", "--output", folder + "/shop", "--sessions", "1500", "--items", "60"))
                .isZero();
    }

    @Test
    void trainsHourByHourAndGoesOnWhereItStopped() throws IOException {
        String[] command = {
            "incremental",
            folder + "/shop/events.parquet",
            "--by",
            "hour",
            "--output",
            folder + "/run",
            "--json",
            "--set",
            "training.epochs=2"
        };
        assertThat(run(command)).as(err.toString()).isZero();
        ObjectMapper json = new ObjectMapper();
        JsonNode result = json.readTree(out.toString());
        JsonNode saved = json.readTree(folder.resolve("run/windows.json").toFile());
        assertThat(result.path("windows evaluated").asInt()).isEqualTo(2);
        assertThat(saved.path("formatVersion").asInt()).isEqualTo(1);
        assertThat(saved.path("windows"))
                .extracting(window -> window.path("window").asText())
                .containsExactly("0002", "0003");
        double sum = 0;
        for (JsonNode window : saved.path("windows")) {
            sum += window.path("metrics").path("markov").path("recall@20").asDouble();
        }
        assertThat(result.path("markov recall@20, average over time").asDouble())
                .isCloseTo(sum / 2, Offset.offset(1e-9));
        assertThat(Files.readString(folder.resolve("run/report.html")))
                .contains("Average over time", "Window by window");
        assertThat(run("recommend", folder + "/run/bundle", "1", "2"))
                .as(err.toString())
                .isZero();

        String first = Files.readString(folder.resolve("run/windows.json"));
        long logged = Files.readAllLines(folder.resolve("run/log.jsonl")).size();
        assertThat(run(command)).isZero();
        assertThat(Files.readString(folder.resolve("run/windows.json"))).isEqualTo(first);
        assertThat(Files.readAllLines(folder.resolve("run/log.jsonl")).size())
                .as("nothing is trained again")
                .isEqualTo(logged);
        command[8] = "training.learningRate=0.5";
        assertThat(run(command)).as("other settings").isEqualTo(2);
        for (String longer : new String[] {"training.epochs=3", "training.maxSteps=9"}) {
            command[8] = longer;
            assertThat(run(command))
                    .as(longer + ": later windows began with the weights as they are")
                    .isEqualTo(2);
            assertThat(err.toString()).contains("the run was started with other settings: training.");
        }
        try (DirectoryLock lock = DirectoryLock.take(folder.resolve("run"))) {
            assertThat(run(command)).isEqualTo(2);
            assertThat(err.toString()).contains("run is in use by another run");
        }
    }

    @Test
    void leavesOutADayWithoutSequencesAndTellsOfIt() throws IOException {
        StringBuilder events = new StringBuilder("session_id,item_id,time\n");
        for (int session = 0; session < 120; session++) {
            int day = 1 + session / 40;
            for (int event = 0; event < 3; event++) {
                events.append("%d,%d,2026-01-%02dT10:%02d:%02dZ\n"
                        .formatted(session, (session + event) % 7, day == 1 ? 1 : day + 1, session % 40, event));
            }
        }
        events.append("1000,3,2026-01-02T10:00:00Z\n");
        Files.writeString(folder.resolve("events.csv"), events);
        assertThat(run("import", folder + "/events.csv", "--output", folder + "/own/events.parquet"))
                .as(err.toString())
                .isZero();
        assertThat(run(
                        "incremental",
                        folder + "/own/events.parquet",
                        "--output",
                        folder + "/own/run",
                        "--json",
                        "--set",
                        "training.epochs=1"))
                .as(err.toString())
                .isZero();
        assertThat(err.toString())
                .contains("warning: window 0002: left out, no session of two or more events to train on")
                .contains("warning: window 0002: left out, no session of two or more events to evaluate on");
        JsonNode saved = new ObjectMapper()
                .readTree(folder.resolve("own/run/windows.json").toFile());
        assertThat(saved.path("windows"))
                .extracting(window -> window.path("window").asText())
                .containsExactly("0003", "0004");
    }

    @Test
    void splitsByTimeForPreparationAndTellsWhatLeaveOneOutLeaks() {
        String events = folder + "/shop/events.parquet";
        assertThat(run("split", events, "--by", "time", "--output", folder + "/parts"))
                .isZero();
        assertThat(out.toString()).contains("train.parquet", "1200 sessions", "test.parquet", "150 sessions");
        assertThat(run(
                        "prepare",
                        folder + "/parts/train.parquet",
                        "--evaluation",
                        folder + "/parts/test.parquet",
                        "--output",
                        folder + "/data"))
                .as(err.toString())
                .isZero();
        assertThat(run("split", events, "--by", "leave-one-out", "--output", folder + "/parts"))
                .isZero();
        assertThat(err.toString()).contains("leave-one-out leaks time");
        assertThat(run("split", events, "--by", "weak", "--output", folder + "/parts"))
                .isEqualTo(2);
    }

    @Test
    void encodesTargetsOfWindowsWithoutTheirOwn() throws IOException {
        StringBuilder events = new StringBuilder("session_id,item_id,time,bought\n");
        for (int session = 0; session < 120; session++) {
            for (int event = 0; event < 4; event++) {
                // of every session the last item is its own
                int item = event == 3 ? 1_000 + session : (session + event) % 7;
                events.append("%d,%d,2026-01-%02dT10:%02d:%02dZ,%d\n"
                        .formatted(session, item, 1 + session / 40, session % 40, event, session % 2));
            }
        }
        Files.writeString(folder.resolve("events.csv"), events);
        Files.writeString(folder.resolve("own.yaml"), """
                data:
                  workflow:
                    session: session_id
                    item: item_id
                    time: time
                    operators:
                      - {op: target-encoding, by: [item_id], target: bought}
                      - {op: categorify, columns: [item_id]}
                      - {op: groupby, aggregations: {item_id: [list], TE_item_id_bought: [list]}}
                model: {input: {projection: true}, transformer: {dModel: 16, nHead: 2, nLayer: 1}}
                training: {epochs: 1}
                """);
        assertThat(run("import", folder + "/events.csv", "--output", folder + "/own/events.parquet"))
                .as(err.toString())
                .isZero();
        assertThat(run(
                        "incremental",
                        folder + "/own/events.parquet",
                        "--by",
                        "day",
                        "--output",
                        folder + "/own/run",
                        "--config",
                        folder + "/own.yaml"))
                .as(err.toString())
                .isZero();
        try (Database database = Database.openInOrder()) {
            String all = Database.literal(folder + "/own/run/sequences/*/*/sequences.parquet");
            database.forEach(
                    "select list_distinct(list(TE_item_id_bought[-1]))::varchar from read_parquet(" + all + ")",
                    row -> assertThat(row.getString(1))
                            .as("an item that nobody else has tells nothing")
                            .isEqualTo("[0.5]"));
        }
    }

    @Test
    void cutsUsersIntoSessionsAtIdleGaps() throws IOException {
        String events = folder + "/shop/events.parquet";
        ObjectMapper json = new ObjectMapper();
        assertThat(run("prepare", events, "--output", folder + "/data", "--json"))
                .isZero();
        int whole = json.readTree(out.toString()).path("training sequences").asInt();
        assertThat(run("prepare", events, "--output", folder + "/cut", "--json", "--set", "data.gapSeconds=45"))
                .isZero();
        assertThat(whole).isEqualTo(1500);
        assertThat(json.readTree(out.toString()).path("training sequences").asInt())
                .as("pauses are up to 90 seconds")
                .isNotEqualTo(whole);
        assertThat(run("prepare", events, "--output", folder + "/bad", "--set", "data.gapSeconds=-1"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("data.gapSeconds: -1");
    }
}
