package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.t4rec.schema.DataException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers in JSON; every error, also those that never reach a call, has a body {@code {"error": "..."}}. */
final class Replies implements ServerErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);
    private static final int MAX_MESSAGE = 1_000;
    private static final String RETRY_SECONDS = "1";

    private final ServerConfig config;

    Replies(ServerConfig config) {
        this.config = config;
    }

    static HttpResponse ok(JsonNode body) {
        return HttpResponse.of(
                ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, MediaType.JSON),
                HttpData.wrap(Json.bytes(body)));
    }

    static AggregatedHttpResponse error(HttpStatus status, String message) {
        ResponseHeadersBuilder headers = ResponseHeaders.builder(status).contentType(MediaType.JSON);
        if (status.equals(HttpStatus.SERVICE_UNAVAILABLE)) {
            headers.set(HttpHeaderNames.RETRY_AFTER, RETRY_SECONDS);
        }
        return AggregatedHttpResponse.of(
                headers.build(), HttpData.wrap(Json.bytes(Json.object().put("error", shortened(message)))));
    }

    /** Messages show the value that doesn't fit, which may be a whole body: its middle is left out then. */
    private static String shortened(String message) {
        int half = MAX_MESSAGE / 2;
        return message.length() <= MAX_MESSAGE
                ? message
                : message.substring(0, half) + " ... " + message.substring(message.length() - half);
    }

    @Override
    public HttpResponse onServiceException(ServiceRequestContext context, Throwable failure) {
        return error(context, failure).toHttpResponse();
    }

    private AggregatedHttpResponse error(ServiceRequestContext context, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof RequestException refused) {
            return error(refused.status(), String.valueOf(refused.getMessage()));
        }
        if (cause instanceof DataException) {
            return error(HttpStatus.BAD_REQUEST, String.valueOf(cause.getMessage()));
        }
        if (cause instanceof RequestTimeoutException) {
            boolean sent = context.request().isComplete();
            return error(
                    sent ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.REQUEST_TIMEOUT,
                    "timeout: " + (sent ? "no answer" : "no whole body") + " within " + context.requestTimeoutMillis()
                            + " ms (try again)");
        }
        if (cause instanceof ContentTooLargeException) {
            return tooLarge();
        }
        if (cause instanceof HttpStatusException refused) {
            HttpStatus status = refused.httpStatus();
            return status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)
                    ? tooLarge()
                    : error(status, status.reasonPhrase() + ": " + context.path());
        }
        if (cause instanceof ShuttingDownException) {
            return error(HttpStatus.SERVICE_UNAVAILABLE, "server: stopping");
        }
        if (cause instanceof ClosedSessionException || cause instanceof ClosedStreamException) {
            return error(
                    HttpStatus.BAD_REQUEST, "connection: closed by the client"); // for the metrics: nobody reads it
        }
        LOG.error("{} {} failed", context.method(), context.path(), cause);
        return error(HttpStatus.INTERNAL_SERVER_ERROR, "internal error (see the server's log)");
    }

    private AggregatedHttpResponse tooLarge() {
        return error(
                HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                "body: too large (expected: at most " + config.maxRequestBytes() + " bytes)");
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext context,
            ServiceConfig service,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        return error(status, description == null ? status.reasonPhrase() : description);
    }
}
