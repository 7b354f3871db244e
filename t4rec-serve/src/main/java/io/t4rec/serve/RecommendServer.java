package io.t4rec.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.t4rec.model.Recommender;
import io.t4rec.tensor.Native;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Serves one bundle over HTTP: KServe v2 under {@code /v2}, {@code POST /recommend}, {@code POST /predict} and {@code POST /similar}, {@code /metrics} in Prometheus form. A request
 * that can't be answered gets a status and {@code {"error": "..."}}, and the server goes on. Names and paths of requests are only
 * compared, never used to reach files.
 */
public final class RecommendServer implements AutoCloseable {
    /** Nothing is under way any more when nothing was for so long; zero would cut off what is. */
    private static final Duration QUIET = Duration.ofMillis(50);

    private static final MediaType PROMETHEUS = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");
    private static final List<String> MODEL_PATHS =
            List.of("/v2/models/{model}", "/v2/models/{model}/versions/{version}");

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final String warmUpSecret = UUID.randomUUID().toString();
    private final ModelRepository models;
    private final MicroBatcher batcher;
    private final Server server;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private @Nullable WarmUp warmUp;

    private RecommendServer(ModelRepository models, ServerConfig config) {
        this.models = models;
        this.batcher = new MicroBatcher(config, meters);
        Gauge.builder("t4rec.memory.resident.bytes", Native::residentBytes).register(meters);
        ServerBuilder builder = Server.builder()
                .http(new InetSocketAddress(config.host(), config.port()))
                .meterRegistry(meters)
                .errorHandler(new Replies(config))
                .accessLogWriter(new RequestRecorder(meters, config.accessLog(), warmUpSecret), false)
                .blockingTaskExecutor(Runtime.getRuntime().availableProcessors())
                .maxRequestLength(config.maxRequestBytes())
                .requestTimeout(config.requestTimeout())
                .unloggedExceptionsReportInterval(Duration.ZERO)
                .gracefulShutdownTimeout(QUIET, config.requestTimeout().plus(QUIET));
        routes(builder, config);
        this.server = builder.build();
    }

    /**
     * Serves a model in memory; the caller frees it after the server was closed. When this returns the server listens and answers; it
     * says that it is ready when it has warmed up, see {@link #ready}.
     *
     * @throws IOException when the address can't be listened on
     */
    public static RecommendServer start(Recommender recommender, ServerConfig config) throws IOException {
        return start(ModelRepository.of(config.modelName(), recommender), config);
    }

    /**
     * Serves a bundle on disk, and loads it anew when a client asks for that. When this returns the server listens and answers; it says
     * that it is ready when it has warmed up, see {@link #ready}.
     *
     * @param bundle its directory
     * @throws io.t4rec.schema.ModelFormatException when the bundle is damaged
     * @throws IOException when a file can't be read or the address can't be listened on
     */
    public static RecommendServer start(Path bundle, ServerConfig config) throws IOException {
        return start(ModelRepository.open(config.modelName(), bundle), config);
    }

    private static RecommendServer start(ModelRepository models, ServerConfig config) throws IOException {
        if (new InetSocketAddress(config.host(), config.port()).isUnresolved()) {
            models.close();
            throw new IOException("host: " + config.host() + " (expected: a name or address of this machine)");
        }
        RecommendServer started = new RecommendServer(models, config);
        try {
            started.server.start().join();
            started.warmUp(config);
            return started;
        } catch (CompletionException e) {
            started.close();
            throw new IOException(
                    "address: cannot listen on " + config.host() + ":" + config.port()
                            + " (expected: a port of this machine that no other process uses)",
                    e);
        }
    }

