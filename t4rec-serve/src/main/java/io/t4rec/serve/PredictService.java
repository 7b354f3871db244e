package io.t4rec.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.t4rec.model.Prediction;
import io.t4rec.model.RecommendOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the tasks of a model that have a target say of sessions. All sessions of a request are computed in one pass. */
final class PredictService implements HttpService {
    private static final List<String> KEYS = List.of("events", "context", "sessions");
    private static final String PREDICTIONS = "predictions";

    private final ModelRepository models;
    private final ServerConfig config;

    PredictService(ModelRepository models, ServerConfig config) {
        this.models = models;
        this.config = config;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        CallService.checkForm(request);
        return HttpResponse.of(request.aggregate()
                .thenApplyAsync(body -> answer(context, body.content().array()), context.blockingTaskExecutor())
                .thenApply(Replies::ok));
    }

    private ObjectNode answer(ServiceRequestContext context, byte[] bytes) {
        ServedModel model = models.hold();
        try {
            ObjectNode body = Json.parse(bytes);
            Json.checkKeys(body, KEYS, "");
            List<SessionRequest> sessions = SessionBodies.read(model.reader(), body, config.maxEvents()).stream()
                    .map(events -> new SessionRequest(events, 1, RecommendOptions.defaults()))
                    .toList();
            context.setAttr(RequestRecorder.SESSIONS, sessions.size());
            CallService.checkCount(sessions.size(), config);
            List<@Nullable Prediction> found = predictions(model, sessions);
            ObjectNode out = Json.object();
            if (body.has("sessions")) {
                ArrayNode all = out.putArray("sessions");
                found.forEach(one -> write(all.addObject(), one));
            } else {
                write(out, found.get(0));
            }
            return out.put("model", model.name()).put("version", model.version());
        } finally {
            model.release();
        }
    }

    /** One for each session, in their order; null for one of which the workflow keeps no event. */
    static List<@Nullable Prediction> predictions(ServedModel model, List<SessionRequest> sessions) {
        Map<String, Prediction> found = new HashMap<>();
        for (Prediction one : model.recommender().predict(SessionTable.of(model.recommender(), sessions))) {
            found.put(MicroBatcher.place(one.session()), one);
        }
        List<@Nullable Prediction> inOrder = new ArrayList<>();
        for (int place = 0; place < sessions.size(); place++) {
            inOrder.add(found.get(String.valueOf(place)));
        }
        return inOrder;
    }

    /** Puts values by task into a body; null for a session without an event. */
    private static void write(ObjectNode out, @Nullable Prediction prediction) {
        if (prediction == null) {
            out.putNull(PREDICTIONS);
        } else {
            out.set(PREDICTIONS, Json.of(prediction.plain()));
        }
    }
}
