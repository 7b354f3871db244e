package io.t4rec.serve;

import io.t4rec.schema.ConfigException;

/**
 * How the server listens and batches.
 *
 * @param host address to bind to; default loopback
 * @param port default 8000; 0 for any free one
 * @param modelName name under {@code /v2/models}; default t4rec
 * @param threads that score; 0 for one a core
 * @param maxBatch most sessions scored together; default 32
 * @param queueCapacity most sessions waiting; further ones get 503; default 1,024
 * @param maxRequestBytes larger bodies get 413; default 1 MiB
 * @param maxEvents most events of one request; default 100,000
 */
public record ServerConfig(
        String host,
        int port,
        String modelName,
        int threads,
        int maxBatch,
        int queueCapacity,
        long maxRequestBytes,
        int maxEvents) {
    /** @throws ConfigException for values out of range */
    public ServerConfig {
        if (port < 0 || port > 65_535) {
            throw new ConfigException("port: " + port + " (expected: 0 to 65535)");
        }
        if (threads < 0 || maxBatch < 1 || queueCapacity < 1 || maxRequestBytes < 1 || maxEvents < 1) {
            throw new ConfigException("server: threads " + threads + ", maxBatch " + maxBatch + ", queueCapacity "
                    + queueCapacity + ", maxRequestBytes " + maxRequestBytes + ", maxEvents " + maxEvents
                    + " (expected: threads >= 0, others >= 1)");
        }
        if (!modelName.matches("[A-Za-z0-9._-]+")) {
            throw new ConfigException("modelName: " + modelName + " (expected: letters, digits, '.', '_' and '-')");
        }
    }

    /** On loopback at a port. */
    public static ServerConfig onPort(int port) {
        return new ServerConfig("127.0.0.1", port, "t4rec", 0, 32, 1_024, 1 << 20, 100_000);
    }
}
