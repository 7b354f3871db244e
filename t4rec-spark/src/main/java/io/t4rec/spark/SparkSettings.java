package io.t4rec.spark;

import io.t4rec.schema.ConfigException;

/**
 * Settings of the engine.
 *
 * @param driverRows most values of a vocabulary, and most fitted numbers, that the driver collects; fitting more of them is refused.
 *     Default 1,000,000
 */
public record SparkSettings(int driverRows) {
    /** @throws ConfigException for a number below 1 */
    public SparkSettings {
        if (driverRows < 1) {
            throw new ConfigException("driverRows: " + driverRows + " (expected: >= 1)");
        }
    }

    /** The defaults. */
    public static SparkSettings defaults() {
        return new SparkSettings(1_000_000);
    }
}
