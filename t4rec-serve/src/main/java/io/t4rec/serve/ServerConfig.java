package io.t4rec.serve;

import io.t4rec.schema.ConfigException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the server listens, batches and bounds requests.
 *
 * @param host name or address to bind to; default loopback
 * @param port default 8000; 0 for any free one
 * @param modelName name under {@code /v2/models}; default t4rec
 * @param threads that score; 0 for one a core, the default
 * @param maxBatch most sessions scored together; default 32
 * @param queueCapacity most sessions waiting: further ones get 503, a request with more of its own 400; default 1,024
 * @param maxRequestBytes larger bodies get 413; default 1 MiB
 * @param maxEvents most events of one request; default 100,000
 * @param requestTimeout a request not answered by then gets 503, and what of it still waits is not scored; default 10 seconds
 * @param warmUp for how long at most a new server asks itself before it says that it is ready, less where the Java machine has compiled
 *     what requests run through; default 0
 * @param accessLog whether each request is logged, as one line of the logger {@code io.t4rec.serve.access}; default no
 */
public record ServerConfig(
        String host,
        int port,
        String modelName,
        int threads,
        int maxBatch,
        int queueCapacity,
        long maxRequestBytes,
        int maxEvents,
        Duration requestTimeout,
        Duration warmUp,
        boolean accessLog) {
    /** @throws ConfigException for values out of range */
    public ServerConfig {
        given("host", host);
        given("modelName", modelName);
        given("requestTimeout", requestTimeout);
        given("warmUp", warmUp);
        if (host.isBlank()) {
            throw new ConfigException("host: '" + host + "' (expected: a name or an address)");
        }
        if (port < 0 || port > 65_535) {
            throw new ConfigException("port: " + port + " (expected: 0 to 65535)");
        }
        if (!modelName.matches("[A-Za-z0-9._-]+")) {
            throw new ConfigException("modelName: " + modelName + " (expected: letters, digits, '.', '_' and '-')");
        }
        atLeast(0, "threads", threads);
        atLeast(1, "maxBatch", maxBatch);
        atLeast(1, "queueCapacity", queueCapacity);
        atLeast(1, "maxRequestBytes", maxRequestBytes);
        atLeast(1, "maxEvents", maxEvents);
        atLeast(1, "requestTimeout in milliseconds", requestTimeout.toMillis());
        atLeast(0, "warmUp in milliseconds", warmUp.toMillis());
    }

    private static void given(String name, @Nullable Object value) {
        if (value == null) {
            throw new ConfigException(name + ": null (expected: a value)");
        }
    }

    private static void atLeast(long min, String name, long value) {
        if (value < min) {
            throw new ConfigException(name + ": " + value + " (expected: >= " + min + ")");
        }
    }

    /** The defaults, to be changed one by one. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects what differs from the defaults. */
    public static final class Builder {
        private String host = "127.0.0.1";
        private int port = 8_000;
        private String modelName = "t4rec";
        private int threads;
        private int maxBatch = 32;
        private int queueCapacity = 1_024;
        private long maxRequestBytes = 1 << 20;
        private int maxEvents = 100_000;
        private Duration requestTimeout = Duration.ofSeconds(10);
        private Duration warmUp = Duration.ZERO;
        private boolean accessLog;

        private Builder() {}

        public Builder host(String value) {
            host = value;
            return this;
        }

        public Builder port(int value) {
            port = value;
            return this;
        }

        public Builder modelName(String value) {
            modelName = value;
            return this;
        }

        public Builder threads(int value) {
            threads = value;
            return this;
        }

        public Builder maxBatch(int value) {
            maxBatch = value;
            return this;
        }

        public Builder queueCapacity(int value) {
            queueCapacity = value;
            return this;
        }

        public Builder maxRequestBytes(long value) {
            maxRequestBytes = value;
            return this;
        }

        public Builder maxEvents(int value) {
            maxEvents = value;
            return this;
        }

        public Builder requestTimeout(Duration value) {
            requestTimeout = value;
            return this;
        }

        public Builder warmUp(Duration value) {
            warmUp = value;
            return this;
        }

        public Builder accessLog(boolean value) {
            accessLog = value;
            return this;
        }

        /** @throws ConfigException for values out of range */
        public ServerConfig build() {
            return new ServerConfig(
                    host,
                    port,
                    modelName,
                    threads,
                    maxBatch,
                    queueCapacity,
                    maxRequestBytes,
                    maxEvents,
                    requestTimeout,
                    warmUp,
                    accessLog);
        }
    }
}
