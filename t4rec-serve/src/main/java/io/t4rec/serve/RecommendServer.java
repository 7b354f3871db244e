package io.t4rec.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.model.Recommender;
import io.t4rec.schema.T4RecException;
import io.t4rec.tensor.Native;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one bundle over HTTP: KServe v2 under {@code /v2}, {@code POST /recommend}, {@code /metrics} in Prometheus form. A request
 * that can't be answered gets a status and {@code {"error": "..."}}, and the server goes on. Names and paths of requests are only
 * compared, never used to reach files.
 */
public final class RecommendServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecommendServer.class);
    private static final long QUIET_SECONDS = 0;
    private static final long STOP_SECONDS = 10;

    private final ObjectMapper json = new ObjectMapper();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ServerConfig config;
    private final String version;
    private final MicroBatcher batcher;
    private final Server server;

    private RecommendServer(Recommender recommender, ServerConfig config) {
        this.config = config;
        this.version = recommender.modelVersion();
        this.batcher = new MicroBatcher(recommender, config, meters);
        meters.gauge("t4rec.memory.resident.bytes", this, self -> Native.residentBytes());
        WorkflowConfig workflow = recommender.bundle().workflow().config();
        EventReader reader =
                new EventReader(recommender.inputSchema(), workflow.session(), workflow.item(), workflow.time());
        InferHandler infer = new InferHandler(json, reader, batcher, config, version);
        RecommendHandler recommend = new RecommendHandler(json, reader, batcher, config, version);
        ServerBuilder builder = Server.builder()
                .http(new InetSocketAddress(config.host(), config.port()))
                .maxRequestLength(config.maxRequestBytes())
                .gracefulShutdownTimeoutMillis(
                        TimeUnit.SECONDS.toMillis(QUIET_SECONDS), TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        routes(builder, infer, recommend);
        this.server = builder.build();
    }

    /** Starts a server; it listens when this returns. */
    public static RecommendServer start(Recommender recommender, ServerConfig config) {
        RecommendServer started = new RecommendServer(recommender, config);
        started.server.start().join();
        return started;
    }

    /** The port it listens on. */
    public int port() {
        return server.activeLocalPort();
    }

    private void routes(ServerBuilder builder, InferHandler infer, RecommendHandler recommend) {
        builder.route()
                .get("/v2")
                .build((context, request) -> ok(json.createObjectNode()
                        .put("name", "t4rec")
                        .put("version", "0.1.0")
                        .set("extensions", json.createArrayNode())));
        builder.route().get("/v2/health/live").build((context, request) -> HttpResponse.of(HttpStatus.OK));
        builder.route().get("/v2/health/ready").build((context, request) -> HttpResponse.of(HttpStatus.OK));
        for (String model : new String[] {"/v2/models/{model}", "/v2/models/{model}/versions/{version}"}) {
            builder.route().get(model).build((context, request) -> ofModel(context, () -> ok(infer.metadata())));
            builder.route()
                    .get(model + "/ready")
                    .build((context, request) -> ofModel(context, () -> HttpResponse.of(HttpStatus.OK)));
            builder.route()
                    .post(model + "/infer")
                    .build((context, request) -> ofModel(context, () -> answer("infer", request, infer::handle)));
        }
        builder.route().post("/recommend").build((context, request) -> answer("recommend", request, recommend::handle));
        builder.route()
                .get("/metrics")
                .build((context, request) ->
                        HttpResponse.of(HttpStatus.OK, MediaType.PLAIN_TEXT_UTF_8, meters.scrape()));
    }

    private HttpResponse ofModel(ServiceRequestContext context, Supplier<HttpResponse> response) {
        String name = context.pathParam("model");
        String wanted = context.pathParams().getOrDefault("version", version);
        if (!config.modelName().equals(name)) {
            return error(HttpStatus.NOT_FOUND, "model: " + name + " (expected: " + config.modelName() + ")");
        }
        if (!version.equals(wanted)) {
            return error(HttpStatus.NOT_FOUND, "version: " + wanted + " (expected: " + version + ")");
        }
        return response.get();
    }

    private HttpResponse answer(
            String call, HttpRequest request, Function<JsonNode, CompletableFuture<JsonNode>> handler) {
        Timer.Sample sample = Timer.start(meters);
        MediaType type = request.contentType();
        if (type != null && !type.isJson() && !type.is(MediaType.OCTET_STREAM) && !type.is(MediaType.FORM_DATA)) {
            return HttpResponse.of(request.aggregate()
                    .handle((body, failure) -> counted(
                            call,
                            sample,
                            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                            "content type: " + type + " (expected: application/json)")));
        }
        return HttpResponse.of(request.aggregate()
                .thenCompose(body -> handler.apply(parse(body)))
                .handle((result, failure) -> {
                    if (failure == null) {
                        finish(call, sample, HttpStatus.OK);
                        return ok(result);
                    }
                    return failed(call, sample, failure);
                }));
    }

    private JsonNode parse(AggregatedHttpRequest request) {
        try {
            JsonNode node = json.readTree(request.contentUtf8());
            if (node == null || node.isMissingNode()) {
                throw new BadRequestException("body: empty (expected: a JSON object)");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new BadRequestException("body, line " + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr() + ": not JSON (" + e.getOriginalMessage() + ")");
        }
    }

    private HttpResponse failed(String call, Timer.Sample sample, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof BadRequestException || cause instanceof T4RecException) {
            return counted(call, sample, HttpStatus.BAD_REQUEST, message);
        }
        if (cause instanceof OverloadedException) {
            return counted(call, sample, HttpStatus.SERVICE_UNAVAILABLE, message);
        }
        if (cause instanceof ContentTooLargeException) {
            return counted(
                    call,
                    sample,
                    HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                    "body: too large (expected: at most " + config.maxRequestBytes() + " bytes)");
        }
        LOG.error("{} failed", call, cause);
        return counted(call, sample, HttpStatus.INTERNAL_SERVER_ERROR, "internal error (see the server's log)");
    }

    private HttpResponse counted(String call, Timer.Sample sample, HttpStatus status, String message) {
        finish(call, sample, status);
        return error(status, message);
    }

    private void finish(String call, Timer.Sample sample, HttpStatus status) {
        sample.stop(Timer.builder("t4rec.request")
                .tag("call", call)
                .tag("status", status.codeAsText())
                .publishPercentileHistogram()
                .register(meters));
    }

    private HttpResponse ok(JsonNode body) {
        return HttpResponse.of(HttpStatus.OK, MediaType.JSON, body.toString());
    }

    private HttpResponse error(HttpStatus status, String message) {
        ResponseHeaders headers = status.equals(HttpStatus.SERVICE_UNAVAILABLE)
                ? ResponseHeaders.of(
                        status, HttpHeaderNames.CONTENT_TYPE, MediaType.JSON, HttpHeaderNames.RETRY_AFTER, "1")
                : ResponseHeaders.of(status, HttpHeaderNames.CONTENT_TYPE, MediaType.JSON);
        String body = json.createObjectNode().put("error", message).toString();
        return HttpResponse.of(headers, HttpData.ofUtf8(body));
    }

    /** Answers what was accepted, then stops. */
    @Override
    public void close() {
        server.stop().join();
        batcher.close();
    }
}
