package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DeadlineTest {
    private static final int MANY = 600;
    private static final String SESSION = "{\"events\":[{\"item_id\":1}]}";
    private static final String LARGE = "{\"k\":60,\"sessions\":[" + SESSION + ("," + SESSION).repeat(MANY - 1) + "]}";

    @TempDir
    static Path folder;

    private static Path bundle;

    @BeforeAll
    static void writesABundle() throws IOException {
        bundle = TestShop.wideBundle(folder, 10_000);
    }

    /** One thread that scores one session at a time, a few milliseconds each: seconds of work in a few requests. */
    private static RecommendServer slow(Duration timeout) throws IOException {
        return RecommendServer.start(
                bundle,
                ServerConfig.builder()
                        .port(0)
                        .threads(1)
                        .maxBatch(1)
                        .queueCapacity(10 * MANY)
                        .requestTimeout(timeout)
                        .build());
    }

    private static void waitUntilNothingWaits(TestClient client) throws InterruptedException {
        while (client.metric("t4rec_queue_size") > 0) {
            Thread.sleep(5);
        }
    }

    @Test
    void requestsThatWaitTooLongGet503AndAreNotScored() throws Exception {
        try (RecommendServer server = slow(Duration.ofMillis(200))) {
            TestClient client = new TestClient(server);
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(client.sendAsync("/recommend", LARGE));
            }
            HttpResponse<String> last = answers.get(7).get();
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode()).isIn(200, 503);
                last = answer.get().statusCode() == 503 ? answer.get() : last;
            }
            assertThat(TestClient.error(last, 503)).contains("timeout: no answer within 200 ms");
            assertThat(last.headers().firstValue("retry-after")).hasValue("1");
            waitUntilNothingWaits(client);
            assertThat(client.metric("t4rec_batch_size_sum")).isLessThan(8 * MANY);
            TestClient.ok(client.post("/recommend", SESSION));
        }
    }

    @Test
    void requestsWhoseClientHasGoneAreNotScored() throws Exception {
        try (RecommendServer server = slow(Duration.ofSeconds(60))) {
            TestClient client = new TestClient(server);
            String head = "POST /recommend HTTP/1.1\r\nHost: x\r\nContent-Length: " + LARGE.length() + "\r\n\r\n";
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Socket socket = new Socket("127.0.0.1", server.port());
                socket.getOutputStream().write((head + LARGE).getBytes(StandardCharsets.US_ASCII));
                sockets.add(socket);
            }
            while (client.metric("t4rec_queue_size") < 6 * MANY) {
                Thread.sleep(1);
            }
            for (Socket socket : sockets) {
                socket.close();
            }
            waitUntilNothingWaits(client);
            assertThat(client.metric("t4rec_batch_size_sum")).isLessThan(7 * MANY);
        }
    }

    @Test
    void clientsMayWaitForLessTimeThanTheServerAllows() throws Exception {
        try (RecommendServer server = slow(Duration.ofSeconds(60))) {
            TestClient client = new TestClient(server);
            CompletableFuture<HttpResponse<String>> before = client.sendAsync("/recommend", LARGE);
            while (client.metric("t4rec_queue_size") < MANY / 2.0) {
                Thread.sleep(1);
            }
            String body = "{\"parameters\":{\"timeout\":1000},\"inputs\":[{\"name\":\"item_id\",\"shape\":[1,1],"
                    + "\"datatype\":\"INT64\",\"data\":[1]}]}";
            assertThat(TestClient.error(client.infer(body), 503)).contains("timeout: no answer within 1 ms");
            TestClient.ok(before.get());
            waitUntilNothingWaits(client);
            assertThat(client.metric("t4rec_batch_size_sum")).isEqualTo(MANY);
            TestClient.ok(client.infer(body.replace("1000", "60000000")));
        }
    }

    @Test
    void aFullQueueGets503AtOnce() throws Exception {
        ServerConfig config = ServerConfig.builder()
                .port(0)
                .threads(1)
                .maxBatch(1)
                .queueCapacity(MANY)
                .requestTimeout(Duration.ofSeconds(60))
                .build();
        try (RecommendServer server = RecommendServer.start(bundle, config)) {
            TestClient client = new TestClient(server);
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(client.sendAsync("/recommend", LARGE));
            }
            int refused = 0;
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                if (answer.get().statusCode() != 200) {
                    assertThat(TestClient.error(answer.get(), 503)).contains("overloaded");
                    refused++;
                }
            }
            assertThat(refused).isBetween(1, 3);
            assertThat(client.metric("t4rec_batch_size_sum")).isEqualTo((4 - refused) * MANY);
        }
    }

    @Test
    void stoppingAnswersWhatWasAccepted() throws Exception {
        RecommendServer server = slow(Duration.ofSeconds(60));
        TestClient client = new TestClient(server);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            answers.add(client.sendAsync("/recommend", LARGE));
        }
        while (client.metric("t4rec_queue_size") < 1.2 * MANY) {
            Thread.sleep(1);
        }
        server.close();
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(TestClient.ok(answer.get()).path("sessions").size()).isEqualTo(MANY);
        }
        server.close();
    }
}
