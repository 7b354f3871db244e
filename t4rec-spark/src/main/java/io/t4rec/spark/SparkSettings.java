package io.t4rec.spark;

import io.t4rec.schema.ConfigException;

/**
 * Settings of the engine.
 *
 * @param driverRows most values of a vocabulary, and most fitted numbers, that are held by the driver; more of them stay in Parquet.
 *     Default 1,000,000
 * @param workFolder where such Parquet is written until the workflow is saved: a place that driver and workers see, as Spark names it.
 *     Empty, the default, for a temporary folder of this machine, which suits local masters
 */
public record SparkSettings(long driverRows, String workFolder) {
    /** @throws ConfigException for a number below 1 */
    public SparkSettings {
        if (driverRows < 1) {
            throw new ConfigException("driverRows: " + driverRows + " (expected: >= 1)");
        }
        if (workFolder == null) {
            throw new ConfigException("workFolder: absent (expected: a place, or empty)");
        }
    }

    /** The defaults. */
    public static SparkSettings defaults() {
        return new SparkSettings(1_000_000, "");
    }
}
