package io.t4rec.serve;

import com.linecorp.armeria.common.HttpStatus;

/** A request that gets no answer: the message goes to the client, under the status. */
final class RequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient HttpStatus status;

    private RequestException(HttpStatus status, String message) {
        super(message);
        this.status = status;
    }

    /** The request can't be answered as it is. */
    static RequestException bad(String message) {
        return new RequestException(HttpStatus.BAD_REQUEST, message);
    }

    /** It asks for something that isn't here. */
    static RequestException notFound(String message) {
        return new RequestException(HttpStatus.NOT_FOUND, message);
    }

    /** It may be answered later. */
    static RequestException unavailable(String message) {
        return new RequestException(HttpStatus.SERVICE_UNAVAILABLE, message);
    }

    /** The body is in a form that is not read. */
    static RequestException unsupported(String message) {
        return new RequestException(HttpStatus.UNSUPPORTED_MEDIA_TYPE, message);
    }

    HttpStatus status() {
        return status;
    }
}
