package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpTest {
    @TempDir
    private static Path folder;

    private static RecommendServer start(Path bundle, int port, int millis) {
        try {
            return RecommendServer.start(
                    bundle,
                    ServerConfig.builder()
                            .port(port)
                            .warmUp(Duration.ofMillis(millis))
                            .build());
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Status of the first answer that there is. */
    private static HttpResponse<String> ready(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        while (true) {
            try {
                return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            } catch (ConnectException e) {
                Thread.sleep(5);
            }
        }
    }

    @Test
    void isNotReadyBeforeItHasAskedItself() throws Exception {
        Path bundle = TestShop.bundle(folder.resolve("items"), 1);
        int port = freePort();
        CompletableFuture<RecommendServer> starting = CompletableFuture.supplyAsync(() -> start(bundle, port, 3_000));
        HttpResponse<String> early = ready(port, "/v2/health/ready");
        assertThat(early.statusCode()).isEqualTo(503);
        assertThat(early.body()).contains("server: warming up");
        assertThat(ready(port, "/v2/models/t4rec/ready").statusCode()).isEqualTo(503);
        assertThat(ready(port, "/v2/health/live").statusCode()).isEqualTo(200);
        try (RecommendServer server = starting.join()) {
            TestClient client = new TestClient(server);
            assertThat(client.get("/v2/health/ready").statusCode()).isEqualTo(200);
            assertThat(client.get("/v2/models/t4rec/ready").statusCode()).isEqualTo(200);
            assertThat(client.metric("t4rec_request_seconds_count{call=\"warm-up\",status=\"200\"}"))
                    .isGreaterThan(20);
            assertThat(client.get("/metrics").body())
                    .doesNotContain("call=\"warm-up\",status=\"4")
                    .doesNotContain("call=\"recommend\"");
        }
    }

    @Test
    void asksModelsWithoutItemsForPredictions() throws IOException {
        Path bundle = TestShop.taskBundle(folder.resolve("tasks"), false);
        try (RecommendServer server = start(bundle, 0, 500)) {
            TestClient client = new TestClient(server);
            assertThat(client.metric("t4rec_request_seconds_count{call=\"warm-up\",status=\"200\"}"))
                    .isPositive();
            assertThat(client.get("/metrics").body())
                    .doesNotContain("call=\"warm-up\",status=\"4")
                    .doesNotContain("call=\"predict\"");
        }
    }

    @Test
    void isReadyAtOnceWhenNotAskedToWarmUp() throws IOException {
        try (RecommendServer server = start(TestShop.bundle(folder.resolve("cold"), 1), 0, 0)) {
            TestClient client = new TestClient(server);
            assertThat(client.get("/v2/health/ready").statusCode()).isEqualTo(200);
            assertThat(client.get("/metrics").body()).doesNotContain("call=\"warm-up\"");
        }
    }
}