    private void warmUp(ServerConfig config) {
        if (config.warmUp().isZero()) {
            ready.complete(null);
            return;
        }
        WarmUp asking = WarmUp.of(
                new InetSocketAddress(config.host(), port()), models.current(), warmUpSecret, config.warmUp());
        warmUp = asking;
        Thread thread = new Thread(
                () -> {
                    asking.run();
                    ready.complete(null);
                },
                "t4rec-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    /** Completes when the server has warmed up and says that it is ready; cancelled when it is closed before. */
    public CompletableFuture<Void> ready() {
        return ready.copy();
    }

    /** The port it listens on. */
    public int port() {
        return server.activeLocalPort();
    }

    private void routes(ServerBuilder builder, ServerConfig config) {
        HttpService alive = (context, request) -> HttpResponse.of(HttpStatus.OK);
        RepositoryService repository = new RepositoryService(models);
        HttpService infer = new CallService(new InferCall(config), models, batcher, config);
        HttpService recommend = new CallService(new RecommendCall(config), models, batcher, config);
        route(builder, HttpMethod.POST, "/recommend", "recommend", recommend);
        route(builder, HttpMethod.POST, "/predict", "predict", new PredictService(models, config));
        route(builder, HttpMethod.POST, "/similar", "similar", new SimilarService(models));
        route(
                builder,
                HttpMethod.GET,
                "/metrics",
                "metrics",
                (context, request) -> HttpResponse.of(HttpStatus.OK, PROMETHEUS, meters.scrape()));
        route(builder, HttpMethod.GET, "/v2", "server", (context, request) -> Replies.ok(metadata()));
        route(builder, HttpMethod.GET, "/v2/health/live", "health", alive);
        route(builder, HttpMethod.GET, "/v2/health/ready", "health", (context, request) -> readiness());
        for (String path : MODEL_PATHS) {
            route(builder, HttpMethod.POST, path + "/infer", "infer", infer);
            route(
                    builder,
                    HttpMethod.GET,
                    path,
                    "model",
                    (context, request) -> Replies.ok(InferAnswer.metadata(addressed(context))));
            route(builder, HttpMethod.GET, path + "/ready", "model", (context, request) -> {
                addressed(context);
                return readiness();
            });
        }
        String model = "/v2/repository/models/{model}";
        route(builder, HttpMethod.POST, "/v2/repository/index", "repository", repository::index);
        route(builder, HttpMethod.POST, model + "/load", "repository", repository::load);
        route(builder, HttpMethod.POST, model + "/unload", "repository", repository::unload);
    }

    private HttpResponse readiness() {
        return ready.isDone() && !ready.isCancelled()
                ? HttpResponse.of(HttpStatus.OK)
                : Replies.error(HttpStatus.SERVICE_UNAVAILABLE, "server: warming up (expected: ready in a few seconds)")
                        .toHttpResponse();
    }

    /** @param name of the call in metrics */
    private static void route(ServerBuilder builder, HttpMethod method, String path, String name, HttpService service) {
        builder.route().path(path).defaultLogName(name).build((context, request) -> {
            // HEAD is GET without the body, which the server leaves out by itself
            if (request.method() == method || (request.method() == HttpMethod.HEAD && method == HttpMethod.GET)) {
                return service.serve(context, request);
            }
            return Replies.error(
                            HttpStatus.METHOD_NOT_ALLOWED,
                            "method: " + request.method() + " (expected: " + method + ")")
                    .toHttpResponse()
                    .mapHeaders(headers ->
                            headers.withMutations(changed -> changed.set(HttpHeaderNames.ALLOW, method.name())));
        });
    }

    private static ObjectNode metadata() {
        ObjectNode out = Json.object().put("name", "t4rec").put("version", ServerVersion.TEXT);
        out.putArray("extensions").add("model_repository");
        return out;
    }

    private ServedModel addressed(ServiceRequestContext context) {
        ServedModel model = models.current();
        model.check(Objects.requireNonNull(context.pathParam("model")), context.pathParam("version"));
        return model;
    }

    /** Takes no more requests, answers those that came, then frees the model if the server loaded it. */
    @Override
    public void close() {
        ready.cancel(false);
        if (warmUp != null) {
            warmUp.stop();
        }
        server.stop().join();
        batcher.close();
        models.close();
        meters.close();
    }
}
