package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.data.SyntheticShop;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.model.Bundle;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.Recommender;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecommendServerTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static RecommendServer server;
    private static String version;

    @BeforeAll
    static void startsOnAFreePort() throws IOException {
        new SyntheticShop(300, 60, 1, 1).write(folder);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        Path events = folder.resolve("events.parquet");
        Workflow workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of(), 20, false), events, schema);
        SessionModel model = SessionModel.create(ModelConfig.defaults(), workflow.outputSchema(), 1);
        Bundle.write(folder.resolve("bundle"), model, workflow, Map.of());
        Recommender recommender = Recommender.load(folder.resolve("bundle"));
        version = recommender.modelVersion();
        server = RecommendServer.start(recommender, ServerConfig.onPort(0));
    }

    @AfterAll
    static void stops() {
        server.close();
    }

    @Test
    void recommendsForPlainEvents() throws Exception {
        HttpResponse<String> response = post(
                "/recommend",
                "{\"events\":[{\"item_id\":1},{\"item_id\":2}],\"k\":5,\"exclude_seen\":true,\"deny\":[3]}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode body = JSON.readTree(response.body());
        assertThat(body.path("items").size()).isEqualTo(5);
        assertThat(body.path("version").asText()).isEqualTo(version);
        body.path("items")
                .forEach(item -> assertThat(item.path("item_id").asInt()).isNotIn(1, 2, 3));
    }

    @Test
    void answersTensorsAsItAnswersEvents() throws Exception {
        JsonNode plain = JSON.readTree(post(
                        "/recommend",
                        "{\"sessions\":[{\"events\":[{\"item_id\":1},{\"item_id\":2}]},{\"events\":[{\"item_id\":5}]}],\"k\":4}")
                .body());
        HttpResponse<String> response = post(
                "/v2/models/t4rec/infer",
                "{\"id\":\"x\",\"parameters\":{\"k\":4},\"inputs\":["
                        + "{\"name\":\"item_id__values\",\"shape\":[3],\"datatype\":\"INT64\",\"data\":[1,2,5]},"
                        + "{\"name\":\"item_id__offsets\",\"shape\":[3],\"datatype\":\"INT32\",\"data\":[0,2,3]}]}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode body = JSON.readTree(response.body());
        assertThat(body.path("id").asText()).isEqualTo("x");
        JsonNode ids = body.path("outputs").get(0);
        assertThat(ids.path("shape").toString()).isEqualTo("[2,4]");
        for (int row = 0; row < 2; row++) {
            for (int i = 0; i < 4; i++) {
                assertThat(ids.path("data").get(row * 4 + i).asLong())
                        .isEqualTo(plain.path("sessions")
                                .get(row)
                                .path("items")
                                .get(i)
                                .path("item_id")
                                .asLong());
            }
        }
    }

    @Test
    void describesItselfInTheProtocol() throws Exception {
        assertThat(get("/v2/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/v2/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/v2").body()).contains("t4rec");
        JsonNode metadata =
                JSON.readTree(get("/v2/models/t4rec/versions/" + version).body());
        assertThat(metadata.path("inputs").get(0).path("name").asText()).isEqualTo("item_id__values");
        post("/recommend", "{\"events\":[{\"item_id\":1}]}");
        assertThat(get("/metrics").body()).contains("t4rec_request_seconds").contains("t4rec_batch_size");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /recommend             | {"events":[{"item_id":1}]             | 400 | not JSON
            /recommend             | []                                    | 400 | object
            /recommend             | {"events":[]}                         | 400 | at least one event
            /recommend             | {"events":[{"item":1}]}               | 400 | did you mean item_id?
            /recommend             | {"events":[{"time":1}]}               | 400 | an item id
            /recommend             | {"events":[{"item_id":"x"}]}          | 400 | integer
            /recommend             | {"events":[{"item_id":1}],"k":0}      | 400 | k: 0
            /recommend             | {"events":[{"item_id":1}],"kk":1}     | 400 | kk: unknown
            /v2/models/none/infer  | {}                                    | 404 | model: none
            /v2/models/t4rec/versions/9/infer | {}                         | 404 | version: 9
            /v2/models/t4rec/infer | {}                                    | 400 | inputs
            /v2/models/t4rec/infer | {"inputs":[{"name":"item_id","shape":[1,2],"datatype":"INT64","data":[1]}]} | 400 | 1 elements
            /v2/models/t4rec/infer | {"inputs":[{"name":"item_id","shape":[1,1],"datatype":"FP32","data":[1]}]}  | 400 | datatype FP32
            /v2/models/t4rec/infer | {"inputs":[{"name":"item_id__values","shape":[1],"datatype":"INT64","data":[1]},{"name":"item_id__offsets","shape":[2],"datatype":"INT32","data":[0,9]}]} | 400 | rising numbers
            /v2/models/t4rec/infer | {"inputs":[{"name":"item_id__values","shape":[1],"datatype":"INT64","data":[1]}]} | 400 | expected: both
            """)
    void saysWhatIsWrongWithARequestAndGoesOn(String path, String body, int status, String message) throws Exception {
        HttpResponse<String> response = post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(JSON.readTree(response.body()).path("error").asText()).contains(message);
        assertThat(post("/recommend", "{\"events\":[{\"item_id\":1}]}").statusCode())
                .isEqualTo(200);
    }

    @Test
    void refusesBodiesThatAreTooLargeOrNoJson() throws Exception {
        assertThat(post("/recommend", "x".repeat(2 << 20)).statusCode()).isEqualTo(413);
        HttpRequest text = HttpRequest.newBuilder(uri("/recommend"))
                .header("content-type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        assertThat(CLIENT.send(text, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(415);
    }

    @Test
    void survivesBrokenBodies() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        String good = "{\"events\":[{\"item_id\":1},{\"item_id\":2}],\"k\":5}";
        for (int i = 0; i < 200; i++) {
            StringBuilder body = new StringBuilder(good);
            for (int j = 0; j <= random.nextInt(4); j++) {
                body.setCharAt(random.nextInt(body.length()), (char) (32 + random.nextInt(95)));
            }
            assertThat(post("/recommend", body.toString()).statusCode())
                    .as(body.toString())
                    .isIn(200, 400);
        }
    }

    @Test
    void givesEveryConcurrentRequestItsOwnAnswer() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int item = 1; item <= 20; item++) {
            expected.add(items(post("/recommend", "{\"events\":[{\"item_id\":" + item + "}],\"k\":3}")
                    .body()));
        }
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            HttpRequest request = HttpRequest.newBuilder(uri("/recommend"))
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"events\":[{\"item_id\":" + (i % 20 + 1) + "}],\"k\":3}"))
                    .build();
            answers.add(CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(items(answers.get(i).get().body())).isEqualTo(expected.get(i % 20));
        }
    }

    private static String items(String body) throws IOException {
        StringBuilder ids = new StringBuilder();
        JSON.readTree(body)
                .path("items")
                .forEach(item -> ids.append(item.path("item_id")).append(' '));
        return ids.toString();
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
