package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every status of the documentation, and that the server goes on. */
class ErrorsTest {
    private static final String GOOD = "{\"events\":[{\"item_id\":1},{\"item_id\":2}],\"k\":5}";

    @TempDir
    static Path folder;

    private static Path bundle;
    private static RecommendServer server;
    private static TestClient client;

    @BeforeAll
    static void startsOnAFreePort() throws IOException {
        bundle = TestShop.bundle(folder, 1);
        server = RecommendServer.start(
                bundle,
                ServerConfig.builder()
                        .port(0)
                        .maxEvents(50)
                        .queueCapacity(20)
                        .requestTimeout(Duration.ofSeconds(2))
                        .build());
        client = new TestClient(server);
    }

    @AfterAll
    static void stops() {
        server.close();
    }

    @AfterEach
    void goesOn() {
        TestClient.ok(client.post("/recommend", GOOD));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v2/nothing",
                "/recommend/x",
                "/etc/passwd",
                "/v2/models",
                "/v2/models/t4rec%20",
                "/v2/models/T4REC/ready"
            })
    void unknownPathsAndModelsGet404(String path) {
        TestClient.error(client.get(path), 404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/models/%00", "/v2/models/..%2F..%2Fetc%2Fpasswd", "/v2/models/t4rec/versions/..%2F1"})
    void pathsThatTryToClimbGet400(String path) {
        TestClient.error(client.get(path), 400);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /recommend, POST",
        "PUT, /recommend, POST",
        "POST, /v2/health/live, GET",
        "DELETE, /v2/models/t4rec, GET",
        "GET, /v2/models/t4rec/infer, POST",
        "POST, /metrics, GET",
        "GET, /v2/repository/index, POST"
    })
    void wrongMethodsGet405AndTheRightOne(String method, String path, String allowed) {
        HttpResponse<String> response = client.send(method, path, "");
        assertThat(TestClient.error(response, 405)).contains(allowed);
        assertThat(response.headers().firstValue("allow")).hasValue(allowed);
    }

    @Test
    void bodiesThatTakeTooLongGet408() throws IOException {
        String head =
                "POST /recommend HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n";
        try (Socket socket = new Socket("127.0.0.1", server.port());
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream()) {
            socket.setSoTimeout(20_000);
            out.write((head + "{\"events\":").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            StringBuilder answer = new StringBuilder();
            while (answer.indexOf("}") < 0) {
                answer.append((char) in.read());
            }
            assertThat(answer.toString()).startsWith("HTTP/1.1 408").contains("{\"error\":\"timeout: no whole body");
        }
    }

    @Test
    void bodiesThatEndTooSoonDoNoHarm() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket("127.0.0.1", server.port())) {
                socket.getOutputStream()
                        .write("POST /recommend HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"ev"
                                .getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    @Test
    void bodiesThatAreTooLargeGet413() {
        assertThat(TestClient.error(client.post("/recommend", "x".repeat(2 << 20)), 413))
                .contains("1048576");
    }

    @Test
    void contentTypesOtherThanJsonGet415() {
        TestClient.error(client.send("POST", "/recommend", GOOD, "content-type", "text/plain"), 415);
        TestClient.error(
                client.send("POST", "/recommend", GOOD, "content-type", "application/json; charset=iso-8859-1"), 415);
        TestClient.error(client.send("POST", "/recommend", GOOD, "content-encoding", "gzip"), 415);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "application/octet-stream",
                "application/x-www-form-urlencoded",
                "application/json; charset=utf-8"
            })
    void contentTypesThatClientsSendForJsonAreTaken(String type) {
        TestClient.ok(
                type.isEmpty()
                        ? client.send("POST", "/recommend", GOOD)
                        : client.send("POST", "/recommend", GOOD, "content-type", type));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"events":[{"item_id":1}]                             | line 1
            {"events":[{"item_id":1}]} {}                         | railing
            {"events":[{"item_id":1}],"events":[{"item_id":2}]}   | Duplicate
            {"events":[{"item_id":1,"item_id":2}]}                | Duplicate
            {"events":[{"item_id":NaN}]}                          | NaN
            ''                                                    | empty
            null                                                  | object
            []                                                    | object
            7                                                     | object
            """)
    void bodiesThatAreNoCleanJsonGet400(String body, String message) {
        for (String path : new String[] {"/recommend", "/v2/models/t4rec/infer"}) {
            assertThat(TestClient.error(client.post(path, body), 400)).contains(message);
        }
    }

    @Test
    void deepNestingHugeNumbersAndBrokenTextGet400() {
        assertThat(TestClient.error(client.post("/recommend", "[".repeat(100_000)), 400))
                .contains("epth");
        String deep = "{\"events\":" + "[".repeat(100) + "]".repeat(100) + "}";
        assertThat(TestClient.error(client.post("/recommend", deep), 400)).contains("epth");
        String huge = "{\"events\":[{\"item_id\":" + "9".repeat(100_000) + "}]}";
        assertThat(TestClient.error(client.post("/recommend", huge), 400)).contains("length");
        String large = "{\"events\":[{\"item_id\":9223372036854775808}]}";
        assertThat(TestClient.error(client.post("/recommend", large), 400)).contains("64 bits");
        String exponent = "{\"events\":[{\"item_id\":1e999999999}]}";
        TestClient.error(client.post("/recommend", exponent), 400);
    }

    @Test
    void shortensMessagesThatWouldShowAWholeBody() {
        String body = "{\"events\":[{\"item_id\":\"" + "x".repeat(500_000) + "\"}]}";
        assertThat(TestClient.error(client.post("/recommend", body), 400))
                .hasSizeLessThan(1_100)
                .endsWith("(expected: an integer of 64 bits)");
    }

    @Test
    void requestsThatCanNeverBeServedGet400Not503() {
        String session = "{\"events\":[{\"item_id\":1}]}";
        String body = "{\"sessions\":[" + session + ("," + session).repeat(20) + "]}";
        assertThat(TestClient.error(client.post("/recommend", body), 400)).contains("sessions: 21");
        TestClient.ok(client.post("/recommend", body.replaceFirst(",\\{\"events\":\\[\\{\"item_id\":1}]}", "")));
    }

    @Test
    void answersThatWouldBeHugeGet400() throws IOException {
        try (RecommendServer large =
                RecommendServer.start(bundle, ServerConfig.builder().port(0).build())) {
            String session = "{\"events\":[{\"item_id\":1}]}";
            String body = "{\"k\":10000,\"sessions\":[" + session + ("," + session).repeat(100) + "]}";
            assertThat(TestClient.error(new TestClient(large).post("/recommend", body), 400))
                    .contains("1000000 items");
        }
    }

    @Test
    void moreEventsThanAllowedGet400() {
        String events = "{\"item_id\":1}" + ",{\"item_id\":1}".repeat(29);
        TestClient.ok(client.post("/recommend", "{\"events\":[" + events + "]}"));
        String body = "{\"sessions\":[{\"events\":[" + events + "]},{\"events\":[" + events + "]}]}";
        assertThat(TestClient.error(client.post("/recommend", body), 400)).contains("at most 50");
    }

    @Test
    void survivesChangedBodies() {
        long seed = 5;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 300; i++) {
            StringBuilder body = new StringBuilder(GOOD);
            for (int j = 0; j <= random.nextInt(4); j++) {
                body.setCharAt(random.nextInt(body.length()), (char) (32 + random.nextInt(95)));
            }
            HttpResponse<String> response = client.post("/recommend", body.toString());
            assertThat(response.statusCode())
                    .as("seed " + seed + ", body " + body)
                    .isIn(200, 400);
        }
    }

    @Test
    void saysWhichAddressCannotBeListenedOn() {
        ServerConfig taken = ServerConfig.builder().port(server.port()).build();
        assertThatThrownBy(() -> RecommendServer.start(bundle, taken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + server.port());
        ServerConfig unknown =
                ServerConfig.builder().port(0).host("no.such.host.invalid").build();
        assertThatThrownBy(() -> RecommendServer.start(bundle, unknown))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no.such.host.invalid");
    }
}
