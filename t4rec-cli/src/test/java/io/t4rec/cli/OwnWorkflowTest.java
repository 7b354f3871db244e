package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An experiment file may give the whole workflow, in place of the usual one. */
class OwnWorkflowTest extends CommandTest {
    private static final String WORKFLOW = """
            data:
              workflow:
                session: session_id
                item: item_id
                time: time
                operators:
                  - {op: filter, column: kind, test: EQUAL, value: buy}
                  - {op: categorify, columns: [item_id], frequencyThreshold: 2}
                  - {op: groupby, aggregations: {item_id: [list]}}
                  - {op: list-slice, start: -3}
                  - {op: session-length-filter, min: 2}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void importEvents() throws IOException {
        StringBuilder events = new StringBuilder("session_id,item_id,time,kind\n");
        for (int session = 1; session <= 20; session++) {
            for (int event = 0; event < 5; event++) {
                events.append(session + ",item-" + event + "," + (100 * session + event) + ",buy\n");
            }
            events.append(session + ",view-only," + (100 * session + 9) + ",view\n");
        }
        events.append("20,once,2010,buy\n");
        Files.writeString(folder.resolve("events.csv"), events);
        assertThat(run("import", folder + "/events.csv", "--output", events()))
                .as(err.toString())
                .isZero();
    }

    @Test
    void preparesByItsOperatorsAndTellsWhenTheyLeaveNothingOfASession() throws IOException {
        String config =
                Files.writeString(folder.resolve("experiment.yaml"), WORKFLOW).toString();
        String data = folder + "/data";
        assertThat(run("prepare", events(), "--output", data, "--config", config, "--json"))
                .as(err.toString())
                .isZero();
        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(out.toString()).path("items").asInt())
                .as("neither the filtered item nor the rare one")
                .isEqualTo(5);
        assertThat(json.readTree(out.toString()).path("training sequences").asInt())
                .isEqualTo(20);
        String run = folder + "/run";
        assertThat(run("train", data, "--output", run, "--config", config, "--set", "training.epochs=1"))
                .as(err.toString())
                .isZero();
        assertThat(run("recommend", run + "/bundle", "item-1", "-k", "10", "--json"))
                .as("a session whose only event the filter drops, since its kind is not given")
                .isEqualTo(1);
        assertThat(err.toString()).contains("no event", "filter");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", buckets: 4, startIndex: 30", ", singleTable: true"})
    void recommendsThroughItWhereverTheItemsIdsLie(String layout) throws IOException {
        String workflow = WORKFLOW.replaceAll("(?m)^.*op: filter.*\n", "")
                .replace(
                        "columns: [item_id], frequencyThreshold: 2",
                        "columns: [kind, item_id], frequencyThreshold: 2" + layout)
                .replace("{item_id: [list]}", "{item_id: [list], kind: [list]}");
        String config =
                Files.writeString(folder.resolve("experiment.yaml"), workflow).toString();
        String data = folder + "/data";
        String run = folder + "/run";
        assertThat(run("prepare", events(), "--output", data, "--config", config, "--json"))
                .as(err.toString())
                .isZero();
        assertThat(json(out.toString()).path("items").asInt()).isEqualTo(6);
        assertThat(run(
                        "train",
                        data,
                        "--output",
                        run,
                        "--config",
                        config,
                        "--set",
                        "training.epochs=1",
                        "--set",
                        "model.input.projection=true"))
                .as(err.toString())
                .isZero();
        assertThat(run("inspect", run + "/bundle", "--json")).isZero();
        JsonNode inspected = json(out.toString());
        assertThat(inspected.path("items").asInt()).isEqualTo(6);
        assertThat(inspected.path("most frequent items").size()).isPositive();
        assertThat(run("recommend", run + "/bundle", "item-1", "-k", "10", "--json"))
                .as(err.toString())
                .isZero();
        assertThat(json(out.toString()).path("items").size())
                .as("five and the one that is only looked at, and no id that stands for none")
                .isEqualTo(6);
    }

    @Test
    void refusesPatienceWithoutSessionsToLoseItBy() throws IOException {
        String config =
                Files.writeString(folder.resolve("experiment.yaml"), WORKFLOW).toString();
        String data = folder + "/data";
        String run = folder + "/run";
        assertThat(run("prepare", events(), "--output", data, "--config", config))
                .as(err.toString())
                .isZero();
        assertThat(run("train", data, "--output", run, "--config", config, "--set", "training.patience=2"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("training.patience: 2 (expected: 0 without evaluation data");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void refusesItemsWhoseIdsAreFollowedByThoseOfOtherColumns() throws IOException {
        String workflow = WORKFLOW.replace("columns: [item_id]", "columns: [item_id, kind], singleTable: true");
        String config =
                Files.writeString(folder.resolve("experiment.yaml"), workflow).toString();
        String data = folder + "/data";
        assertThat(run("prepare", events(), "--output", data, "--config", config))
                .as(err.toString())
                .isZero();
        assertThat(run("train", data, "--output", folder + "/run", "--config", config))
                .isEqualTo(2);
        assertThat(err.toString()).contains("item_id as the last column of singleTable");
    }

    @Test
    void refusesSettingsThatTheWorkflowWouldOverrule() throws IOException {
        String config =
                Files.writeString(folder.resolve("experiment.yaml"), WORKFLOW).toString();
        assertThat(run(
                        "prepare",
                        events(),
                        "--output",
                        folder + "/data",
                        "--config",
                        config,
                        "--set",
                        "data.maxLength=9"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("data.workflow", "maxLength 9", "at their defaults");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void namesTheLineAndTheNearestOperatorOfATypo() throws IOException {
        Path config = Files.writeString(
                folder.resolve("experiment.yaml"), WORKFLOW.replace("op: list-slice", "op: list-slize"));
        assertThat(run("prepare", events(), "--output", folder + "/data", "--config", config.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("experiment.yaml:10", "did you mean list-slice?");
    }

    @Test
    void refusesAWorkflowThatMakesNoSequences() throws IOException {
        Path config = Files.writeString(
                folder.resolve("experiment.yaml"),
                WORKFLOW.replaceAll("(?m)^.*(groupby|list-slice|session-length).*\n", ""));
        assertThat(run("prepare", events(), "--output", folder + "/data", "--config", config.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("item_id", "groupby");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    private String events() {
        return folder + "/events.parquet";
    }
}
