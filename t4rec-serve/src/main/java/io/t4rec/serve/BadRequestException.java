package io.t4rec.serve;

/** A request that can't be answered as it is; the message goes to the client with status 400. */
final class BadRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadRequestException(String message) {
        super(message);
    }
}
