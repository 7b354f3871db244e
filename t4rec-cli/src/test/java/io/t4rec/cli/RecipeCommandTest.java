package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.metrics.RankingMetric;
import io.t4rec.schema.io.FileDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeCommandTest extends CommandTest {
    private static final String RECIPE = """
            title: a ring of items
            source:
              format: sequences
            split:
              by: leave-one-out
              events: ring.seq
            model:
              transformer: {dModel: 16, dInner: 16, nLayer: 1, totalSeqLength: 9}
            data:
              maxLength: 100
            training:
              epochs: 3
              learningRate: 0.01
              threads: 1
            evaluation:
              k: [5, 10]
              exclude: seen
              decisive: ndcg@5
            target:
              recall@5: 0.5
            expected:
              ndcg@5: {low: 0, high: 1}
              recall@10: {low: 0, high: 0.001}
            """;

    @TempDir
    Path folder;

    private String recipe = "";

    @BeforeEach
    void write() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        StringBuilder users = new StringBuilder();
        for (int user = 1; user <= 300; user++) {
            users.append(user);
            int item = random.nextInt(40);
            for (int i = 3 + random.nextInt(12); i > 0; i--) {
                users.append(' ').append(item + 1);
                item = (item + 1 + random.nextInt(2)) % 40;
            }
            users.append('\n');
        }
        Files.writeString(folder.resolve("ring.seq"), users.toString());
        recipe = Files.writeString(folder.resolve("ring.yaml"), RECIPE).toString();
    }

    @Test
    void comparesWhatItMeasuresWithWhatIsExpectedOverSeveralSeeds() throws IOException {
        assertThat(run("train", recipe, "--output", folder + "/run", "--seeds", "1,2,3", "--json"))
                .as(err.toString())
                .isZero();
        JsonNode shown = json(out.toString());
        JsonNode recall = shown.path("recall@10");
        assertThat(recall.path("verdict").asText()).isEqualTo("above");
        assertThat(shown.path("ndcg@5").path("verdict").asText()).isEqualTo("inside");
        assertThat(recall.path("runs").size()).isEqualTo(3);
        double sum = 0;
        for (JsonNode run : recall.path("runs")) {
            sum += run.asDouble();
        }
        double mean = sum / 3;
        double squares = 0;
        for (JsonNode run : recall.path("runs")) {
            squares += Math.pow(run.asDouble() - mean, 2);
        }
        double error = Math.sqrt(squares / 2 / 3);
        assertThat(recall.path("mean").asDouble()).isCloseTo(mean, Offset.offset(1e-12));
        assertThat(recall.path("standardError").asDouble()).isCloseTo(error, Offset.offset(1e-12));
        assertThat(recall.path("high").asDouble()).isCloseTo(mean + 4.303 * error, Offset.offset(1e-9));
        assertThat(shown.path("recall@5").path("ofTarget").asDouble())
                .isCloseTo(shown.path("recall@5").path("mean").asDouble() / 0.5, Offset.offset(1e-12));
        assertThat(mean).as("a ring is easily learned").isGreaterThan(0.5);
        assertThat(Files.readString(folder.resolve("run/report.html")))
                .contains("Measured and expected", "above", "seed 2", "a ring of items");
        assertThat(json(Files.readString(folder.resolve("run/result.json"))).path("metrics"))
                .isEqualTo(json(metrics(shown)));
    }

    private static String metrics(JsonNode shown) {
        StringBuilder text = new StringBuilder("{");
        for (String label : EvaluationSettings.defaults().labels()) {
            for (String k : new String[] {"@5", "@10"}) {
                String name = label.replace("@20", k);
                text.append(text.length() > 1 ? "," : "")
                        .append('"')
                        .append(name)
                        .append("\":")
                        .append(shown.path(name));
            }
        }
        return text.append("}").toString();
    }

    @Test
    void theBundleIsTheEpochThatValidationChoseAndGivesTheTestFigures() throws IOException {
        String shorterThanSessions = "model.transformer.totalSeqLength=4";
        assertThat(run("train", recipe, "--output", folder + "/run", "--json", "--set", shorterThanSessions))
                .as(err.toString())
                .isZero();
        JsonNode shown = json(out.toString());
        double best = -1;
        int epoch = 0;
        int kept = 0;
        for (String line : Files.readAllLines(folder.resolve("run/seed-1/log.jsonl"))) {
            JsonNode log = json(line);
            if (log.path("event").asText().equals("epoch")) {
                epoch++;
                assertThat(log.path("epoch").path("epoch").asInt()).isEqualTo(epoch);
                double value = log.path("epoch").path("metrics").path("ndcg@5").asDouble();
                kept = value > best ? epoch : kept;
                best = Math.max(best, value);
            }
        }
        assertThat(shown.path("epoch kept").path(0).asInt()).isEqualTo(kept);
        assertThat(run(
                        "evaluate",
                        folder + "/run/seed-1/bundle",
                        folder + "/run/data/events/parts/test.parquet",
                        "--exclude",
                        "seen",
                        "-k",
                        "5,1",
                        "--json"))
                .as(err.toString())
                .isZero();
        assertThat(json(out.toString()).path("recall@1").path("mean").asDouble())
                .isLessThan(json(out.toString()).path("recall@5").path("mean").asDouble());
        assertThat(json(out.toString())
                        .path(RankingMetric.RECALL.label(5))
                        .path("mean")
                        .asDouble())
                .isEqualTo(shown.path("recall@5").path("mean").asDouble());
    }

    @Test
    void goesOnWithARunAndAddsSeedsWithoutRepeatingThoseThatAreDone() throws IOException {
        assertThat(run("train", recipe, "--output", folder + "/run", "--json", "--set", "training.epochs=2"))
                .as(err.toString())
                .isZero();
        long logged = Files.readAllLines(folder.resolve("run/seed-1/log.jsonl")).size();
        byte[] weights = Files.readAllBytes(folder.resolve("run/seed-1/bundle/weights.safetensors"));
        assertThat(run(
                        "train",
                        recipe,
                        "--output",
                        folder + "/run",
                        "--json",
                        "--set",
                        "training.epochs=2",
                        "--seeds",
                        "1,2"))
                .isZero();
        assertThat(json(out.toString()).path("runs").asInt()).isEqualTo(2);
        assertThat(Files.readAllLines(folder.resolve("run/seed-1/log.jsonl")).size())
                .isEqualTo(logged);
        assertThat(Files.readAllBytes(folder.resolve("run/seed-1/bundle/weights.safetensors")))
                .isEqualTo(weights);
        assertThat(run("train", recipe, "--output", folder + "/run", "--json")).isZero();
        assertThat(Files.readAllLines(folder.resolve("run/seed-1/log.jsonl")).size())
                .as("one epoch more")
                .isEqualTo(logged * 3 / 2);
        assertThat(run("train", recipe, "--output", folder + "/run", "--set", "training.learningRate=0.5"))
                .as("other settings")
                .isEqualTo(2);
        assertThat(run("train", recipe, "--output", folder + "/run", "--set", "evaluation.exclude=none"))
                .as("another choice of the epoch")
                .isEqualTo(2);
    }

    @Test
    void trainsAnewOnBothPartsForAsManyEpochsAsValidationChose() throws IOException {
        assertThat(run("train", recipe, "--output", folder + "/run", "--json", "--set", "split.fit=refit"))
                .as(err.toString())
                .isZero();
        int kept = json(out.toString()).path("epoch kept").path(0).asInt();
        JsonNode result = json(Files.readString(folder.resolve("run/seed-1/result.json")));
        assertThat(result.path("epochs").asInt()).isEqualTo(kept).isBetween(1, 3);
        assertThat(Files.readAllLines(folder.resolve("run/seed-1/choice/log.jsonl")))
                .filteredOn(line -> line.startsWith("{\"event\":\"epoch\""))
                .hasSize(3);
        assertThat(result.path("data").path("evaluation").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"best", "refit"})
    void keepsTheDataOfARunThatRefusesOtherData(String fit) throws IOException {
        String[] command = {"train", recipe, "--output", folder + "/run", "--set", "split.fit=" + fit};
        assertThat(run(command)).as(err.toString()).isZero();
        Map<String, String> before = contents(folder.resolve("run"));
        String users = Files.readString(folder.resolve("ring.seq"));
        Files.writeString(folder.resolve("ring.seq"), users + "301 1 2 3 4 5\n");
        assertThat(run(command)).isEqualTo(2);
        assertThat(err.toString()).contains("run.json: the run was started with other settings: events.");
        assertThat(contents(folder.resolve("run"))).isEqualTo(before);
        assertThat(run("train", recipe, "--output", folder + "/run", "--set", "split.fit=" + fit, "--seeds", "2"))
                .as("no run there is refused")
                .isZero();
        assertThat(contents(folder.resolve("run/data"))).isNotEqualTo(before);
    }

    @Test
    void refusesEventsOfTheSameNumbersInAnotherOrder() throws IOException {
        String[] command = {"train", recipe, "--output", folder + "/run", "--set", "training.epochs=1"};
        assertThat(run(command)).as(err.toString()).isZero();
        Map<String, String> before = contents(folder.resolve("run"));
        String users = Files.readString(folder.resolve("ring.seq"));
        Files.writeString(folder.resolve("ring.seq"), users.replaceAll("(?m) (\\d+) (\\d+)$", " $2 $1"));
        assertThat(run(command)).isEqualTo(2);
        assertThat(err.toString()).contains("the run was started with other settings: events.", ".digest: ");
        assertThat(contents(folder.resolve("run"))).isEqualTo(before);
        Files.writeString(folder.resolve("ring.seq"), users.replace("\n", " \r\n"));
        assertThat(run(command)).as("the same events in other letters").isZero();
    }

    @Test
    void comparesNothingWithFiguresOfAnotherTestPart() throws IOException {
        String of = recipe(RECIPE + "measuredOn: {events: 2000, sessions: 300, items: 40}\n");
        assertThat(run("train", of, "--output", folder + "/run", "--json", "--set", "training.epochs=1"))
                .as(err.toString())
                .isZero();
        assertThat(err.toString())
                .contains("are of a test part with 2,000 events, 300 sessions and 40 items, this one has ");
        JsonNode recall = json(out.toString()).path("recall@10");
        assertThat(recall.path("verdict").isNull()).isTrue();
        assertThat(recall.path("expected").isNull()).isTrue();
        assertThat(json(out.toString()).path("recall@5").path("ofTarget").isNull())
                .isTrue();
        assertThat(Files.readString(folder.resolve("run/report.html")))
                .contains("are of a test part with 2,000 events");
        JsonNode test = json(Files.readString(folder.resolve("run/data/reported/events.json")))
                .path("test");
        String own = recipe(RECIPE + "measuredOn: {events: " + test.path("events") + ", sessions: "
                + test.path("sessions") + ", items: " + test.path("items") + "}\n");
        assertThat(run("train", own, "--output", folder + "/run", "--json", "--set", "training.epochs=1"))
                .as(err.toString())
                .isZero();
        assertThat(err.toString()).doesNotContain("test part with");
        assertThat(json(out.toString()).path("recall@10").path("verdict").asText())
                .isEqualTo("above");
    }

    private String recipe(String text) throws IOException {
        return Files.writeString(folder.resolve("other.yaml"), text).toString();
    }

    private static Map<String, String> contents(Path root) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (var files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(root.relativize(file).toString(), FileDigest.sha256(file));
            }
        }
        return contents;
    }

    @Test
    void warnsOfItemsThatWereNeverTrained() throws IOException {
        Files.writeString(folder.resolve("ring.seq"), "1 1 2 3 1 2 3 99\n2 2 3 1 2 3 1 98\n3 1 2 3 1 2\n");
        assertThat(run("train", recipe, "--output", folder + "/run", "--json", "--set", "training.epochs=1"))
                .as(err.toString())
                .isZero();
        assertThat(err.toString()).contains("2 of 3 items to predict were never trained; each counts as a miss");
        assertThat(json(Files.readString(folder.resolve("run/seed-1/result.json")))
                        .path("unknownTargets")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void warnsOfItemsToPredictThatDoNotCompete() throws IOException {
        Files.writeString(folder.resolve("ring.seq"), "1 1 2 3 1 2 3 1\n2 2 3 1 2 3 1 4\n3 4 1 2 3 1 2\n");
        assertThat(run("train", recipe, "--output", folder + "/run", "--json", "--set", "training.epochs=1"))
                .as(err.toString())
                .isZero();
        assertThat(err.toString())
                .contains("2 of 3 items to predict are among those of their session that don't compete");
        assertThat(json(Files.readString(folder.resolve("run/seed-1/result.json")))
                        .path("excludedTargets")
                        .asInt())
                .isEqualTo(2);
        assertThat(Files.readString(folder.resolve("run/report.html"))).contains("2 of them are among the items");
    }

    @Test
    void refusesOptionsThatDoNotGoTogether() throws IOException {
        assertThat(run("train", recipe, "--output", folder + "/run", "--config", recipe))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--config").contains("none with a recipe");
        assertThat(run("train", folder.toString(), "--output", folder + "/run", "--seeds", "1"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--seeds: [1] (expected: with a recipe only");
        assertThat(run("train", folder + "/none.yaml", "--output", folder + "/run"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("none.yaml").contains("existing YAML file");
    }

    @Test
    void theRecipesOfTheProjectAreSound() throws IOException {
        Path recipes = Path.of("../recipes");
        try (var files = Files.list(recipes)) {
            assertThat(files.filter(file -> file.toString().endsWith(".yaml")))
                    .isNotEmpty()
                    .allSatisfy(file -> {
                        Recipe read = Recipe.read(file, Map.of());
                        assertThat(read.title()).isNotBlank();
                        assertThat(read.target().keySet()).isNotEmpty();
                    });
        }
    }
}
