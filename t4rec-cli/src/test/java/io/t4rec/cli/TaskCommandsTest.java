package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * From events with targets to predictions. Items count upward; a session is bought from when it holds an item above 14, an event is rated
 * by its item, and the kind of an event is its item modulo three, in words.
 */
class TaskCommandsTest extends CommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> KINDS = List.of("book", "film", "song");
    private static final String CONFIG = """
            data:
              targets: {rating: regression, kind: multi-class-classification}
              sessionTargets: {bought: binary-classification}
            model:
              transformer: {dModel: 16, dInner: 16, nLayer: 1, totalSeqLength: 8, dropout: 0}
              heads:
                - fromSchema: true
            training: {epochs: 12, learningRate: 0.01, threads: 1, batchSize: 32}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void importEvents() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        for (String part : List.of("train", "test")) {
            StringBuilder events = new StringBuilder("session_id,item_id,time,rating,kind,bought\n");
            for (int session = 1; session <= (part.equals("train") ? 400 : 100); session++) {
                int item = random.nextInt(20);
                int length = 2 + random.nextInt(4);
                int bought = 0;
                for (int event = 0; event < length; event++) {
                    bought |= item > 14 ? 1 : 0;
                    events.append(session + "," + item + "," + (100 * session + event) + "," + item / 4.0 + ","
                            + KINDS.get(item % 3) + "," + bought + "\n");
                    item = (item + 1) % 20;
                }
            }
            Files.writeString(folder.resolve(part + ".csv"), events);
            done("import", folder + "/" + part + ".csv", "--output", events(part));
        }
    }

    private String events(String part) {
        return folder + "/" + part + "/events.parquet";
    }

    private String config(String text) throws IOException {
        return Files.writeString(folder.resolve("experiment.yaml"), text).toString();
    }

    private void prepare(String config) {
        done(
                "prepare",
                events("train"),
                "--evaluation",
                events("test"),
                "--output",
                folder + "/data",
                "--config",
                config);
    }

    private String train(String config, String... more) {
        done("train", folder + "/data", "--output", folder + "/run", "--config", config, "--json");
        return folder + "/run/bundle";
    }

    @Test
    void trainsEvaluatesAndPredictsTargetsAlone() throws IOException {
        String config = config(CONFIG);
        prepare(config);
        String bundle = train(config);
        JsonNode trained = JSON.readTree(out.toString());
        assertThat(trained.path("model bought/auc").asDouble()).isGreaterThan(0.95);
        assertThat(trained.path("constant bought/auc").asDouble()).isEqualTo(0.5);
        assertThat(trained.path("model rating/mse").asDouble())
                .isLessThan(0.2 * trained.path("constant rating/mse").asDouble());
        assertThat(trained.path("model kind/accuracy").asDouble()).isGreaterThan(0.9);
        assertThat(trained.has("model recall@20")).isFalse();
        assertThat(Files.readString(folder.resolve("run/report.html")))
                .contains(">Tasks</h2>", "bought/log-loss", "constant");
        assertThat(Files.readString(folder.resolve("run/log.jsonl"))).contains("\"rating/mse\":");
        assertThat(Files.readString(folder.resolve("run/bundle/metrics.json"))).contains("\"bought/auc\"");
        assertThat(Files.readString(folder.resolve("run/run.json"))).contains("\"rating/mse\"");

        done("evaluate", bundle, events("test"), "--training", events("train"), "--all", "--json");
        JsonNode evaluated = JSON.readTree(out.toString());
        assertThat(evaluated.path("rating/cases").asInt()).isGreaterThan(200);
        assertThat(evaluated.path("bought/cases").asInt()).isEqualTo(100);
        assertThat(evaluated.path("rating/mae").path("mean").asDouble())
                .isLessThan(
                        0.5 * evaluated.path("constant rating/mae").path("mean").asDouble());

        done("predict", bundle, "12", "13", "--json");
        JsonNode predicted = JSON.readTree(out.toString());
        assertThat(predicted.path("bought").asDouble()).isLessThan(0.4);
        assertThat(predicted.path("rating").size()).isEqualTo(2);
        assertThat(predicted.path("kind").get(1).path(KINDS.get(13 % 3)).asDouble())
                .isGreaterThan(0.7);
        done("predict", bundle, "14", "15", "--json");
        assertThat(JSON.readTree(out.toString()).path("bought").asDouble()).isGreaterThan(0.6);

        String lines = folder + "/predictions.jsonl";
        done("predict", bundle, "--events", events("test"), "--output", lines);
        List<String> written = Files.readAllLines(Path.of(lines));
        assertThat(written).hasSize(100);
        assertThat(JSON.readTree(written.get(0)).path("session").asInt()).isEqualTo(1);
        assertThat(JSON.readTree(written.get(0)).path("bought").isNumber()).isTrue();

        done("inspect", bundle);
        assertThat(out.toString())
                .contains("predicts rating of each event", "predicts bought of a session")
                .doesNotContain("feature rating");
        assertThat(run("recommend", bundle, "12")).isEqualTo(1);
        assertThat(err.toString())
                .contains("model: predicts [rating, kind, bought] (expected: a model with the task next-item");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"gpt2|{task: clm}|12", "xlnet|{task: plm}|40", "electra|{task: rtd, probability: 0.3}|40"})
    void ranksItemsAndPredictsTargetsByOneModel(String type, String masking, int epochs) throws IOException {
        String config =
                config(CONFIG.replace("    - fromSchema: true", "    - {fromSchema: true, tasks: [{task: next-item}]}")
                        .replace("model:\n", "model:\n  masking: " + masking + "\n")
                        .replace("{dModel: 16", "{type: " + type + ", nHead: 2, dModel: 16")
                        .replace("epochs: 12", "epochs: " + epochs));
        prepare(config);
        String bundle = train(config);
        JsonNode trained = JSON.readTree(out.toString());
        assertThat(trained.path("model recall@20").asDouble()).isGreaterThan(0.9);
        assertThat(trained.path("model bought/auc").asDouble()).isGreaterThan(0.9);
        done("recommend", bundle, "3", "4", "-k", "1", "--json");
        assertThat(JSON.readTree(out.toString())
                        .path("items")
                        .get(0)
                        .path("item")
                        .asInt())
                .isEqualTo(5);
        done("evaluate", bundle, events("test"), "--json");
        assertThat(JSON.readTree(out.toString()).has("bought/auc")).isTrue();
        assertThat(JSON.readTree(out.toString()).has("recall@20")).isTrue();
    }

    private String recipe(String expected) throws IOException {
        Files.copy(folder.resolve("test.csv"), folder.resolve("valid.csv"), StandardCopyOption.REPLACE_EXISTING);
        return Files.writeString(
                        folder.resolve("recipe.yaml"),
                        CONFIG.replace("epochs: 12", "epochs: 3")
                                + "split: {by: files, train: train.csv, validation: valid.csv, test: test.csv}\n"
                                + "evaluation: {allPositions: true, decisive: rating/mse}\n"
                                + "expected:\n  " + expected + ": {low: 0, high: 100}\n")
                .toString();
    }

    @Test
    void aRecipeComparesMetricsOfTasks() throws IOException {
        done("train", recipe("rating/mse"), "--output", folder + "/recipe", "--json");
        JsonNode shown = JSON.readTree(out.toString());
        assertThat(shown.path("rating/mse").path("verdict").asText()).isEqualTo("inside");
        assertThat(shown.path("cases").asInt()).isGreaterThan(200);
        assertThat(Files.readString(folder.resolve("recipe/report.html"))).contains("bought/auc", "constant");
        assertThat(run("train", recipe("rating/msee"), "--output", folder + "/other"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("expected: rating/msee", "did you mean rating/mse?");
        assertThat(run(
                        "train",
                        recipe("rating/mse"),
                        "--output",
                        folder + "/third",
                        "--set",
                        "evaluation.decisive=bought/acu"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("evaluation.decisive: bought/acu", "did you mean bought/auc?");
    }

    @Test
    void aSearchKnowsThatALowerErrorIsBetter() throws IOException {
        recipe("rating/mse");
        String space = Files.writeString(
                        folder.resolve("space.yaml"),
                        "recipe: recipe.yaml\nspace:\n  training.learningRate: {choice: [0.00001, 0.01]}\n"
                                + "search: {startup: 2, trials: 4, grace: 1}\n")
                .toString();
        done("tune", space, "--data", folder.toString(), "--output", folder + "/search", "--json");
        assertThat(JSON.readTree(out.toString())
                        .path("settings")
                        .path("training.learningRate")
                        .asDouble())
                .isEqualTo(0.01);
    }

    /** Files of a version that knew neither heads nor targets. */
    @Test
    void goesOnWithARunThatWasBegunWithoutTheseSettings() throws IOException {
        String usual = CONFIG.replaceAll("(?m)^  (targets|sessionTargets):.*\n", "")
                .replace("data:\n", "data: {}\n")
                .replace("  heads:\n    - fromSchema: true\n", "")
                .replace("epochs: 12", "epochs: 1");
        String config = config(usual);
        prepare(config);
        train(config);
        Path settings = folder.resolve("run/run.json");
        String written = Files.readString(settings);
        String old = written.replaceAll("\"(targets|sessionTargets)\" : \\{ },?\\s*", "")
                .replaceAll(",?\\s*\"heads\" : \\[ \\],?\\s*\"headReduction\" : null", "");
        assertThat(old).doesNotContain("heads\"", "targets", "sessionTargets").isNotEqualTo(written);
        Files.writeString(settings, old);
        Path model = folder.resolve("run/bundle/model.json");
        assertThat(Files.readString(model)).contains("\"heads\"");
        done("train", folder + "/data", "--output", folder + "/run", "--config", config, "--set", "training.epochs=2");
        assertThat(Files.readString(folder.resolve("run/log.jsonl"))).contains("\"epoch\":2,");
    }

    @Test
    void refusesTargetsThatTheEventsDontHaveOrThatAreFeatures() throws IOException {
        refuses("rating: regression", "ratin: regression", "target ratin: absent", "did you mean rating?");
        refuses("rating: regression", "rating: regresion", "target rating: regresion", "did you mean regression?");
        refuses("kind: multi-class-classification", "kind: regression", "target kind: text for regression");
        refuses("data:\n", "data:\n  sideColumns: [rating]\n", "target rating: also a feature");
        refuses("rating: regression", "bought: regression", "target bought: of events and of sessions");
    }

    private void refuses(String old, String text, String... messages) throws IOException {
        assertThat(CONFIG).contains(old);
        String config = config(CONFIG.replace(old, text));
        assertThat(run("prepare", events("train"), "--output", folder + "/data", "--config", config))
                .as(text)
                .isEqualTo(2);
        assertThat(err.toString()).contains(messages);
    }

    @Test
    void refusesTasksThatTheSequencesDontHave() throws IOException {
        prepare(config(CONFIG));
        String tasks = "    - {tasks: [{task: binary-classification, target: bougth}]}";
        String config = config(CONFIG.replace("    - fromSchema: true", tasks));
        assertThat(run("train", folder + "/data", "--output", folder + "/run", "--config", config))
                .isEqualTo(2);
        assertThat(err.toString()).contains("task bougth: target bougth (expected: one of", "did you mean bought?");
        String alone = config(CONFIG);
        assertThat(run("incremental", events("train"), "--by", "day", "--output", folder + "/days", "--config", alone))
                .isEqualTo(2);
        assertThat(err.toString()).contains("model.heads: no task next-item");
    }

    private void done(String... arguments) {
        assertThat(run(arguments)).as(err.toString()).isZero();
    }
}
