package io.t4rec.cli;

import io.t4rec.serve.RecommendServer;
import io.t4rec.serve.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;

/** Serves a bundle until the process is told to stop. */
@CommandLine.Command(name = "serve", description = "Serve a bundle over HTTP: KServe v2 and POST /recommend.")
final class ServeCommand extends Command {
    @CommandLine.Parameters(paramLabel = "BUNDLE", description = "Directory of a bundle.")
    private Path bundle;

    @CommandLine.Option(names = "--host", defaultValue = "127.0.0.1", description = "Default: ${DEFAULT-VALUE}.")
    private String host;

    @CommandLine.Option(names = "--port", defaultValue = "8000", description = "Default: ${DEFAULT-VALUE}; 0 for any.")
    private int port;

    @CommandLine.Option(names = "--model-name", defaultValue = "t4rec", description = "Default: ${DEFAULT-VALUE}.")
    private String modelName;

    @CommandLine.Option(names = "--access-log", description = "Log a line for each request.")
    private boolean accessLog;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    ServeCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        ServerConfig config = ServerConfig.builder()
                .host(host)
                .port(port)
                .modelName(modelName)
                .accessLog(accessLog)
                .build();
        CountDownLatch stopped = new CountDownLatch(1);
        try (RecommendServer server = RecommendServer.start(bundle, config)) {
            err().println("Serving " + bundle + " on http://" + host + ":" + server.port() + " (stop with Ctrl-C)");
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                stopped.countDown();
                try {
                    main.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Map.of();
    }
}
