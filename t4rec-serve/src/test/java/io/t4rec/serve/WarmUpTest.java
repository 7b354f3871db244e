package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class WarmUpTest {
    @TempDir
    private static Path folder;

    private static RecommendServer start(Path bundle, Duration warmUp) throws IOException {
        return RecommendServer.start(
                bundle, ServerConfig.builder().port(0).warmUp(warmUp).build());
    }

    @Test
    void isNotReadyBeforeItHasAskedItself() throws IOException {
        try (RecommendServer server = start(TestShop.bundle(folder.resolve("items"), 1), Duration.ofSeconds(3))) {
            TestClient client = new TestClient(server);
            HttpResponse<String> early = client.get("/v2/health/ready");
            assertThat(early.statusCode()).isEqualTo(503);
            assertThat(early.body()).contains("server: warming up");
            assertThat(client.get("/v2/models/t4rec/ready").statusCode()).isEqualTo(503);
            assertThat(client.get("/v2/health/live").statusCode()).isEqualTo(200);
            server.ready().join();
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
        try (RecommendServer server = start(bundle, Duration.ofMillis(500))) {
            server.ready().join();
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
        try (RecommendServer server = start(TestShop.bundle(folder.resolve("cold"), 1), Duration.ZERO)) {
            TestClient client = new TestClient(server);
            assertThat(server.ready()).isCompleted();
            assertThat(client.get("/v2/health/ready").statusCode()).isEqualTo(200);
            assertThat(client.get("/metrics").body()).doesNotContain("call=\"warm-up\"");
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void closesWhileItStillWarmsUp() throws IOException {
        CompletableFuture<Void> ready;
        try (RecommendServer server = start(TestShop.bundle(folder.resolve("closed"), 1), Duration.ofHours(1))) {
            ready = server.ready();
        }
        assertThat(ready).isCompletedExceptionally();
    }
}
