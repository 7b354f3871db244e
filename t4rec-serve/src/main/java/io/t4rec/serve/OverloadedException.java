package io.t4rec.serve;

/** More sessions wait than the queue holds; the client gets status 503. */
final class OverloadedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OverloadedException(int capacity) {
        super("overloaded: " + capacity + " sessions wait (try again)");
    }
}
