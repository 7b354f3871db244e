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

class RecommendCallTest {
    private static final int ITEMS = 60;

    @TempDir
    static Path folder;

    private static RecommendServer server;
    private static TestClient client;

    @BeforeAll
    static void startsOnAFreePort() throws IOException {
        Path bundle = TestShop.bundle(folder, folder.resolve("side"), List.of("category", "price", "device"), 1);
        server = RecommendServer.start(bundle, ServerConfig.builder().port(0).build());
        client = new TestClient(server);
    }

    @AfterAll
    static void stops() {
        server.close();
    }

    private static List<String> items(String body) {
        return ids(TestClient.ok(client.post("/recommend", body)));
    }

    private static List<String> ids(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        answer.path("items").forEach(item -> ids.add(item.path("item_id").toString()));
        return ids;
    }

    @Test
    void recommendsUnseenAllowedItems() {
        assertThat(items("{\"events\":[{\"item_id\":1},{\"item_id\":2}],\"k\":60,\"exclude_seen\":true,\"deny\":[3]}"))
                .hasSizeBetween(ITEMS - 10, ITEMS - 3)
                .doesNotContain("1", "2", "3")
                .doesNotHaveDuplicates();
        assertThat(items("{\"events\":[{\"item_id\":1}],\"allow\":[4,5,\"6\"],\"deny\":[5]}"))
                .containsExactlyInAnyOrder("4", "6");
        assertThat(items("{\"events\":[{\"item_id\":1}],\"allow\":[]}")).isEmpty();
    }

    @Test
    void givesTwentyItemsUnlessAskedForOthersAndNeverMoreThanThereAre() {
        assertThat(items("{\"events\":[{\"item_id\":1}]}")).hasSize(20);
        assertThat(items("{\"events\":[{\"item_id\":1}],\"k\":null}")).hasSize(20);
        assertThat(items("{\"events\":[{\"item_id\":1}],\"k\":1}")).hasSize(1);
        assertThat(items("{\"events\":[{\"item_id\":1}],\"k\":10000}"))
                .hasSizeBetween(ITEMS - 10, ITEMS)
                .doesNotHaveDuplicates();
    }

    @Test
    void answersSessionsOfUnknownItemsAlone() {
        List<String> unknown = items("{\"events\":[{\"item_id\":987654},{\"item_id\":-5}],\"k\":5}");
        assertThat(unknown)
                .hasSize(5)
                .doesNotContain("987654", "-5")
                .isEqualTo(items("{\"events\":[{\"item_id\":111111},{\"item_id\":222222}],\"k\":5}"));
    }

    @Test
    void takesTheColumnsOfTrainingAndTheirAbsence() {
        assertThat(items("{\"events\":[{\"item_id\":1,\"category\":3,\"price\":2.5,\"device\":\"phone\",\"time\":5}]}"))
                .hasSize(20);
        assertThat(items("{\"events\":[{\"item_id\":\"1\",\"category\":null,\"price\":2}]}"))
                .hasSize(20);
    }

    @Test
    void ordersByTimeAndElseByPlace() {
        String last = "{\"events\":[{\"item_id\":2},{\"item_id\":1}]}";
        assertThat(items("{\"events\":[{\"item_id\":1,\"time\":9},{\"item_id\":2,\"time\":4}]}"))
                .isEqualTo(items(last))
                .isNotEqualTo(items("{\"events\":[{\"item_id\":1},{\"item_id\":2}]}"));
    }

