package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code t4rec serve} as a process: what it says, what it answers, how it ends. */
class ServeProcessTest {
    private static final Pattern ADDRESS = Pattern.compile("Serving .* on (http://127\\.0\\.0\\.1:\\d+) ");

    @TempDir
    Path folder;

    @Test
    void saysOneLineLogsRequestsWhenAskedAnswersAndEndsWhenTold() throws IOException, InterruptedException {
        run("generate", "--output", folder + "/shop", "--sessions", "200", "--items", "60");
        run("prepare", folder + "/shop/events.parquet", "--output", folder + "/data");
        run("train", folder + "/data", "--output", folder + "/run", "--set", "training.epochs=1");
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process server = CommandProcess.builder(
                        out, err, "serve", folder + "/run/bundle", "--port", "0", "--access-log")
                .start();
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address(server, err) + "/recommend"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"events\": [{\"item_id\": 3}], \"k\": 5}"))
                    .build();
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            server.destroy();
            assertThat(server.waitFor(30, TimeUnit.SECONDS)).as("ends").isTrue();
        } finally {
            server.destroyForcibly();
        }
        assertThat(Files.readAllLines(err))
                .satisfiesExactly(
                        line -> assertThat(line).contains("stop with Ctrl-C"),
                        line -> assertThat(line).matches(".* POST /recommend 200 .* ms 1 sessions"));
        assertThat(Files.readString(out)).isEmpty();
    }

    private static String address(Process server, Path err) throws IOException, InterruptedException {
        for (int i = 0; i < 600 && server.isAlive(); i++) {
            Matcher matcher = ADDRESS.matcher(Files.readString(err));
            if (matcher.find()) {
                return matcher.group(1);
            }
            Thread.sleep(50);
        }
        throw new AssertionError("no server: " + Files.readString(err));
    }

    private static void run(String... arguments) {
        StringWriter err = new StringWriter();
        assertThat(Main.run(arguments, new PrintWriter(new StringWriter()), new PrintWriter(err, true)))
                .as(err.toString())
                .isZero();
    }
}
