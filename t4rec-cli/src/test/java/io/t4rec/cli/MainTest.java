package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.tensor.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest extends CommandTest {
    @TempDir
    Path folder;

    @Test
    void goesFromTextToRecommendations() throws IOException {
        assertThat(run("generate", "--output", folder + "/shop", "--sessions", "2000", "--items", "60"))
                .isZero();
        assertThat(run(
                        "generate",
                        "--output",
                        folder + "/held",
                        "--sessions",
                        "300",
                        "--items",
                        "60",
                        "--session-seed",
                        "2"))
                .isZero();
        assertThat(run(
                        "prepare",
                        folder + "/shop/events.parquet",
                        "--evaluation",
                        folder + "/held/events.parquet",
                        "--output",
                        folder + "/data",
                        "--set",
                        "data.sideColumns=[category,price,device]"))
                .as(err.toString())
                .isZero();
        assertThat(run(
                        "train",
                        folder + "/data",
                        "--output",
                        folder + "/run",
                        "--set",
                        "training.epochs=3",
                        "--set",
                        "model.input.projection=true",
                        "--json"))
                .as(err.toString())
                .isZero();
        JsonNode trained = last();
        assertThat(trained.path("model recall@20").asDouble())
                .isGreaterThan(trained.path("popularity recall@20").asDouble());
        assertThat(run("evaluate", folder + "/run/bundle", folder + "/held/events.parquet", "--json"))
                .as(err.toString())
                .isZero();
        assertThat(last().path("recall@20").path("mean").asDouble())
                .isEqualTo(trained.path("model recall@20").asDouble());
        assertThat(last().has("markov recall@20")).isFalse();
        assertThat(run(
                        "evaluate",
                        folder + "/run/bundle",
                        folder + "/held/events.parquet",
                        "--training",
                        folder + "/shop/events.parquet",
                        "--json"))
                .as(err.toString())
                .isZero();
        for (String baseline : List.of("popularity", "markov", "vmis-knn")) {
            assertThat(last().path(baseline + " ndcg@20").path("mean").asDouble())
                    .as(baseline)
                    .isEqualTo(trained.path(baseline + " ndcg@20").asDouble());
        }
        compressesTheBundleAndAsksBoth();
        assertThat(run("recommend", folder + "/run/bundle", "3", "999999", "-k", "5", "--json"))
                .as(err.toString())
                .isZero();
        assertThat(last().path("items").size()).isEqualTo(5);
        assertThat(last().path("items").path(0).path("item").isIntegralNumber()).isTrue();
        assertThat(run("inspect", folder + "/run/bundle")).isZero();
        String report = Files.readString(folder.resolve("run/report.html"));
        assertThat(report)
                .contains("Against the baselines")
                .contains("vmis-knn")
                .contains("<svg");
        assertThat(report).doesNotContain("http://").doesNotContain("https://").doesNotContain("<script");
    }

    private void compressesTheBundleAndAsksBoth() throws IOException {
        String small = folder + "/small";
        assertThat(run(
                        "compress",
                        folder + "/run/bundle",
                        "--events",
                        folder + "/held/events.parquet",
                        "--exclude",
                        "seen",
                        "--output",
                        small,
                        "--json"))
                .as(err.toString())
                .isZero();
        JsonNode compressed = last();
        double exact = compressed.path("recall@20 exact").asDouble();
        double quantised = compressed.path("recall@20 quantised").asDouble();
        assertThat(compressed.path("cases").asInt()).isPositive();
        assertThat(quantised).isBetween(exact - 0.01, exact + 0.01); // 60 items have centroids of their own
        assertThat(compressed.path("ranking milliseconds quantised").asDouble()).isPositive();
        assertThat(run("evaluate", small, folder + "/held/events.parquet", "--exclude", "seen", "--json"))
                .as(err.toString())
                .isZero();
        assertThat(last().path("recall@20").path("mean").asDouble()).isEqualTo(quantised);
        assertThat(run("similar", small, "3", "-k", "4", "--json"))
                .as(err.toString())
                .isZero();
        assertThat(last().path("items")).hasSize(4);
        assertThat(run("similar", small, "999999")).isEqualTo(1);
        assertThat(err.toString()).contains("item: 999999 (expected: an item of the training data)");
        assertThat(run("recommend", small, "3", "--candidates", "4,5,999999", "--json"))
                .as(err.toString())
                .isZero();
        assertThat(last().path("items")).hasSize(2);
        assertThat(err.toString()).contains("never seen in training, without a score: [999999]");
        assertThat(run(
                        "compress",
                        folder + "/run/bundle",
                        "--events",
                        folder + "/held/events.parquet",
                        "--output",
                        small,
                        "--splits",
                        "7"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--splits: 7 (expected: a divisor of 64");
    }

    @Test
    void namesTheNearestKeyOfATypoAndExitsWithTwo() throws IOException {
        Path config = Files.writeString(folder.resolve("experiment.yaml"), "training:\n  epoch: 3\n");
        assertThat(run("prepare", "x", "--output", "y", "--config", config.toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("epoch")
                .contains("did you mean epochs?")
                .doesNotContain("\tat ");
    }

    @Test
    void exitsWithTwoForADeviceThatIsNotThere() throws IOException {
        assumeTrue(Native.cudaDevices() == 0, "this machine has a CUDA device");
        assertThat(run("generate", "--output", folder + "/shop", "--sessions", "100", "--items", "60"))
                .isZero();
        assertThat(run("prepare", folder + "/shop/events.parquet", "--output", folder + "/data"))
                .isZero();
        assertThat(train("training.device=cuda")).isEqualTo(2);
        assertThat(err.toString())
                .contains("training.device: cuda (expected: cpu; this build or machine has no CUDA device")
                .doesNotContain("\tat ");
        assertThat(folder.resolve("run")).as("nothing was begun").doesNotExist();
        assertThat(train("training.device=tpu")).isEqualTo(2);
        assertThat(err.toString()).contains("training.device: tpu (expected: cpu, cuda or cuda:N)");
        assertThat(run("evaluate", folder + "/run/bundle", folder + "/shop/events.parquet", "--device", "cuda:1"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--device: cuda:1 (expected: cpu; this build or machine has no CUDA");
    }

    @Test
    void exitsWithOneForDataThatIsMissing() {
        assertThat(run("import", folder + "/none.csv", "--output", folder + "/x.parquet"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("none.csv").contains("expected").doesNotContain("\tat ");
        assertThat(run("recommend", folder + "/none", "1")).isEqualTo(1);
        assertThat(run("unknown")).isEqualTo(2);
    }

    @Test
    void neverReplacesADirectoryThatHoldsOtherThings() throws IOException {
        Path precious = Files.createDirectories(folder.resolve("home"));
        Path letter = Files.writeString(precious.resolve("letter.txt"), "dear");
        assertThat(run("generate", "--output", folder + "/shop", "--sessions", "100", "--items", "60"))
                .isZero();
        assertThat(run("prepare", folder + "/shop/events.parquet", "--output", precious.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains(precious.toString()).contains("holds other things");
        assertThat(run("quickstart", "--output", precious.toString())).isEqualTo(1);
        assertThat(Files.readString(letter)).isEqualTo("dear");
        assertThat(run("prepare", folder + "/shop/events.parquet", "--output", folder + "/data"))
                .isZero();
        assertThat(run("prepare", folder + "/shop/events.parquet", "--output", folder + "/data"))
                .as("again")
                .isZero();
    }

    @Test
    void goesOnWithARunOnlyWithTheSameSettings() throws IOException {
        assertThat(run("generate", "--output", folder + "/shop", "--sessions", "200", "--items", "60"))
                .isZero();
        assertThat(run("prepare", folder + "/shop/events.parquet", "--output", folder + "/data"))
                .isZero();
        assertThat(train("training.epochs=2")).as(err.toString()).isZero();
        byte[] weights = Files.readAllBytes(folder.resolve("run/bundle/weights.safetensors"));
        assertThat(train("training.epochs=1")).isEqualTo(2);
        assertThat(err.toString()).contains("training.epochs: 1 (expected: 2").contains("--output");
        assertThat(train("training.epochs=2", "training.learningRate=0.01")).isEqualTo(2);
        assertThat(err.toString()).contains("training.learningRate: 0.01 (expected: 0.001");
        assertThat(run("generate", "--output", folder + "/shop", "--sessions", "201", "--items", "60"))
                .isZero();
        assertThat(run("prepare", folder + "/shop/events.parquet", "--output", folder + "/data"))
                .isZero();
        assertThat(train("training.epochs=2")).as("other data").isEqualTo(2);
        assertThat(err.toString()).contains("events.train.").contains("expected");
        assertThat(Files.readAllBytes(folder.resolve("run/bundle/weights.safetensors")))
                .isEqualTo(weights);
        assertThat(run("generate", "--output", folder + "/shop", "--sessions", "200", "--items", "60"))
                .isZero();
        assertThat(run("prepare", folder + "/shop/events.parquet", "--output", folder + "/data"))
                .isZero();
        assertThat(train("training.epochs=3")).as(err.toString()).isZero();
        assertThat(last().path("epochs").asInt()).isEqualTo(3);
    }

    private int train(String... settings) {
        List<String> arguments =
                new ArrayList<>(List.of("train", folder + "/data", "--output", folder + "/run", "--json"));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        return run(arguments.toArray(String[]::new));
    }

    private JsonNode last() throws IOException {
        return json(out.toString());
    }
}
