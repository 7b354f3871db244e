package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.t4rec.schema.T4RecException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model repository extension of the protocol: lists the one model, and loads its bundle anew. A request can't say from where:
 * that is the directory the server was started with.
 */
final class RepositoryService {
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryService.class);

    /** Loading takes long and must not keep requests from being read. */
    private static final Executor LOADER = work -> {
        Thread thread = new Thread(work, "t4rec-load");
        thread.setDaemon(true);
        thread.start();
    };

    private final ModelRepository models;

    RepositoryService(ModelRepository models) {
        this.models = models;
    }

    HttpResponse index(ServiceRequestContext context, HttpRequest request) {
        return HttpResponse.of(request.aggregate()
                .thenApplyAsync(
                        body -> {
                            ObjectNode asked = optional(body, List.of("ready"));
                            Json.flag(asked.get("ready"), "ready"); // the one model always is
                            ServedModel model = models.current();
                            ArrayNode index = Json.array();
                            index.addObject()
                                    .put("name", model.name())
                                    .put("version", model.version())
                                    .put("state", "READY")
                                    .put("reason", "");
                            return Replies.ok(index);
                        },
                        context.blockingTaskExecutor()));
    }

    HttpResponse load(ServiceRequestContext context, HttpRequest request) {
        models.current().check(Objects.requireNonNull(context.pathParam("model")), null);
        return HttpResponse.of(request.aggregate()
                .thenComposeAsync(
                        body -> {
                            JsonNode parameters =
                                    optional(body, List.of("parameters")).get("parameters");
                            if (parameters != null) {
                                Json.checkKeys(parameters, List.of(), "parameters");
                            }
                            context.clearRequestTimeout();
                            return CompletableFuture.supplyAsync(this::load, LOADER);
                        },
                        context.blockingTaskExecutor()));
    }

    private HttpResponse load() {
        String before = models.current().version();
        try {
            models.load();
        } catch (T4RecException | IOException e) {
            LOG.warn("Loading the bundle failed; version {} goes on", before, e);
            throw RequestException.bad(
                    "load: failed, version " + before + " goes on (expected: a whole bundle; see the server's log)");
        }
        LOG.info("Loaded version {} in place of {}", models.current().version(), before);
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
