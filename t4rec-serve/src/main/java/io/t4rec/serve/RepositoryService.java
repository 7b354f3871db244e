package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model repository extension of the protocol: lists the one model, and loads its bundle anew. A request can't say from where:
 * that is the directory the server was started with.
 */
final class RepositoryService {
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryService.class);

    private final ModelRepository models;

    RepositoryService(ModelRepository models) {
        this.models = models;
    }

    HttpResponse index(ServiceRequestContext context, HttpRequest request) {
        return HttpResponse.of(request.aggregate().thenApplyAsync(this::index, context.blockingTaskExecutor()));
    }

    private HttpResponse index(AggregatedHttpRequest request) {
        Json.flag(optional(request, List.of("ready")).get("ready"), "ready"); // the one model always is
        ServedModel model = models.current();
        ArrayNode index = Json.array();
        index.addObject()
                .put("name", model.name())
                .put("version", model.version())
                .put("state", "READY")
                .put("reason", "");
        return Replies.ok(index);
    }

    HttpResponse load(ServiceRequestContext context, HttpRequest request) {
        models.current().check(Objects.requireNonNull(context.pathParam("model")), null);
        return HttpResponse.of(
                request.aggregate().thenComposeAsync(body -> load(context, body), context.blockingTaskExecutor()));
    }

    private CompletableFuture<HttpResponse> load(ServiceRequestContext context, AggregatedHttpRequest request) {
        JsonNode parameters = optional(request, List.of("parameters")).get("parameters");
        if (parameters != null) {
            Json.checkKeys(parameters, List.of(), "parameters");
        }
        context.clearRequestTimeout();
        String before = models.current().version();
        return models.load()
                .handle((done, failure) -> loaded(before, models.current().version(), failure));
    }

    private static HttpResponse loaded(String before, String now, @Nullable Throwable failure) {
        if (failure != null) {
            LOG.warn("Loading the bundle failed; version {} goes on", before, failure);
            throw RequestException.bad(
                    "load: failed, version " + before + " goes on (expected: a whole bundle; see the server's log)");
        }
        LOG.info("Loaded version {} in place of {}", now, before);
        return HttpResponse.of(HttpStatus.OK);
    }

    HttpResponse unload(ServiceRequestContext context, HttpRequest request) {
        models.current().check(Objects.requireNonNull(context.pathParam("model")), null);
        throw RequestException.bad("unload: refused (expected: a server has its model as long as it runs)");
    }

    private static ObjectNode optional(AggregatedHttpRequest body, List<String> keys) {
        if (body.content().isEmpty()) {
            return Json.object();
        }
        ObjectNode object = Json.parse(body.content().array());
        Json.checkKeys(object, keys, "");
        return object;
    }
}
