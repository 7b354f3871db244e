package io.t4rec.cli;

import io.t4rec.serve.RecommendServer;
import io.t4rec.serve.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;

/** Serves a bundle until the process is told to stop. */
@CommandLine.Command(
        name = "serve",
        description = {
            "Serve a bundle over HTTP until stopped (Ctrl-C).",
            "%nAnswers POST /recommend with plain JSON, and the KServe v2 protocol that Triton speaks."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec serve run/bundle",
            "  curl -s localhost:8000/recommend -d '{\"events\": [{\"item_id\": 214536502}], \"k\": 5}'"
        })
final class ServeCommand extends Command {
    @CommandLine.Parameters(
            paramLabel = "BUNDLE",
            description = "Directory of a bundle, as train writes it: RUN/bundle.")
    private Path bundle;

    @CommandLine.Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            paramLabel = "ADDRESS",
            description = "Address to listen on; 0.0.0.0 for all. Default: ${DEFAULT-VALUE}.")
    private String host;

    @CommandLine.Option(
            names = "--port",
            defaultValue = "8000",
            paramLabel = "PORT",
            description = "Port to listen on; 0 for any that is free. Default: ${DEFAULT-VALUE}.")
    private int port;

    @CommandLine.Option(
            names = "--model-name",
            defaultValue = "t4rec",
            paramLabel = "NAME",
            description = "Name of the model in the KServe protocol. Default: ${DEFAULT-VALUE}.")
    private String modelName;

    @CommandLine.Option(
            names = "--warm-up",
            defaultValue = "30",
            paramLabel = "SECONDS",
            description =
                    "How long at most the server asks itself, until it is quick, before it says that it is ready; it answers"
                            + " meanwhile. 0 for not at all. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    @CommandLine.Option(names = "--access-log", description = "Log a line for each request.")
    private boolean accessLog;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    ServeCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        Checks.host(host);
        Checks.atLeast(0, "--warm-up", warmUp);
        ServerConfig config = ServerConfig.builder()
                .host(host)
                .port(port)
                .modelName(modelName)
                .warmUp(Duration.ofSeconds(warmUp))
                .accessLog(accessLog)
                .build();
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try (RecommendServer server = progress().during("Loading", () -> RecommendServer.start(bundle, config))) {
            if (isJson()) {
                show(Map.of("url", "http://" + host + ":" + server.port()));
            }
            err().println("Serving " + bundle + " on http://" + host + ":" + server.port() + " (stop with Ctrl-C)");
            if (warmUp > 0) {
                var unused = server.ready().thenRun(() -> err().println("Warmed up."));
            }
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                stopped.countDown();
                // for the server alone: the main thread itself can't end before the hooks have
                await(closed);
            }));
            await(stopped);
        } finally {
            closed.countDown();
        }
        return Map.of();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
