package io.t4rec.bench;

import io.t4rec.data.DatabaseSettings;
import io.t4rec.schema.ConfigException;
import java.util.List;

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
 * @param epochs that each pair of body and task is trained; default 10
 * @param parts how the names of the parts that are measured begin; empty for all parts, the default
 */
public record BenchSettings(
        String data,
        long seed,
        int threads,
        long events,
        String memoryLimit,
        int rate,
        int seconds,
        int steps,
        int epochs,
        List<String> parts) {
    /** @throws ConfigException for values out of range */
    public BenchSettings {
        atLeast("threads", threads, 0);
        atLeast("events", events, 10_000);
        atLeast("rate", rate, 1);
        atLeast("seconds", seconds, 1);
        atLeast("steps", steps, 100);
        atLeast("epochs", epochs, 1);
        parts = List.copyOf(parts);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new ConfigException(name + ": " + value + " (expected: >= " + least + ")");
        }
    }

    /** Of the databases that the workflow is measured on. */
    DatabaseSettings database() {
        return DatabaseSettings.defaults().withMemoryLimit(memoryLimit);
    }

    boolean asksFor(String part) {
        return parts.isEmpty() || parts.stream().anyMatch(part::startsWith);
    }

    int workers() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