    @Test
    void answersSeveralSessionsInOrder() {
        JsonNode answer = TestClient.ok(client.post(
                "/recommend",
                "{\"sessions\":[{\"events\":[{\"item_id\":1}]},{\"events\":[{\"item_id\":2}]}],\"k\":7}"));
        for (int i = 0; i < 2; i++) {
            assertThat(ids(answer.path("sessions").get(i)))
                    .isEqualTo(items("{\"events\":[{\"item_id\":" + (i + 1) + "}],\"k\":7}"));
        }
        assertThat(answer.path("model").asText()).isEqualTo("t4rec");
        assertThat(answer.path("version").asText()).hasSize(12);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                        | events: absent
            {"k":3}                                                   | events: absent
            {"events":null}                                           | expected: an array
            {"events":{"item_id":1}}                                  | expected: an array
            {"events":[]}                                             | at least one
            {"events":[1]}                                            | events[0]: 1 (expected: an object)
            {"events":[null]}                                         | events[0]: null
            {"events":[{"item":1}]}                                   | did you mean item_id?
            {"events":[{"session_id":1,"item_id":1}]}                 | session_id: unknown
            {"events":[{"time":1}]}                                   | item_id: absent
            {"events":[{"item_id":1},{"item_id":null}]}               | events[1].item_id: absent
            {"events":[{"item_id":"x"}]}                              | an integer of 64 bits
            {"events":[{"item_id":1.5}]}                              | an integer of 64 bits
            {"events":[{"item_id":[1]}]}                              | an integer of 64 bits
            {"events":[{"item_id":true}]}                             | an integer of 64 bits
            {"events":[{"item_id":1,"price":"a"}]}                    | events[0].price: "a" (expected: a number
            {"events":[{"item_id":1,"price":1e999}]}                  | a number of 64 bits
            {"events":[{"item_id":1,"device":2.5}]}                   | device: 2.5 (expected: text)
            {"events":[{"item_id":1,"time":3},{"item_id":2}]}         | time on 1 of 2 events
            {"events":[{"item_id":1}],"k":0}                          | k: 0 (expected: 1 to 10000)
            {"events":[{"item_id":1}],"k":-3}                         | k: -3
            {"events":[{"item_id":1}],"k":10001}                      | k: 10001
            {"events":[{"item_id":1}],"k":2.0}                        | k: 2.0
            {"events":[{"item_id":1}],"k":99999999999}                | k: 99999999999
            {"events":[{"item_id":1}],"kk":1}                         | did you mean k?
            {"events":[{"item_id":1}],"exclude_seen":"yes"}           | true or false
            {"events":[{"item_id":1}],"deny":3}                       | deny: 3 (expected: an array
            {"events":[{"item_id":1}],"allow":["x"]}                  | allow[0]: "x"
            {"events":[{"item_id":1}],"sessions":[]}                  | one of the two
            {"sessions":[]}                                           | at least one
            {"sessions":[{"events":[{"item_id":1}]},{"events":[]}]}   | sessions[1].events: no event
            {"sessions":[{"events":[{"item_id":1}],"k":3}]}           | sessions[0].k: unknown
            {"sessions":[{}]}                                         | sessions[0].events: absent
            """)
    void saysWhatIsWrongWithARequest(String body, String message) {
        assertThat(TestClient.error(client.post("/recommend", body), 400)).contains(message);
    }

    @Test
    void scoresCandidatesAndNamesThoseItDoesNotKnow() {
        JsonNode answer = TestClient.ok(
                client.post("/recommend", "{\"events\":[{\"item_id\":1}],\"candidates\":[4,99999,\"6\",4,1]}"));
        assertThat(ids(answer)).containsExactlyInAnyOrder("1", "4", "6");
        assertThat(answer.path("unknown").toString()).isEqualTo("[99999]");
        assertThat(TestClient.ok(client.post("/recommend", "{\"events\":[{\"item_id\":1}]}"))
                        .has("unknown"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | candidates: 0 (expected: 1 to 10000",
                "7 | candidates: 7 (expected: an array",
                "[1],\"k\":3 | k: beside candidates",
                "[1],\"allow\":[2] | allow: beside candidates"
            })
    void refusesCandidatesThatMakeNoSense(String candidates, String message) {
        String body = "{\"events\":[{\"item_id\":1}],\"candidates\":" + candidates + "}";
        assertThat(TestClient.error(client.post("/recommend", body), 400)).startsWith(message);
    }

    @Test
    void findsItemsLikeAnItem() {
        JsonNode answer = TestClient.ok(client.post("/similar", "{\"item\":2,\"k\":5,\"deny\":[3]}"));
        assertThat(ids(answer)).hasSize(5).doesNotContain("2", "3");
        assertThat(answer.path("version").asText()).hasSize(12);
        answer.path("items")
                .forEach(item -> assertThat(item.path("score").asDouble()).isBetween(-1.000001, 1.000001));
        assertThat(ids(TestClient.ok(client.post("/similar", "{\"item\":\"2\",\"measure\":\"dot\",\"allow\":[9]}"))))
                .containsExactly("9");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 400 | item: absent (expected: an item id)",
                "{\"item\":99999} | 404 | item: 99999 (expected: an item of the training data)",
                "{\"item\":1.5} | 400 | item: 1.5 (expected: an integer",
                "{\"item\":1,\"k\":0} | 400 | k: 0 (expected: 1 to 10000)",
                "{\"item\":1,\"measure\":\"euclid\"} | 400 | measure: \"euclid\" (expected: one of [cosine, dot])",
                "{\"item\":1,\"items\":2} | 400 | items: unknown"
            })
    void refusesAQuestionForSimilarItemsThatMakesNoSense(String body, int status, String message) {
        assertThat(TestClient.error(client.post("/similar", body), status)).startsWith(message);
    }
}
