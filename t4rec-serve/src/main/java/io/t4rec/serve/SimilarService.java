package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.t4rec.model.SimilarOptions;
import io.t4rec.model.ranking.SimilarItems.Measure;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Items like an item. No pass of the model is needed, so nothing is batched. */
final class SimilarService implements HttpService {
    private static final List<String> KEYS = List.of("item", "k", "measure", "allow", "deny");

    private final ModelRepository models;

    SimilarService(ModelRepository models) {
        this.models = models;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        CallService.checkForm(request);
        return HttpResponse.of(request.aggregate()
                .thenApplyAsync(body -> answer(body.content().array()), context.blockingTaskExecutor())
                .thenApply(Replies::ok));
    }

    private ObjectNode answer(byte[] bytes) {
        ServedModel model = models.hold();
        try {
            ObjectNode body = Json.parse(bytes);
            Json.checkKeys(body, KEYS, "");
            Object item = item(model, body.get("item"));
            int k = Json.integer(body.get("k"), Call.DEFAULT_K, 1, Call.MAX_K, "k");
            Set<Object> deny = RecommendCall.ids(model, body, "deny");
            SimilarOptions options = new SimilarOptions(
                    measure(body.get("measure")),
                    RecommendCall.ids(model, body, "allow"),
                    deny == null ? Set.of() : deny);
            ObjectNode out = Json.object();
            RecommendCall.write(out, model.recommender().similar(item, k, options));
            return out.put("model", model.name()).put("version", model.version());
        } finally {
            model.release();
        }
    }

    private static Object item(ServedModel model, @Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            throw RequestException.bad("item: absent (expected: an item id)");
        }
        Object item = EventReader.value(model.reader().item(), node, "item");
        if (!model.recommender().unknown(List.of(item)).isEmpty()) {
            throw RequestException.notFound("item: " + item + " (expected: an item of the training data)");
        }
        return item;
    }

    private static Measure measure(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return Measure.COSINE;
        }
        for (Measure measure : Measure.values()) {
            if (node.isTextual() && node.textValue().equals(label(measure))) {
                return measure;
            }
        }
        throw RequestException.bad("measure: " + node + " (expected: one of "
                + Arrays.stream(Measure.values()).map(SimilarService::label).toList() + ")");
    }

    private static String label(Measure measure) {
        return measure.name().toLowerCase(Locale.ROOT);
    }
}
