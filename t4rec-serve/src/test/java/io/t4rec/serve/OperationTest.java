package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.tensor.Native;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator relies on: metrics, the access log, equal answers under load, memory. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class OperationTest {
    private static final String GOOD = "{\"events\":[{\"item_id\":1},{\"item_id\":2}],\"k\":5}";
    private static final long MAX_GROWTH = 24L << 20;

    @TempDir
    static Path folder;

    private static Path bundle;

    @BeforeAll
    static void writesABundle() throws IOException {
        bundle = TestShop.bundle(folder, 1);
    }

    private static ServerConfig.Builder config() {
        return ServerConfig.builder().port(0);
    }

    /** What is written to standard error, the log among it, while something runs. */
    private static String errors(Work work) throws Exception {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            work.run();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void waitFor(TestClient client, String metric) throws InterruptedException {
        while (client.metric(metric) == 0) {
            Thread.sleep(5);
        }
    }

    @Test
    void logsOneLineARequestWhenAskedTo() throws Exception {
        String log = errors(() -> {
            try (RecommendServer server =
                    RecommendServer.start(bundle, config().accessLog(true).build())) {
                TestClient client = new TestClient(server);
                client.post("/recommend", GOOD);
                client.post(
                        "/recommend",
                        "{\"sessions\":[" + GOOD.replace(",\"k\":5", "") + "," + GOOD.replace(",\"k\":5", "") + "]}");
                client.post("/recommend", "{");
                client.get("/no/such%20path?secret=1");
                client.send("GET", "/recommend", "");
            }
        });
        assertThat(log.lines().filter(line -> line.contains("io.t4rec.serve.access")))
                .satisfiesExactly(
                        line -> assertThat(line).matches(".* POST /recommend 200 \\d+\\.\\d ms 1 sessions"),
                        line -> assertThat(line).matches(".* POST /recommend 200 \\d+\\.\\d ms 2 sessions"),
                        line -> assertThat(line).matches(".* POST /recommend 400 \\d+\\.\\d ms 0 sessions"),
                        line -> assertThat(line).matches(".* GET /no/such%20path 404 \\d+\\.\\d ms 0 sessions"),
                        line -> assertThat(line).matches(".* GET /recommend 405 \\d+\\.\\d ms 0 sessions"));
    }

    @Test
    void logsNothingOtherwiseAlsoWithSeveralServersInOneProcess() throws Exception {
        String log = errors(() -> {
            try (RecommendServer one = RecommendServer.start(bundle, config().build());
                    RecommendServer two = RecommendServer.start(bundle, config().build())) {
                TestClient first = new TestClient(one);
                TestClient second = new TestClient(two);
                first.post("/recommend", GOOD);
                waitFor(first, "t4rec_request_seconds_count{call=\"recommend\",status=\"200\"}");
                assertThat(first.get("/metrics").body()).contains("t4rec_queue_size ");
                assertThat(second.get("/metrics").body())
                        .contains("t4rec_queue_size ")
                        .doesNotContain("call=\"recommend\"");
                assertThat(second.metric("t4rec_batch_size_count")).isZero();
            }
        });
        assertThat(log).isEmpty();
    }

    @Test
    void showsEveryDocumentedMetric() throws Exception {
        try (RecommendServer server = RecommendServer.start(bundle, config().build())) {
            TestClient client = new TestClient(server);
            client.post("/recommend", GOOD);
            client.post("/v2/models/t4rec/infer", "{");
            client.get("/nothing");
            waitFor(client, "t4rec_request_seconds_count{call=\"recommend\",status=\"200\"}");
            waitFor(client, "t4rec_request_seconds_count{call=\"infer\",status=\"400\"}");
            waitFor(client, "t4rec_request_seconds_count{call=\"other\",status=\"404\"}");
            HttpResponse<String> metrics = client.get("/metrics");
            assertThat(metrics.headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
            assertThat(metrics.body())
                    .contains("t4rec_queue_seconds_bucket")
                    .contains("t4rec_score_seconds_bucket")
                    .contains("t4rec_request_seconds_bucket");
            assertThat(client.metric("t4rec_batch_size_sum")).isEqualTo(1);
            assertThat(client.metric("t4rec_memory_resident_bytes")).isGreaterThan(1e6);
        }
    }

    @Test
    void listensOnLoopbackAloneUnlessToldOtherwise() throws Exception {
        List<InetAddress> outside = Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .toList();
        try (RecommendServer server = RecommendServer.start(bundle, config().build())) {
            for (InetAddress address : outside) {
                assertThat(reaches(address, server.port()))
                        .as(address.toString())
                        .isFalse();
            }
        }
        try (RecommendServer server =
                RecommendServer.start(bundle, config().host("0.0.0.0").build())) {
            for (InetAddress address : outside) {
                if (address.getAddress().length == 4) {
                    assertThat(reaches(address, server.port()))
                            .as(address.toString())
                            .isTrue();
                }
            }
            assertThat(reaches(InetAddress.getLoopbackAddress(), server.port())).isTrue();
        }
    }

    private static boolean reaches(InetAddress address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String body(int item, int events) {
        return "{\"k\":" + (1 + item % 7) + ",\"events\":["
                + IntStream.range(0, events)
                        .mapToObj(i -> "{\"item_id\":" + (item * 7 + i * i) % 70 + "}")
                        .collect(Collectors.joining(","))
                + "]}";
    }

    @Test
    void givesConcurrentRequestsTheAnswersOfSingleOnes() throws Exception {
        try (RecommendServer server = RecommendServer.start(bundle, config().build())) {
            TestClient client = new TestClient(server);
            List<JsonNode> alone = new ArrayList<>();
            for (int item = 0; item < 40; item++) {
                alone.add(TestClient.ok(client.post("/recommend", body(item, 1 + item % 25))));
            }
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                answers.add(client.sendAsync("/recommend", body(i % 40, 1 + i % 40 % 25)));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertSame(TestClient.ok(answers.get(i).get()), alone.get(i % 40), "request " + i);
            }
            assertThat(client.metric("t4rec_batch_size_max")).isGreaterThan(1);
        }
    }

    /** The same items; scores may differ in the last bits, since sums of larger batches run in another order. */
    private static void assertSame(JsonNode actual, JsonNode expected, String where) {
        assertThat(actual.path("items").size())
                .as(where)
                .isEqualTo(expected.path("items").size());
        for (int i = 0; i < expected.path("items").size(); i++) {
            JsonNode found = actual.path("items").get(i);
            JsonNode wanted = expected.path("items").get(i);
            assertThat(found.path("item_id")).as(where).isEqualTo(wanted.path("item_id"));
            assertThat(found.path("score").asDouble())
                    .as(where)
                    .isCloseTo(wanted.path("score").asDouble(), within(1e-5));
        }
    }

    @Test
    void needsNoMoreMemoryAfterThousandsOfRequestsOfManySizes() throws Exception {
        long seed = 3;
        SplittableRandom random = new SplittableRandom(seed);
        try (RecommendServer server = RecommendServer.start(bundle, config().build())) {
            TestClient client = new TestClient(server);
            requests(client, random, 2_000);
            long before = Native.residentBytes();
            requests(client, random, 5_000);
            assertThat(Native.residentBytes() - before)
                    .as("growth, seed " + seed)
                    .isLessThan(MAX_GROWTH);
        }
    }

    private static void requests(TestClient client, SplittableRandom random, int count) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int events = 1 + (int) Math.exp(random.nextDouble() * Math.log(300));
            boolean bad = random.nextInt(10) == 0;
            String body = body(random.nextInt(60), events);
            waiting.add(client.sendAsync("/recommend", bad ? body.substring(1) : body));
            if (waiting.size() == 50 || i == count - 1) {
                for (CompletableFuture<HttpResponse<String>> answer : waiting) {
                    assertThat(answer.get().statusCode()).isIn(200, 400);
                }
                waiting.clear();
            }
        }
    }

    @Test
    void freesTheModelsItReplacesAndThatOfAStoppedServer() throws Exception {
        Path large = TestShop.wideBundle(folder, 40_000);
        try (RecommendServer server = RecommendServer.start(large, config().build())) {
            TestClient client = new TestClient(server);
            for (int i = 0; i < 3; i++) {
                load(client);
            }
            long before = Native.residentBytes();
            for (int i = 0; i < 10; i++) {
                load(client);
                ModelRepository.open("as a server does", large).close();
            }
            assertThat(Native.residentBytes() - before)
                    .as("growth over 20 models of 41 MB")
                    .isLessThan(100L << 20);
        }
    }

    private static void load(TestClient client) {
        HttpResponse<String> loaded = client.post("/v2/repository/models/t4rec/load", "{}");
        assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
    }
}
