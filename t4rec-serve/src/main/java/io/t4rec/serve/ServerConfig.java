package io.t4rec.serve;

import static java.util.Objects.requireNonNull;

import io.t4rec.schema.ConfigException;

/**
 * How a server listens, batches and limits.
 *
 * @param host address to listen on; 127.0.0.1 unless told, so that nothing outside the machine gets in by accident
 * @param port 0 to 65535, 0 for any free one; 8000
 * @param threads scoring threads, at least 1; one a core
 * @param maxBatch sessions scored together at most, and sessions one request may bring; 256
 * @param maxBatchDelayMicros how long the oldest waiting request may be held back for others to join it, microseconds; 0
 * @param maxQueue sessions that may wait; more are answered 503; 4096
 * @param maxWaitMillis how long a request may wait for a scoring thread before it is answered 503, milliseconds; 5000
 * @param maxRequestBytes largest request body, bytes; 8 MiB
 * @param maxEvents events one session may bring; 10,000
 * @param defaultK items recommended unless the request says; 20
 * @param maxK items one session may ask for; 1000
 * @param accessLog whether each request is logged as a line of JSON at INFO; no
 */
public record ServerConfig(
        String host,
        int port,
        int threads,
        int maxBatch,
        int maxBatchDelayMicros,
        int maxQueue,
        int maxWaitMillis,
        int maxRequestBytes,
        int maxEvents,
        int defaultK,
        int maxK,
        boolean accessLog) {
    public ServerConfig {
        requireNonNull(host, "host");
        within("port", port, 0, 65_535);
        within("threads", threads, 1, 1024);
        within("maxBatch", maxBatch, 1, 65_536);
        within("maxBatchDelayMicros", maxBatchDelayMicros, 0, 1_000_000);
        within("maxQueue", maxQueue, maxBatch, Integer.MAX_VALUE);
        within("maxWaitMillis", maxWaitMillis, 1, 3_600_000);
        within("maxRequestBytes", maxRequestBytes, 1024, 1 << 30);
        within("maxEvents", maxEvents, 1, Integer.MAX_VALUE);
        within("maxK", maxK, 1, Integer.MAX_VALUE);
        within("defaultK", defaultK, 1, maxK);
    }

    private static void within(String name, int value, int low, int high) {
        if (value < low || value > high) {
            throw new ConfigException("server." + name + ": " + value + " (expected: " + low + " to " + high + ")");
        }
    }

    /** The defaults named above. */
    public static ServerConfig defaults() {
        return builder().build();
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Sets what differs from the defaults; each method sets the component of its name. */
    public static final class Builder {
        private String host = "127.0.0.1";
        private int port = 8000;
        private int threads = Runtime.getRuntime().availableProcessors();
        private int maxBatch = 256;
        private int maxBatchDelayMicros;
        private int maxQueue = 4096;
        private int maxWaitMillis = 5000;
        private int maxRequestBytes = 8 << 20;
        private int maxEvents = 10_000;
        private int defaultK = 20;
        private int maxK = 1000;
        private boolean accessLog;

        private Builder() {}

        public Builder host(String host) {
            this.host = host;
            return this;
        }

        public Builder port(int port) {
            this.port = port;
            return this;
        }

        public Builder threads(int threads) {
            this.threads = threads;
            return this;
        }

        public Builder maxBatch(int maxBatch) {
            this.maxBatch = maxBatch;
            return this;
        }

        public Builder maxBatchDelayMicros(int maxBatchDelayMicros) {
            this.maxBatchDelayMicros = maxBatchDelayMicros;
            return this;
        }

        public Builder maxQueue(int maxQueue) {
            this.maxQueue = maxQueue;
            return this;
        }

        public Builder maxWaitMillis(int maxWaitMillis) {
            this.maxWaitMillis = maxWaitMillis;
            return this;
        }

        public Builder maxRequestBytes(int maxRequestBytes) {
            this.maxRequestBytes = maxRequestBytes;
            return this;
        }

        public Builder maxEvents(int maxEvents) {
            this.maxEvents = maxEvents;
            return this;
        }

        public Builder defaultK(int defaultK) {
            this.defaultK = defaultK;
            return this;
        }

        public Builder maxK(int maxK) {
            this.maxK = maxK;
            return this;
        }

        public Builder accessLog(boolean accessLog) {
            this.accessLog = accessLog;
            return this;
        }

        /** @throws ConfigException when a value is out of its range */
        public ServerConfig build() {
            return new ServerConfig(
                    host,
                    port,
                    threads,
                    maxBatch,
                    maxBatchDelayMicros,
                    maxQueue,
                    maxWaitMillis,
                    maxRequestBytes,
                    maxEvents,
                    defaultK,
                    maxK,
                    accessLog);
        }
    }
}
