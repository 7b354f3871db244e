package io.t4rec.bench;

import io.t4rec.schema.ConfigException;

/**
 * What a measurement can be told.
 *
 * @param data folder of the real data sets, with {@code yoochoose-100k} in it
 * @param seed of weights, masking, order and generated data; default 1
 * @param threads workers in training and evaluation; default 0: one a core
 * @param events events of the generated shop that the workflow is measured on; default 10,000,000
 * @param memoryLimit what the workflow may take of memory, for instance {@code 2GB}; empty for 80 % of the machine's, the default
 * @param rate requests a second sent to the server; default 500
 * @param seconds how long they are sent; default 60
 * @param steps training steps over which memory is watched; ten times as many recommendations; default 3,000
 */
public record BenchSettings(
        String data, long seed, int threads, long events, String memoryLimit, int rate, int seconds, int steps) {
    /** @throws ConfigException for values out of range */
    public BenchSettings {
        atLeast("threads", threads, 0);
        atLeast("events", events, 10_000);
        atLeast("rate", rate, 1);
        atLeast("seconds", seconds, 1);
        atLeast("steps", steps, 100);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new ConfigException(name + ": " + value + " (expected: >= " + least + ")");
        }
    }

    int workers() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
