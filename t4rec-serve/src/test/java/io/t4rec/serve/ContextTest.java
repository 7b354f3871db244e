package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of the session in requests. */
class ContextTest {
    private static final String ITEMS =
            "{\"name\":\"item_id__values\",\"shape\":[3],\"datatype\":\"INT64\",\"data\":[1,2,5]},"
                    + "{\"name\":\"item_id__offsets\",\"shape\":[3],\"datatype\":\"INT32\",\"data\":[0,2,3]}";

    @TempDir
    static Path folder;

    private static RecommendServer server;
    private static TestClient client;

    @BeforeAll
    static void starts() throws IOException {
        server = RecommendServer.start(
                TestShop.contextBundle(folder), ServerConfig.builder().port(0).build());
        client = new TestClient(server);
    }

    @AfterAll
    static void stops() {
        server.close();
    }

    private static JsonNode items(String body) {
        return TestClient.ok(client.post("/recommend", body)).path("items");
    }

    @Test
    void standForTheSameOnEachEvent() {
        JsonNode once = items(
                "{\"events\":[{\"item_id\":1},{\"item_id\":2}],\"context\":{\"price\":80.5,\"device\":\"phone\"}}");
        JsonNode each = items("{\"events\":[{\"item_id\":1,\"price\":80.5,\"device\":\"phone\"},"
                + "{\"item_id\":2,\"price\":80.5,\"device\":\"phone\"}]}");
        JsonNode without = items("{\"events\":[{\"item_id\":1},{\"item_id\":2}]}");
        assertThat(once).isEqualTo(each).isNotEqualTo(without);
        JsonNode several = TestClient.ok(
                client.post(
                        "/recommend",
                        "{\"sessions\":[{\"events\":[{\"item_id\":1},{\"item_id\":2}],\"context\":{\"price\":80.5,\"device\":\"phone\"}}]}"));
        assertThat(several.path("sessions").get(0).path("items")).isEqualTo(once);
    }

    @Test
    void comeAsTensorsOfOneValueASession() {
        JsonNode inputs = TestClient.ok(client.get("/v2/models/t4rec")).path("inputs");
        assertThat(inputs.findValuesAsText("name"))
                .contains("price", "device", "category__values")
                .doesNotContain("price__values", "device__offsets");
        JsonNode outputs = TestClient.ok(client.infer("{\"parameters\":{\"k\":3},\"inputs\":[" + ITEMS
                        + ",{\"name\":\"price\",\"shape\":[2],\"datatype\":\"FP64\",\"data\":[80.5,3]}]}"))
                .path("outputs");
        List<String> expected = new ArrayList<>();
        items("{\"k\":3,\"events\":[{\"item_id\":1},{\"item_id\":2}],\"context\":{\"price\":80.5}}")
                .forEach(item -> expected.add(item.path("item_id").asText()));
        items("{\"k\":3,\"events\":[{\"item_id\":5}],\"context\":{\"price\":3}}")
                .forEach(item -> expected.add(item.path("item_id").asText()));
        List<String> found = new ArrayList<>();
        outputs.get(0).path("data").forEach(item -> found.add(item.asText()));
        assertThat(found).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{~prise~:1}|context.prise: unknown (expected: one of [device, price]; did you mean price?",
                "{~category~:1}|context.category: unknown",
                "{~price~:~much~}|context.price: \"much\" (expected: a number",
                "[1]|context: [1] (expected: an object)"
            })
    void thatDoNotFitAreRefused(String context, String message) {
        var answer = client.post(
                "/recommend", "{\"events\":[{\"item_id\":1}],\"context\":" + context.replace('~', '"') + "}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body().replace("\\\"", "\"")).contains(message);
    }

    @Test
    void onEventsAndBesideThemAreRefused() {
        var both = client.post("/recommend", "{\"events\":[{\"item_id\":1,\"price\":2}],\"context\":{\"price\":1}}");
        assertThat(both.statusCode()).isEqualTo(400);
        assertThat(both.body()).contains("context.price: beside that of an event");
        var outside =
                client.post("/recommend", "{\"sessions\":[{\"events\":[{\"item_id\":1}]}],\"context\":{\"price\":1}}");
        assertThat(outside.statusCode()).isEqualTo(400);
        assertThat(outside.body()).contains("context: beside sessions");
        var sizes = client.infer("{\"inputs\":[" + ITEMS
                + ",{\"name\":\"price\",\"shape\":[3],\"datatype\":\"FP64\",\"data\":[1,2,3]}]}");
        assertThat(sizes.statusCode()).isEqualTo(400);
        assertThat(sizes.body()).contains("input price: shape [3] (expected: [2], one value a session)");
    }
}
