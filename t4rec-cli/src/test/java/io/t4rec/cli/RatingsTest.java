package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ratings of MovieLens 100K, of users that were not trained on: the rating itself, and whether it is 4 or more. A model that knows the
 * films alone, no rating before, must do better than the mean rating.
 */
class RatingsTest {
    private static final String CONFIG = """
            data:
              targets: {rating: regression}
              maxLength: 50
              windowLength: 50
            model:
              transformer: {dModel: 32, dInner: 32, nLayer: 1, totalSeqLength: 50, dropout: 0.2}
              heads:
                - tasks:
                    - {task: regression, target: rating}
                    - {task: binary-classification, name: liked, target: rating, positiveFrom: 4}
            training: {epochs: 6, learningRate: 0.003, threads: 2, batchSize: 32}
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @Test
    void predictsRatingsOfOthersBetterThanTheirMean() throws IOException {
        Path ratings =
                Path.of(System.getProperty("t4rec.data", "../shared/data")).resolve("ml-100k/ml-100k.inter");
        Assumptions.assumeTrue(Files.exists(ratings), "no ratings at " + ratings);
        divide(ratings);
        for (String part : new String[] {"train", "test"}) {
            done("import", folder + "/" + part + ".csv", "--output", events(part));
        }
        String config =
                Files.writeString(folder.resolve("ratings.yaml"), CONFIG).toString();
        done(
                "prepare",
                events("train"),
                "--evaluation",
                events("test"),
                "--output",
                folder + "/data",
                "--config",
                config);
        done("train", folder + "/data", "--output", folder + "/run", "--config", config, "--json");
        done("evaluate", folder + "/run/bundle", events("test"), "--training", events("train"), "--all", "--json");
        JsonNode result = new ObjectMapper().readTree(out.toString());
        System.out.println("ratings of other users: " + result);
        assertThat(mean(result, "rating/mse")).isLessThan(0.95 * mean(result, "constant rating/mse"));
        assertThat(mean(result, "liked/log-loss")).isLessThan(0.97 * mean(result, "constant liked/log-loss"));
        assertThat(mean(result, "liked/auc")).isGreaterThan(0.65);
    }

    private static double mean(JsonNode result, String metric) {
        return result.path(metric).path("mean").asDouble();
    }

    /** Every fifth user is judged. */
    private void divide(Path ratings) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(ratings);
                BufferedWriter train = Files.newBufferedWriter(folder.resolve("train.csv"));
                BufferedWriter test = Files.newBufferedWriter(folder.resolve("test.csv"))) {
            train.write("session_id,item_id,rating,time\n");
            test.write("session_id,item_id,rating,time\n");
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] values = line.split("\t", -1);
                BufferedWriter part = Integer.parseInt(values[0]) % 5 == 0 ? test : train;
                part.write(String.join(",", values) + "\n");
            }
        }
    }

    private String events(String part) {
        return folder + "/" + part + "/events.parquet";
    }

    private void done(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        assertThat(Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true)))
                .as(err.toString())
                .isZero();
    }
}
