package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InferCallTest {
    private static final String VALUES =
            "{\"name\":\"item_id__values\",\"shape\":[4],\"datatype\":\"INT64\",\"data\":[1,2,5,6]}";
    private static final String OFFSETS =
            "{\"name\":\"item_id__offsets\",\"shape\":[3],\"datatype\":\"INT32\",\"data\":[0,2,4]}";
    private static final String INPUTS = "\"inputs\":[" + VALUES + "," + OFFSETS + "]";
    private static final String GOOD = "{\"parameters\":{\"k\":4}," + INPUTS + "}";

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

    private static JsonNode outputs(String body) {
        return TestClient.ok(client.infer(body)).path("outputs");
    }

    private static String with(String inputs) {
        return "{\"parameters\":{\"k\":4},\"inputs\":[" + inputs + "]}";
    }

    private static String tensor(String name, String shape, String datatype, String data) {
        return "{\"name\":\"" + name + "\",\"shape\":" + shape + ",\"datatype\":\"" + datatype + "\",\"data\":" + data
                + "}";
    }

    @Test
    void describesItsTensorsAndTakesWhatItDescribes() {
        JsonNode model = TestClient.ok(client.get("/v2/models/t4rec"));
        assertThat(model.path("name").asText()).isEqualTo("t4rec");
        String version = model.path("versions").get(0).asText();
        assertThat(TestClient.ok(client.get("/v2/models/t4rec/versions/" + version)))
                .isEqualTo(model);
        assertThat(model.path("inputs").findValuesAsText("name"))
                .contains("item_id__values", "item_id__offsets", "price__values", "device__offsets");
        assertThat(model.path("outputs").findValuesAsText("name")).containsExactly("item_ids", "item_id_scores");
        StringBuilder inputs = new StringBuilder();
        for (JsonNode input : model.path("inputs")) {
            String name = input.path("name").asText();
            String datatype = input.path("datatype").asText();
            String data = name.endsWith("__offsets") ? "[0,1]" : datatype.equals("BYTES") ? "[\"1\"]" : "[1]";
            inputs.append(inputs.isEmpty() ? "" : ",")
                    .append(tensor(name, name.endsWith("__offsets") ? "[2]" : "[1]", datatype, data));
        }
        JsonNode answer =
                TestClient.ok(client.post("/v2/models/t4rec/versions/" + version + "/infer", with(inputs.toString())));
        assertThat(answer.path("model_version").asText()).isEqualTo(version);
    }

    @Test
    void describesTheServer() {
        assertThat(client.get("/v2/health/live").statusCode()).isEqualTo(200);
        assertThat(client.get("/v2/health/ready").statusCode()).isEqualTo(200);
        assertThat(client.get("/v2/models/t4rec/ready").statusCode()).isEqualTo(200);
        JsonNode metadata = TestClient.ok(client.get("/v2"));
        assertThat(metadata.path("name").asText()).isEqualTo("t4rec");
        assertThat(metadata.path("version").asText()).matches("[0-9]+\\.[0-9]+.*");
        assertThat(metadata.path("extensions").toString()).isEqualTo("[\"model_repository\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/health/live", "/v2/health/ready", "/v2/models/t4rec/ready", "/v2", "/metrics"})
    void answersHeadAsGetWithoutABody(String path) {
        HttpResponse<String> head = client.send("HEAD", path, "");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void answersTensorsAsItAnswersEvents() {
        JsonNode plain = TestClient.ok(
                client.post(
                        "/recommend",
                        "{\"k\":4,\"sessions\":[{\"events\":[{\"item_id\":1},{\"item_id\":2}]},{\"events\":[{\"item_id\":5},{\"item_id\":6}]}]}"));
        JsonNode outputs = outputs(GOOD);
        assertThat(outputs.get(0).path("shape").toString()).isEqualTo("[2,4]");
        for (int i = 0; i < 8; i++) {
            JsonNode item = plain.path("sessions").get(i / 4).path("items").get(i % 4);
            assertThat(outputs.get(0).path("data").get(i)).isEqualTo(item.path("item_id"));
            assertThat(outputs.get(1).path("data").get(i).floatValue())
                    .isEqualTo(item.path("score").floatValue());
        }
    }

    @Test
    void takesRaggedDenseNestedAndTextFormsAlike() {
        JsonNode ragged = outputs(GOOD);
        assertThat(outputs(with(tensor("item_id", "[2,2]", "INT64", "[1,2,5,6]"))))
                .isEqualTo(ragged);
        assertThat(outputs(with(tensor("item_id", "[2,2]", "INT32", "[[1,2],[5,6]]"))))
                .isEqualTo(ragged);
        assertThat(outputs(with(tensor("item_id", "[2,2]", "UINT8", "[[1,2],[5,6]]"))))
                .isEqualTo(ragged);
        assertThat(outputs(with(tensor("item_id", "[2,2]", "BYTES", "[[\"1\",\"2\"],[\"5\",\"6\"]]"))))
                .isEqualTo(ragged);
        assertThat(outputs(GOOD.replace("INT32", "INT64"))).isEqualTo(ragged);
        assertThat(outputs(GOOD.replace("[" + VALUES + "," + OFFSETS + "]", "[" + OFFSETS + "," + VALUES + "]")))
                .isEqualTo(ragged);
        String price = tensor("price", "[2,2]", "FP32", "[null,null,null,null]");
        assertThat(outputs(with(tensor("item_id", "[2,2]", "INT64", "[1,2,5,6]") + "," + price)))
                .isEqualTo(ragged);
    }

    @Test
    void leavesSeenItemsOutWhenAsked() {
        JsonNode ids = outputs(GOOD.replace("\"k\":4", "\"k\":50,\"exclude_seen\":true"))
                .get(0);
        int width = ids.path("shape").get(1).asInt();
        for (int i = 0; i < width; i++) {
            assertThat(ids.path("data").get(i).asLong()).isNotIn(1L, 2L);
            assertThat(ids.path("data").get(width + i).asLong()).isNotIn(5L, 6L);
        }
    }

    @Test
    void fillsShortRowsUp() {
        JsonNode outputs = outputs("{\"parameters\":{\"k\":10000,\"exclude_seen\":true},\"inputs\":["
                + tensor("item_id__values", "[4]", "INT64", "[1,2,5,6]") + ","
                + tensor("item_id__offsets", "[3]", "INT32", "[0,1,4]") + "]}");
        int width = outputs.get(0).path("shape").get(1).asInt();
        JsonNode ids = outputs.get(0).path("data");
        assertThat(ids.size()).isEqualTo(2 * width);
        for (int last = 2 * width - 2; last < 2 * width; last++) {
            assertThat(ids.get(last).asLong()).isZero();
            assertThat(outputs.get(1).path("data").get(last).floatValue()).isZero();
        }
    }

    @Test
    void givesTheOutputsAskedForInTheirOrder() {
        JsonNode all = outputs(GOOD);
        assertThat(outputs(GOOD.replace("\"inputs\"", "\"outputs\":[],\"inputs\"")))
                .isEqualTo(all);
        JsonNode scores = outputs(GOOD.replace("\"inputs\"", "\"outputs\":[{\"name\":\"item_id_scores\"}],\"inputs\""));
        assertThat(scores.size()).isEqualTo(1);
        assertThat(scores.get(0)).isEqualTo(all.get(1));
        JsonNode turned = outputs(
                GOOD.replace(
                        "\"inputs\"",
                        "\"outputs\":[{\"name\":\"item_id_scores\",\"parameters\":{\"binary_data\":false}},{\"name\":\"item_ids\"}],\"inputs\""));
        assertThat(turned.get(0)).isEqualTo(all.get(1));
        assertThat(turned.get(1)).isEqualTo(all.get(0));
    }

    @Test
    void givesTheIdBackWhenThereIsOne() {
        assertThat(TestClient.ok(client.infer(GOOD)).has("id")).isFalse();
        for (String id : new String[] {"x", "", "\u00e4\u20ac"}) {
            JsonNode answer = TestClient.ok(client.infer(GOOD.replaceFirst("\\{", "{\"id\":\"" + id + "\",")));
            assertThat(answer.path("id").textValue()).isEqualTo(id);
        }
    }

    @Test
    void takesNullAsAbsentAndATimeoutOfZeroAsNone() {
        JsonNode plain = outputs(GOOD.replace("\"k\":4", "\"k\":10"));
        assertThat(outputs(GOOD.replaceFirst("\\{", "{\"id\":null,\"outputs\":null,")))
                .isEqualTo(outputs(GOOD));
        assertThat(outputs(GOOD.replace("\"k\":4", "\"k\":10,\"timeout\":0"))).isEqualTo(plain);
    }

    @Test
    void refusesOtherEncodings() {
        String bigEndian = GOOD.replaceAll("(?s).", "\0$0"); // the bytes of UTF-16
        assertThat(TestClient.error(client.infer(bigEndian), 400)).contains("body: in UTF-16");
    }

    @Test
    void answersInJsonAlsoWhenAClientCouldReadBinary() {
        assertThat(outputs(GOOD.replace("\"k\":4", "\"k\":4,\"binary_data_output\":true")))
                .isEqualTo(outputs(GOOD));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"inputs":[],"output":[]}                                     | did you mean outputs?
            {}                                                            | inputs: absent
            {"inputs":{}}                                                 | expected: an array of tensors
            {"inputs":[]}                                                 | no item_id
            {"inputs":[3]}                                                | inputs[0]: 3
            {"inputs":[{"shape":[1],"datatype":"INT64","data":[1]}]}      | inputs[0]: no name
            {"id":7,"inputs":[]}                                          | id: 7 (expected: text)
            {"inputs":[],"outputs":[{"name":"x"}]}                        | outputs[0]: "x" (expected: one of [item_ids
            {"inputs":[],"outputs":[{"name":"item_ids"},{"name":"item_ids"}]} | outputs[1]
            {"inputs":[],"outputs":[{"name":"item_ids","parameters":{"classification":3}}]} | classification: unknown
            {"inputs":[],"outputs":{}}                                    | outputs: {}
            {"inputs":[],"parameters":{"sequence_id":3}}                  | parameters.sequence_id: unknown
            {"inputs":[],"parameters":{"k":0}}                            | parameters.k: 0
            {"inputs":[],"parameters":{"timeout":-1}}                     | parameters.timeout: -1
            {"inputs":[],"parameters":{"exclude_seen":1}}                 | true or false
            {"inputs":[],"parameters":[]}                                 | parameters: [] (expected: an object)
            """)
    void refusesWhatIsNotInTheProtocol(String body, String message) {
        assertThat(TestClient.error(client.infer(body), 400)).contains(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            item_id  | [2,2]    | INT64 | [1,2,5]              | 3 values (expected: 4
            item_id  | [2,2]    | INT64 | [[1,2,5],[6]]        | 3 values in a row
            item_id  | [2,2]    | INT64 | [[1,2]]              | 1 rows
            item_id  | [2,2]    | INT64 | [[1,2],5]            | expected: an array, as the others
            item_id  | [2,2]    | INT64 | [1,2,[5,6]]          | 3 values
            item_id  | [2,2]    | INT64 | [[[1]],[2]]          | 1 values in a row
            item_id  | [4]      | INT64 | [1,2,5,6]            | expected: [sessions, events]
            item_id  | [0,2]    | INT64 | []                   | expected: [sessions, events]
            item_id  | [1,2,2]  | INT64 | [1,2,5,6]            | one or two sizes
            item_id  | []       | INT64 | [1]                  | one or two sizes
            item_id  | [-1,2]   | INT64 | [1,2]                | one or two sizes
            item_id  | [1,1.0]  | INT64 | [1]                  | one or two sizes
            item_id  | 4        | INT64 | [1]                  | one or two sizes
            item_id  | [2147483647,2147483647] | INT64 | [1]   | at most
            item_id  | [1,1]    | INT64 | 7                    | data 7
            item_id  | [1,1]    | INT64 | [1.5]                | 1.5 (expected: INT64)
            item_id  | [1,1]    | INT64 | ["1"]                | (expected: INT64)
            item_id  | [1,1]    | INT64 | [true]               | true (expected: INT64)
            item_id  | [1,1]    | INT64 | [9223372036854775808] | (expected: INT64)
            item_id  | [1,1]    | INT32 | [2147483648]         | (expected: INT32)
            item_id  | [1,1]    | INT8  | [-129]               | (expected: INT8)
            item_id  | [1,1]    | UINT8 | [256]                | (expected: UINT8)
            item_id  | [1,1]    | UINT64 | [-1]                | (expected: UINT64)
            item_id  | [1,1]    | UINT64 | [18446744073709551615] | 64 bits
            item_id  | [1,1]    | BYTES | [1]                  | (expected: BYTES)
            item_id  | [1,1]    | BYTES | ["x"]                | an integer of 64 bits
            item_id  | [1,1]    | INT64 | [null]               | item_id: absent
            item_id  | [1,1]    | FP32  | [1]                  | datatype FP32
            item_id  | [1,1]    | FP16  | [1]                  | datatype "FP16" (expected: one of
            item_id  | [1,1]    | int64 | [1]                  | datatype "int64"
            items    | [1,1]    | INT64 | [1]                  | unknown [items]
            """)
    void refusesTensorsThatDoNotFit(String name, String shape, String datatype, String data, String message) {
        assertThat(TestClient.error(client.infer(with(tensor(name, shape, datatype, data))), 400))
                .contains(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            price  | FP32 | [1,"2"]     | (expected: FP32)
            price  | FP32 | [1,1e39]    | (expected: FP32)
            price  | FP64 | [1,1e999]   | (expected: FP64)
            price  | BYTES | ["1","2"]  | datatype BYTES (expected: FP64)
            device | FP32 | [1,2]       | datatype FP32 (expected: BYTES)
            time   | INT64 | [1,null]   | time on 1 of 2
            price  | FP32 | [1]         | 1 values
            """)
    void refusesColumnsThatDoNotFit(String name, String datatype, String data, String message) {
        String body = with(tensor("item_id", "[1,2]", "INT64", "[1,2]") + "," + tensor(name, "[1,2]", datatype, data));
        assertThat(TestClient.error(client.infer(body), 400)).contains(message);
    }

    @Test
    void refusesColumnsOfOtherSessions() {
        String other = tensor("price", "[1,4]", "FP32", "[1,2,3,4]");
        assertThat(TestClient.error(client.infer(with(VALUES + "," + OFFSETS + "," + other)), 400))
                .contains("input price: other sessions");
    }

    @Test
    void refusesATensorTwiceAHalfAndBothForms() {
        assertThat(TestClient.error(client.infer(with(VALUES + "," + OFFSETS + "," + VALUES)), 400))
                .contains("item_id__values: twice");
        assertThat(TestClient.error(client.infer(with(VALUES)), 400)).contains("no __offsets");
        assertThat(TestClient.error(client.infer(with(OFFSETS)), 400)).contains("no __values");
        String dense = tensor("item_id", "[2,2]", "INT64", "[1,2,5,6]");
        assertThat(TestClient.error(client.infer(with(VALUES + "," + OFFSETS + "," + dense)), 400))
                .contains("dense and ragged");
        String binary = VALUES.replace("\"data\":[1,2,5,6]", "\"parameters\":{\"binary_data_size\":32}");
        assertThat(TestClient.error(client.infer(with(binary + "," + OFFSETS)), 400))
                .contains("binary data");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[0,3,2]",
                "[1,2,4]",
                "[0,2,3]",
                "[0,2,5]",
                "[0,-1,4]",
                "[0,2.5,4]",
                "[0,4,4]",
                "[0,null,4]",
                "[4]"
            })
    void refusesOffsetsThatDoNotFit(String offsets) {
        TestClient.error(client.infer(GOOD.replace("[0,2,4]", offsets)), 400);
    }

    @Test
    void answersOrRefusesCutAndChangedBodies() {
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
            HttpResponse<String> response = client.infer(body.toString());
            assertThat(response.statusCode())
                    .as("seed " + seed + ", body " + body + " gave " + response.body())
                    .isIn(200, 400);
            if (response.statusCode() == 400) {
                TestClient.error(response, 400);
            }
        }
        TestClient.ok(client.infer(GOOD));
    }

    @Test
    void takesAndGivesTextIdsAsBytes() throws IOException {
        try (RecommendServer text = RecommendServer.start(
                TestShop.textBundle(folder),
                ServerConfig.builder().port(0).modelName("text").build())) {
            HttpResponse<String> response = new TestClient(text)
                    .post(
                            "/v2/models/text/infer",
                            with(tensor("item_id", "[1,2]", "BYTES", "[\"item-1\",\"item-2\"]")));
            JsonNode ids = TestClient.ok(response).path("outputs").get(0);
            assertThat(ids.path("datatype").asText()).isEqualTo("BYTES");
            assertThat(ids.path("data").size()).isEqualTo(4);
            ids.path("data").forEach(id -> assertThat(id.textValue()).matches("item-\\d+"));
            assertThat(TestClient.error(
                            new TestClient(text)
                                    .post("/v2/models/text/infer", with(tensor("item_id", "[1,1]", "FP32", "[1]"))),
                            400))
                    .contains("expected: BYTES");
        }
    }
}
