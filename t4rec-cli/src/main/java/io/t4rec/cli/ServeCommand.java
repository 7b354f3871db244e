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

    @CommandLine.Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "Threads that score. Default: one a core.")
    private int threads;

    @CommandLine.Option(
            names = "--max-batch",
            defaultValue = "32",
            paramLabel = "SESSIONS",
            description = "Most sessions scored together. Default: ${DEFAULT-VALUE}.")
    private int maxBatch;

    @CommandLine.Option(
            names = "--queue",
            defaultValue = "1024",
            paramLabel = "SESSIONS",
            description =
                    "Most sessions waiting: further ones get 503, a request with more of its own 400. Default: ${DEFAULT-VALUE}.")
    private int queue;

    @CommandLine.Option(
            names = "--timeout",
            defaultValue = "10",
            paramLabel = "SECONDS",
            description = "A request not answered by then gets 503. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @CommandLine.Option(
            names = "--max-request-bytes",
            defaultValue = "1048576",
            paramLabel = "BYTES",
            description = "Larger bodies get 413. Default: ${DEFAULT-VALUE}.")
    private int maxRequestBytes;

    @CommandLine.Option(
            names = "--max-events",
            defaultValue = "100000",
            paramLabel = "EVENTS",
            description = "Requests with more events get 400. Default: ${DEFAULT-VALUE}.")
    private int maxEvents;

    @CommandLine.Option(names = "--access-log", description = "Log a line for each request.")
    private boolean accessLog;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    ServeCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        Checks.host(host);
        Checks.atLeast(0, "--warm-up", warmUp);
        Checks.atLeast(0, "--threads", threads);
        Checks.atLeastOne("--max-batch", maxBatch);
        Checks.atLeastOne("--queue", queue);
        Checks.atLeastOne("--timeout", timeout);
        Checks.atLeastOne("--max-request-bytes", maxRequestBytes);
        Checks.atLeastOne("--max-events", maxEvents);
        ServerConfig config = ServerConfig.builder()
                .host(host)
                .port(port)
                .modelName(modelName)
                .threads(threads)
                .maxBatch(maxBatch)
                .queueCapacity(queue)
                .requestTimeout(Duration.ofSeconds(timeout))
                .maxRequestBytes(maxRequestBytes)
                .maxEvents(maxEvents)
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
