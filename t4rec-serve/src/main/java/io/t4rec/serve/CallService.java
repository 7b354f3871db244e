package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.util.TimeoutMode;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Takes a request from its body to its answer: read off the event loop, scored in a batch, written. */
final class CallService implements HttpService {
    private static final int MAX_ITEMS = 1_000_000;

    private final Call call;
    private final ModelRepository models;
    private final MicroBatcher batcher;
    private final ServerConfig config;

    CallService(Call call, ModelRepository models, MicroBatcher batcher, ServerConfig config) {
        this.call = call;
        this.models = models;
        this.batcher = batcher;
        this.config = config;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        checkForm(request);
        return HttpResponse.of(request.aggregate()
                .thenComposeAsync(body -> answer(context, body.content().array()), context.blockingTaskExecutor())
                .thenApply(Replies::ok));
    }

    /** @throws RequestException when the body is in a form that is not read */
    static void checkForm(HttpRequest request) {
        MediaType type = request.contentType();
        if (type != null) {
            Charset charset = type.charset(StandardCharsets.UTF_8);
            boolean json = type.isJson() || type.is(MediaType.OCTET_STREAM) || type.is(MediaType.FORM_DATA);
            if (!json || !StandardCharsets.UTF_8.equals(charset)) {
                throw RequestException.unsupported("content type: " + type + " (expected: application/json in UTF-8)");
            }
        }
        String encoding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING, "identity");
        if (!encoding.equals("identity")) {
            throw RequestException.unsupported("content encoding: " + encoding + " (expected: none)");
        }
    }

    private CompletableFuture<JsonNode> answer(ServiceRequestContext context, byte[] body) {
        ServedModel model = models.hold();
        CompletableFuture<JsonNode> answer;
        try {
            answer = answer(context, model, body);
        } catch (RuntimeException | Error e) {
            model.release();
            throw e;
        }
        return answer.whenComplete((done, failure) -> model.release());
    }

    private CompletableFuture<JsonNode> answer(ServiceRequestContext context, ServedModel model, byte[] body) {
        String name = context.pathParam("model");
        if (name != null) {
            model.check(name, context.pathParam("version"));
        }
        Question question = call.read(model, Json.parse(body));
        context.setAttr(RequestRecorder.SESSIONS, question.sessions().size());
        checkSize(question.sessions());
        if (question.timeout() != null && question.timeout().compareTo(config.requestTimeout()) < 0) {
            context.setRequestTimeout(TimeoutMode.SET_FROM_START, question.timeout());
        }
        if (!question.ranked()) {
            return CompletableFuture.completedFuture(question.answer()
                    .apply(Collections.nCopies(question.sessions().size(), List.of())));
        }
        return batcher.submit(model.recommender(), question.sessions(), context::isCancelled)
                .thenApply(question.answer());
    }

    /** @throws RequestException for more sessions than the queue holds, whether they go through it or not */
    static void checkCount(int sessions, ServerConfig config) {
        if (sessions > config.queueCapacity()) {
            throw RequestException.bad("sessions: " + sessions + " (expected: at most " + config.queueCapacity()
                    + ", which is what the queue holds)");
        }
    }

    private void checkSize(List<SessionRequest> sessions) {
        checkCount(sessions.size(), config);
        int k = sessions.get(0).k();
        if ((long) sessions.size() * k > MAX_ITEMS) {
            throw RequestException.bad("k: " + k + " for " + sessions.size() + " sessions (expected: at most "
                    + MAX_ITEMS + " items in all)");
        }
    }
}
