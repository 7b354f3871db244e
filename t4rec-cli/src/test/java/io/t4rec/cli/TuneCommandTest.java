package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.schema.io.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TuneCommandTest extends CommandTest {
    private static final String RECIPE = """
            source: {format: sequences}
            split: {by: leave-one-out, events: ring.seq, fit: full}
            model:
              transformer: {dModel: 8, dInner: 8, nLayer: 1, totalSeqLength: 9}
            training: {epochs: 4, threads: 1}
            evaluation: {k: [5], decisive: ndcg@5}
            expected: {ndcg@5: {low: 0.9, high: 1}}
            """;
    private static final String SPACE = """
            recipe: ring.yaml
            space:
              training.learningRate: {logUniform: [0.0001, 0.1]}
              model.transformer.nHead: {choice: [1, 2, 3]}
              model.transformer.nLayer: {integer: [1, 2]}
              model.transformer.dropout: {uniform: [0, 0.5]}
            search: {startup: 4, trials: 9, grace: 1}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        StringBuilder users = new StringBuilder();
        for (int user = 1; user <= 150; user++) {
            users.append(user);
            int item = random.nextInt(20);
            for (int i = 4 + random.nextInt(6); i > 0; i--) {
                users.append(' ').append(item + 1);
                item = (item + 1 + random.nextInt(2)) % 20;
            }
            users.append('\n');
        }
        Files.createDirectory(folder.resolve("data"));
        Files.writeString(folder.resolve("data/ring.seq"), users.toString());
        Files.writeString(folder.resolve("ring.yaml"), RECIPE);
        Files.writeString(folder.resolve("space.yaml"), SPACE);
    }

    @Test
    void findsTheBestTrialAndWritesItAsARecipe() throws IOException {
        assertThat(tune("a")).as(err.toString()).isZero();
        JsonNode shown = json(out.toString());
        List<JsonNode> trials = trials("a");
        assertThat(trials).hasSize(9);
        double best = -1;
        int number = 0;
        for (JsonNode trial : trials) {
            boolean refused =
                    trial.path("settings").path("model.transformer.nHead").asInt() == 3;
            assertThat(trial.path("state").asText().equals("REFUSED"))
                    .as("8 can't be divided by 3")
                    .isEqualTo(refused);
            assertThat(trial.path("curve").size()).isBetween(refused ? 0 : 1, refused ? 0 : 4);
            if (trial.path("value").asDouble() > best) {
                best = trial.path("value").asDouble();
                number = trial.path("trial").asInt();
            }
        }
        assertThat(shown.path("best trial").asInt()).isEqualTo(number);
        assertThat(shown.path("validation ndcg@5").asDouble()).isEqualTo(best);
        assertThat(shown.path("refused").asInt()).isPositive();
        assertThat(shown.path("given up").asInt()).isPositive();
        Recipe found = Recipe.read(folder.resolve("a/best.yaml"), Map.of());
        assertThat(found.expected())
                .as("those of the recipe were found with other settings")
                .isEmpty();
        JsonNode settings = trials.get(number - 1).path("settings");
        assertThat(found.training().learningRate())
                .isEqualTo(settings.path("training.learningRate").asDouble());
        assertThat(found.model().transformer().nLayer())
                .isEqualTo(settings.path("model.transformer.nLayer").asInt());
        assertThat(found.training().epochs())
                .as("no epoch is chosen in a full fit")
                .isEqualTo(trials.get(number - 1).path("epoch").asInt());
        assertThat(Files.readString(folder.resolve("a/report.html")))
                .contains("Best trials", "model.transformer.dropout", "<circle", "Refused");
        try (var files = Files.walk(folder.resolve("a"))) {
            assertThat(files.map(Path::toString))
                    .noneMatch(file -> file.contains("checkpoint-"))
                    .as("the test part is not even prepared")
                    .noneMatch(file -> file.contains("/test/sequences"));
        }
        assertThat(run("train", folder + "/a/best.yaml", "--output", folder + "/run", "--json"))
                .as(err.toString())
                .isZero();
        assertThat(json(out.toString()).path("ndcg@5").path("mean").asDouble()).isPositive();
    }

    @Test
    void goesOnWhereItStoppedWithTheSameSequence() throws IOException {
        assertThat(tune("whole")).isZero();
        assertThat(tune("parts", "--trials", "4")).isZero();
        assertThat(trials("parts")).hasSize(4);
        Path log = folder.resolve("parts/trials.jsonl");
        Files.writeString(log, Files.readString(log) + "{\"trial\":5,\"sta");
        assertThat(tune("parts", "--trials", "9")).as("half a line is dropped").isZero();
        assertThat(withoutTimes(trials("parts"))).isEqualTo(withoutTimes(trials("whole")));
        String before = Files.readString(log);
        assertThat(tune("parts", "--trials", "9")).isZero();
        assertThat(Files.readString(log)).isEqualTo(before);
        Files.writeString(folder.resolve("space.yaml"), SPACE.replace("0.0001", "0.001"));
        assertThat(tune("parts")).isEqualTo(2);
        assertThat(err.toString()).contains("another space");
        String source = Files.readString(folder.resolve("parts/data/source.json"));
        Files.writeString(folder.resolve("data/ring.seq"), "1 1 2 3 4\n2 1 2 3 4\n");
        assertThat(tune("parts")).isEqualTo(2);
        assertThat(Files.readString(folder.resolve("parts/data/source.json")))
                .as("refused data")
                .isEqualTo(source);
    }

    @Test
    void stopsWhenTimeIsUpAndTakesTheTrialUpAgain() throws IOException {
        Files.writeString(folder.resolve("space.yaml"), SPACE.replace("[1, 2, 3]", "[1, 2]"));
        assertThat(tune("a", "--minutes", "0.000001")).as(err.toString()).isZero();
        assertThat(json(out.toString()).path("trials").asInt()).isZero();
        assertThat(json(out.toString()).path("best").size()).isZero();
        assertThat(tune("a", "--trials", "2")).isZero();
        assertThat(tune("b", "--trials", "2")).isZero();
        assertThat(withoutTimes(trials("a"))).isEqualTo(withoutTimes(trials("b")));
    }

    @Test
    void tellsTrialsThatWereGivenUpFromThoseThatTookAllSteps() throws IOException {
        assertThat(tune("epochs")).as(err.toString()).isZero();
        // two batches an epoch
        Files.writeString(folder.resolve("ring.yaml"), RECIPE.replace("epochs: 4", "epochs: 4, maxSteps: 8"));
        assertThat(tune("steps")).as(err.toString()).isZero();
        assertThat(json(out.toString()).path("given up").asInt()).isPositive();
        assertThat(withoutTimes(trials("steps"))).isEqualTo(withoutTimes(trials("epochs")));
    }

    @Test
    void leavesNoCheckpointsOfATrialThatDiverged() throws IOException {
        Files.writeString(
                folder.resolve("ring.yaml"),
                RECIPE.replace("epochs: 4", "epochs: 4, learningRate: 1.0e+30, checkpointSteps: 1"));
        Files.writeString(folder.resolve("space.yaml"), """
                recipe: ring.yaml
                space: {model.transformer.nLayer: {integer: [1, 2]}}
                search: {trials: 1}
                """);
        assertThat(tune("a")).as(err.toString()).isZero();
        assertThat(trials("a")).singleElement().satisfies(trial -> {
            assertThat(trial.path("state").asText()).isEqualTo("REFUSED");
            assertThat(trial.path("message").asText()).contains("checkpoint-1");
        });
        assertThat(folder.resolve("a/trials/0001/checkpoints")).doesNotExist();
    }

    @Test
    void letsOneRunAtATimeIntoADirectory() throws IOException {
        try (DirectoryLock lock = DirectoryLock.take(folder.resolve("a"))) {
            assertThat(tune("a")).isEqualTo(2);
            assertThat(err.toString()).contains("output: " + folder + "/a is in use by another run");
            assertThat(run("train", folder + "/ring.yaml", "--data", folder + "/data", "--output", folder + "/a"))
                    .isEqualTo(2);
            assertThat(err.toString()).contains("is in use by another run");
        }
        assertThat(folder.resolve("a")).as("nothing was written").doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            training.learningRate | training.learningRat  | did you mean learningRate?
            training.learningRate | evaluation.decisive   | a key of model or training
            training.learningRate | training.seed         | training.seed
            logUniform            | logUnform             | did you mean logUniform?
            [0, 0.5]              | [0.5]                 | uniform: [0.5] (expected: [low, high])
            [0, 0.5]              | [0.5, 0]              | uniform: [0.5, 0.0]
            recipe: ring.yaml     | recipe: none.yaml     | none.yaml
            recipe: ring.yaml     | ''                    | missing key recipe
            grace: 1              | grce: 1               | did you mean grace?
            grace: 1              | method: tp            | did you mean tpe?
            trials: 9             | trials: 0             | trials 0
            """)
    void refusesWhatDoesNotFit(String old, String now, String message) throws IOException {
        Files.writeString(folder.resolve("space.yaml"), SPACE.replace(old, now));
        assertThat(tune("bad")).isEqualTo(2);
        assertThat(err.toString()).contains(message).doesNotContain("\tat ");
        assertThat(folder.resolve("bad/trials.jsonl")).doesNotExist();
    }

    @Test
    void needsNoTestFileUntilTheRecipeIsReportedOn() throws IOException {
        Path data = folder.resolve("data");
        Files.copy(data.resolve("ring.seq"), data.resolve("valid.seq"));
        Files.writeString(
                folder.resolve("ring.yaml"),
                RECIPE.replace(
                        "by: leave-one-out, events: ring.seq, fit: full",
                        "by: files, train: ring.seq, validation: valid.seq, test: test.seq, fit: refit"));
        assertThat(tune("a", "--trials", "2")).as(err.toString()).isZero();
        assertThat(trials("a")).hasSize(2);
        assertThat(run("train", folder + "/a/best.yaml", "--output", folder + "/run"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("test.seq");
        Files.copy(data.resolve("ring.seq"), data.resolve("test.seq"));
        assertThat(run("train", folder + "/a/best.yaml", "--output", folder + "/run", "--set", "training.epochs=1"))
                .as(err.toString())
                .isZero();
    }

    @Test
    void refusesARecipeWithoutValidation() throws IOException {
        Files.writeString(
                folder.resolve("ring.yaml"),
                RECIPE.replace("by: leave-one-out, events: ring.seq", "by: files, train: ring.seq, test: ring.seq"));
        assertThat(tune("bad")).isEqualTo(2);
        assertThat(err.toString()).contains("split.validation: absent");
    }

    private int tune(String output, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "tune",
                folder + "/space.yaml",
                "--data",
                folder + "/data",
                "--output",
                folder.resolve(output).toString(),
                "--json"));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private List<JsonNode> trials(String output) throws IOException {
        List<JsonNode> trials = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(output).resolve("trials.jsonl"))) {
            trials.add(json(line));
        }
        return trials;
    }

    private static List<String> withoutTimes(List<JsonNode> trials) {
        return trials.stream()
                .map(trial -> trial.toString().replaceAll("\"seconds\":[0-9.E-]+", ""))
                .toList();
    }
}
