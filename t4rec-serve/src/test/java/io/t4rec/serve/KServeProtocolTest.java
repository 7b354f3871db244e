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
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KServeProtocolTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GOOD = "{\"parameters\":{\"k\":4},\"inputs\":["
            + "{\"name\":\"item_id__values\",\"shape\":[4],\"datatype\":\"INT64\",\"data\":[1,2,5,6]},"
            + "{\"name\":\"item_id__offsets\",\"shape\":[3],\"datatype\":\"INT32\",\"data\":[0,2,4]}]}";

    @TempDir
    static Path folder;

    private static RecommendServer server;

    @BeforeAll
    static void startsOnAFreePort() throws IOException {
        new SyntheticShop(300, 60, 1, 1).write(folder);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        Workflow workflow = Workflow.fit(
                WorkflowConfig.sessions(schema, List.of(), 20, false), folder.resolve("events.parquet"), schema);
        SessionModel model = SessionModel.create(ModelConfig.defaults(), workflow.outputSchema(), 1);
        Bundle.write(folder.resolve("bundle"), model, workflow, Map.of());
        server = RecommendServer.start(Recommender.load(folder.resolve("bundle")), ServerConfig.onPort(0));
    }

    @AfterAll
    static void stops() {
        server.close();
    }

    private static String dense(String datatype, String data) {
        return "{\"parameters\":{\"k\":4},\"inputs\":[{\"name\":\"item_id\",\"shape\":[2,2],\"datatype\":\"" + datatype
                + "\",\"data\":" + data + "}]}";
    }

    @Test
    void takesRaggedDenseNestedAndTextFormsAlike() throws Exception {
        JsonNode ragged = outputs(GOOD);
        assertThat(outputs(dense("INT64", "[1,2,5,6]"))).isEqualTo(ragged);
        assertThat(outputs(dense("INT32", "[[1,2],[5,6]]"))).isEqualTo(ragged);
        assertThat(outputs(dense("BYTES", "[[\"1\",\"2\"],[\"5\",\"6\"]]"))).isEqualTo(ragged);
        assertThat(outputs(GOOD.replace("INT32", "INT64"))).isEqualTo(ragged);
    }

    @Test
    void leavesSeenItemsOutWhenAsked() throws Exception {
        JsonNode ids = outputs(GOOD.replace("\"k\":4", "\"k\":50,\"exclude_seen\":true"))
                .get(0);
        int width = ids.path("shape").get(1).asInt();
        for (int i = 0; i < width; i++) {
            assertThat(ids.path("data").get(i).asLong()).isNotIn(1L, 2L);
            assertThat(ids.path("data").get(width + i).asLong()).isNotIn(5L, 6L);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/models/..%2F..%2Fetc%2Fpasswd",
                "/v2/models/t4rec/versions/..%2F1",
                "/v2/models/%00",
                "/v2/models/t4rec%20",
                "/v2/models/T4REC/ready",
                "/v2/nothing",
                "/etc/passwd"
            })
    void findsNothingBehindStrangePaths(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(path)).build();
        assertThat(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isIn(400, 404);
    }

    @Test
    void answersOrRefusesCutAndChangedBodiesAndGoesOn() throws Exception {
        long seed = 11;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 300; i++) {
            StringBuilder body = new StringBuilder(GOOD);
            for (int j = random.nextInt(4); j >= 0; j--) {
                body.setCharAt(random.nextInt(body.length()), "0123456789-.\"[]{}:,ane".charAt(random.nextInt(22)));
            }
            if (random.nextBoolean()) {
                body.setLength(random.nextInt(body.length()));
            }
            HttpResponse<String> response = infer(body.toString());
            assertThat(response.statusCode())
                    .as("seed " + seed + ", body " + body + " gave " + response.body())
                    .isIn(200, 400);
            if (response.statusCode() == 400) {
                assertThat(JSON.readTree(response.body()).path("error").asText())
                        .isNotEmpty();
            }
        }
        assertThat(infer(GOOD).statusCode()).isEqualTo(200);
    }

    @Test
    void refusesOffsetsThatDoNotFit() throws Exception {
        for (String offsets : List.of("[0,3,2]", "[1,2,4]", "[0,2,3]", "[0,2,5]", "[0,-1,4]", "[0,2.5,4]", "[0,4,4]")) {
            HttpResponse<String> response = infer(GOOD.replace("[0,2,4]", offsets));
            assertThat(response.statusCode())
                    .as(offsets + ": " + response.body())
                    .isEqualTo(400);
        }
    }

    private static JsonNode outputs(String body) throws Exception {
        HttpResponse<String> response = infer(body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body()).path("outputs");
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static HttpResponse<String> infer(String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/v2/models/t4rec/infer"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
