package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.model.Bundle;
import io.t4rec.schema.ModelFormatException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tasks predict, asked for over HTTP. */
class PredictTest {
    private static final String EVENTS = "\"events\":[{\"item_id\":1,\"category\":3},{\"item_id\":2}]";
    private static final String ITEMS =
            "{\"name\":\"item_id__values\",\"shape\":[3],\"datatype\":\"INT64\",\"data\":[1,2,5]},"
                    + "{\"name\":\"item_id__offsets\",\"shape\":[3],\"datatype\":\"INT32\",\"data\":[0,2,3]}";

    @TempDir
    static Path folder;

    private static RecommendServer tasks;
    private static RecommendServer both;

    @BeforeAll
    static void starts() throws IOException {
        tasks = start(TestShop.taskBundle(folder.resolve("a"), false));
        both = start(TestShop.taskBundle(folder.resolve("b"), true));
    }

    private static RecommendServer start(Path bundle) throws IOException {
        return RecommendServer.start(bundle, ServerConfig.builder().port(0).build());
    }

    @AfterAll
    static void stops() {
        tasks.close();
        both.close();
    }

    private static JsonNode predictions(RecommendServer server, String body) {
        return TestClient.ok(new TestClient(server).post("/predict", body)).path("predictions");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tellsProbabilitiesNumbersAndClasses(boolean withNextItem) {
        JsonNode found = predictions(withNextItem ? both : tasks, "{" + EVENTS + "}");
        assertThat(found.path("dear"))
                .hasSize(2)
                .allSatisfy(p -> assertThat(p.asDouble()).isBetween(0.0, 1.0));
        assertThat(found.path("price"))
                .hasSize(2)
                .allSatisfy(p -> assertThat(p.isNumber()).isTrue());
        double sum = 0;
        for (JsonNode probability : found.path("device")) {
            sum += probability.asDouble();
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
        List<String> classes = new ArrayList<>();
        found.path("device").fieldNames().forEachRemaining(classes::add);
        assertThat(classes).as("as they stand in the events").contains("phone");
    }

    @Test
    void targetsThatAreSentDontCount() {
        JsonNode without = predictions(tasks, "{\"events\":[{\"item_id\":1},{\"item_id\":2}]}");
        JsonNode with = predictions(
                tasks,
                "{\"events\":[{\"item_id\":1,\"price\":99,\"device\":\"phone\"},{\"item_id\":2,\"price\":1,\"device\":\"tv\"}]}");
        assertThat(with).isEqualTo(without);
    }

    @Test
    void answersSeveralSessionsInTheirOrder() {
        JsonNode answers = TestClient.ok(new TestClient(tasks)
                        .post("/predict", "{\"sessions\":[{\"events\":[{\"item_id\":5}]},{" + EVENTS + "}]}"))
                .path("sessions");
        assertThat(answers).hasSize(2);
        JsonNode alone = predictions(tasks, "{" + EVENTS + "}");
        for (String task : List.of("dear", "price")) {
            assertThat(answers.get(0).path("predictions").path(task)).hasSize(1);
            JsonNode same = answers.get(1).path("predictions").path(task);
            for (int i = 0; i < 2; i++) {
                assertThat(same.get(i).asDouble())
                        .isCloseTo(alone.path(task).get(i).asDouble(), within(1e-4));
            }
        }
    }

    @Test
    void comeAsTensorsToo() {
        TestClient client = new TestClient(tasks);
        JsonNode metadata = TestClient.ok(client.get("/v2/models/t4rec")).path("outputs");
        assertThat(metadata.findValuesAsText("name"))
                .containsExactly("dear__values", "dear__offsets", "price__values", "price__offsets", "device");
        JsonNode outputs =
                TestClient.ok(client.infer("{\"inputs\":[" + ITEMS + "]}")).path("outputs");
        assertThat(outputs.findValuesAsText("name")).isEqualTo(metadata.findValuesAsText("name"));
        assertThat(outputs.get(0).path("shape").get(0).asInt()).isEqualTo(3);
        assertThat(outputs.get(1).path("data").toString()).isEqualTo("[0,2,3]");
        int classes = metadata.get(4).path("shape").get(1).asInt();
        assertThat(outputs.get(4).path("shape").toString()).isEqualTo("[2," + classes + "]");
        assertThat(outputs.get(4).path("data")).hasSize(2 * classes);
        JsonNode plain = predictions(tasks, "{\"events\":[{\"item_id\":5}]}");
        assertThat(outputs.get(2).path("data").get(2).asDouble())
                .isCloseTo(plain.path("price").get(0).asDouble(), within(1e-4));
        JsonNode one = TestClient.ok(client.infer("{\"outputs\":[{\"name\":\"device\"}],\"inputs\":[" + ITEMS + "]}"))
                .path("outputs");
        assertThat(one).hasSize(1);
    }

    @Test
    void comeBesideItemsWhereTheModelHasBoth() {
        TestClient client = new TestClient(both);
        JsonNode outputs = TestClient.ok(client.infer("{\"parameters\":{\"k\":2},\"inputs\":[" + ITEMS + "]}"))
                .path("outputs");
        assertThat(outputs.findValuesAsText("name"))
                .containsExactly(
                        "item_ids",
                        "item_id_scores",
                        "dear__values",
                        "dear__offsets",
                        "price__values",
                        "price__offsets",
                        "device");
        assertThat(outputs.get(0).path("data")).hasSize(4);
        assertThat(TestClient.ok(client.post("/recommend", "{" + EVENTS + ",\"k\":3}"))
                        .path("items"))
                .hasSize(3);
    }

    @Test
    void refusesWhatTheModelDoesntPredict() throws IOException {
        HttpResponse<String> items = new TestClient(tasks).post("/recommend", "{" + EVENTS + "}");
        assertThat(items.statusCode()).isEqualTo(400);
        assertThat(items.body())
                .contains("model: predicts [dear, price, device] (expected: a model with the task next-item");
        try (RecommendServer usual = start(TestShop.bundle(folder.resolve("c"), 1))) {
            HttpResponse<String> targets = new TestClient(usual).post("/predict", "{\"events\":[{\"item_id\":1}]}");
            assertThat(targets.statusCode()).isEqualTo(400);
            assertThat(targets.body()).contains("the next item is its only task");
        }
    }

    @Test
    void refusesAModelThatPredictsNothing() throws IOException {
        Path place = TestShop.taskBundle(folder.resolve("d"), false);
        Bundle bundle = Bundle.load(place);
        bundle.model().state().get("heads.price.output.bias").detach().fillInPlace(Double.NaN);
        Path broken = folder.resolve("broken");
        Bundle.write(broken, bundle.model(), bundle.workflow(), Map.of());
        bundle.model().release();
        assertThatThrownBy(() -> start(broken).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("predicts NaN for a trial session");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"events\":[]}",
                "{\"events\":[{}]}",
                "{\"events\":[{\"item_id\":\"x\"}]}",
                "{\"events\":[{\"item_id\":1,\"colour\":2}]}",
                "{\"events\":[{\"item_id\":1}],\"k\":3}",
                "{\"events\":[{\"item_id\":1}],\"sessions\":[]}",
                "[1]"
            })
    void refusesWhatIsNoQuestion(String body) {
        assertThat(new TestClient(tasks).post("/predict", body).statusCode()).isEqualTo(400);
    }
}
