package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.server.Server;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallServiceTest {
    @TempDir
    Path folder;

    private HttpResponse<String> answer(Call call) throws IOException, InterruptedException {
        ServerConfig config = ServerConfig.builder().build();
        try (ModelRepository models = ModelRepository.open("t4rec", TestShop.bundle(folder, 1));
                MicroBatcher batcher = new MicroBatcher(config, new SimpleMeterRegistry());
                Server server = Server.builder()
                        .http(0)
                        .errorHandler(new Replies(config))
                        .service("/call", new CallService(call, models, batcher, config))
                        .build()) {
            server.start().join();
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + server.activeLocalPort() + "/call"))
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build();
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            // a model that is still held would not be freed
            ServedModel model = models.current();
            models.close();
            assertThat(model.hold()).isFalse();
            return response;
        }
    }

    @Test
    void readsBodiesOffTheEventLoop() throws Exception {
        AtomicReference<String> thread = new AtomicReference<>("");
        HttpResponse<String> response = answer((model, body) -> {
            thread.set(Thread.currentThread().getName());
            throw RequestException.bad("seen");
        });
        assertThat(TestClient.error(response, 400)).isEqualTo("seen");
        assertThat(thread.get()).contains("blocking-tasks");
    }

    @Test
    void faultsOfTheServerGet500WithoutDetails() throws Exception {
        HttpResponse<String> response = answer((model, body) -> {
            throw new IllegalStateException("a secret");
        });
        assertThat(TestClient.error(response, 500))
                .contains("see the server's log")
                .doesNotContain("secret");
    }
}
