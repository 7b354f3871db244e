package io.t4rec.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoadProcessTest {
    /** A server that answers every fourth request with an error and holds one for a while. */
    @Test
    void countsErrorsAndTheTimeThatRequestsWaitForAServerThatStalls() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            int number = asked.incrementAndGet();
            if (number == 30) {
                sleep(1_000);
            }
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(number % 4 == 0 ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        ExecutorService one = Executors.newSingleThreadExecutor();
        server.setExecutor(one); // so a stall holds up all others
        server.start();
        try {
            LoadProcess.Result result = LoadProcess.run(new LoadProcess.Plan(
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/", List.of("{}"), 20, 1, 2, 1));
            assertThat(result.requests()).isEqualTo(40);
            assertThat(asked).hasValue(60);
            assertThat(result.errors()).isEqualTo(10);
            // of the requests due within that second, half waited half of it or longer
            assertThat(result.milliseconds().get(3)).isGreaterThan(900);
            assertThat(result.milliseconds().get(1)).isGreaterThan(200);
        } finally {
            server.stop(0);
            one.shutdown();
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
