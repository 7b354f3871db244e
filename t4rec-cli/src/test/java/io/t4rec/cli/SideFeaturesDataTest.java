package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.data.Database;
import io.t4rec.serve.RecommendServer;
import io.t4rec.serve.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MovieLens 100K with genres and decades of films, ages, genders and occupations of users: every command from events to answers. */
class SideFeaturesDataTest {
    private static final String CONFIG = """
            data:
              sideColumns: [genres, decade]
              contextColumns: [age, gender, occupation]
              maxLength: 30
            model:
              input:
                aggregation: concat
                embeddingDimDefault: 8
                softEmbeddings: {columns: [age], cardinalityDefault: 5, dimDefault: 4}
                pretrained:
                  film: {matrix: {file: FILMS, vectorColumn: vector}, outputDim: 8, normalizer: layer-norm}
                pre: [{name: stochastic-swap-noise, options: {replacementProb: 0.05}}]
                post: [{name: dropout, options: {dropoutRate: 0.1}}]
                postContext: {columns: [gender, occupation], fusion: elementwise-mul}
                projectionBlock: {dimensions: [32, 16], activation: gelu, normalization: layer-norm, dropout: 0.1}
              transformer: {dModel: 16, nHead: 1, nLayer: 1, dInner: 16, totalSeqLength: 30}
            training: {epochs: 1, threads: 2, learningRate: 0.005}
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private Path config;

    @BeforeEach
    void writeEvents() throws IOException {
        Path data = Path.of(System.getProperty("t4rec.data", "../shared/data")).resolve("ml-100k");
        Assumptions.assumeTrue(Files.isDirectory(data), "no MovieLens 100K at " + data);
        try (Database database = Database.open()) {
            String films = read(data.resolve("ml-100k.item"));
            database.execute("copy (select e.\"user_id:token\" as session_id, e.\"item_id:token\" as item_id,"
                    + " e.\"timestamp:float\"::bigint as time, i.\"class:token_seq\" as genres,"
                    + " left(i.\"release_year:token\", 3) as decade, u.\"age:token\"::double as age,"
                    + " u.\"gender:token\" as gender, u.\"occupation:token\" as occupation from "
                    + read(data.resolve("ml-100k.inter")) + " e join " + films
                    + " i using (\"item_id:token\") join " + read(data.resolve("ml-100k.user"))
                    + " u using (\"user_id:token\") where e.\"user_id:token\"::int % 10 = 0) to "
                    + Database.literal(folder.resolve("events.csv").toString()) + " (header)");
            // genres as zeros and ones
            database.execute("copy (select i.\"item_id:token\"::bigint as item_id, list_transform(g.names,"
                    + " name -> list_contains(string_split(i.\"class:token_seq\", ' '), name)::int) as vector from "
                    + films
                    + " i, (select list_sort(list_distinct(flatten(list(string_split(\"class:token_seq\", ' '))))) as names"
                    + " from " + films + ") g) to "
                    + Database.literal(folder.resolve("films.parquet").toString())
                    + " (format parquet)");
        }
        config = Files.writeString(
                folder.resolve("films.yaml"),
                CONFIG.replace("FILMS", folder.resolve("films.parquet").toString()));
    }

    private static String read(Path file) {
        return "read_csv(" + Database.literal(file.toString()) + ", delim = '\t', header = true, all_varchar = true,"
                + " quote = '')";
    }

    private void run(String... arguments) {
        int status = Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
        assertThat(status).as(err.toString()).isZero();
    }

    private JsonNode last() throws IOException {
        String[] lines = out.toString().strip().split("\n");
        return new ObjectMapper().readTree(lines[lines.length - 1]);
    }

    @Test
    void sideFeaturesGoFromEventsToAnswers() throws IOException, InterruptedException {
        run("import", folder + "/events.csv", "--output", folder + "/events.parquet");
        run("split", folder + "/events.parquet", "--by", "leave-one-out", "--output", folder + "/parts");
        run(
                "prepare",
                folder + "/parts/train.parquet",
                "--evaluation",
                folder + "/parts/test.parquet",
                "--output",
                folder + "/data",
                "--config",
                config.toString());
        run("train", folder + "/data", "--output", folder + "/run", "--config", config.toString(), "--json");
        double trained = last().path("model recall@20").asDouble();
        assertThat(trained).isPositive();
        Files.delete(folder.resolve("films.parquet")); // the bundle has its vectors

        String bundle = folder + "/run/bundle";
        run("evaluate", bundle, folder + "/parts/test.parquet", "--json");
        assertThat(last().path("recall@20").path("mean").asDouble()).isEqualTo(trained);
        run("recommend", bundle, "50", "172", "181", "--context", "age=20", "--context", "gender=M", "--json");
        JsonNode young = last().path("items");
        run("recommend", bundle, "50", "172", "181", "--context", "age=60", "--context", "gender=F", "--json");
        assertThat(young.size()).isEqualTo(10);
        assertThat(last().path("items")).as("the user counts").isNotEqualTo(young);

        try (RecommendServer server = RecommendServer.start(
                Path.of(bundle), ServerConfig.builder().port(0).build())) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/recommend"))
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"events\":[{\"item_id\":50},{\"item_id\":172},{\"item_id\":181}],\"k\":10,"
                                    + "\"context\":{\"age\":20,\"gender\":\"M\"}}"))
                    .build();
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode items = new ObjectMapper().readTree(answer.body()).path("items");
            for (int i = 0; i < 10; i++) {
                assertThat(items.path(i).path("item_id").asText())
                        .isEqualTo(young.path(i).path("item").asText());
            }
        }
    }
}
