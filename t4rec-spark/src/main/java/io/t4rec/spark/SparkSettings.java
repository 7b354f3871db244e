package io.t4rec.spark;

import io.t4rec.schema.ConfigException;

/**
 * Settings of the engine.
 *
 * @param driverRows most values of a vocabulary, and most fitted groups, that the driver collects and sends to all executors; larger ones are
 *     fitted and joined by the executors, and lie in files until the workflow is saved. Default 1,000,000
 * @param stateFolder where these files lie until the engine is closed: a folder that driver and executors see, as Spark takes it; empty, the
 *     default, for the temporary folder of this machine, with a local master only
 */
public record SparkSettings(int driverRows, String stateFolder) {
    private static final int DRIVER_ROWS = 1_000_000;

    /** @throws ConfigException for a number below 1 */
    public SparkSettings {
        if (driverRows < 1) {
            throw new ConfigException("driverRows: " + driverRows + " (expected: >= 1)");
        }
    }

    /** The defaults. */
    public static SparkSettings defaults() {
        return new SparkSettings(DRIVER_ROWS, "");
    }

    /** With another number of rows. */
    public SparkSettings withDriverRows(int number) {
        return new SparkSettings(number, stateFolder);
    }

    /** With another folder. */
    public SparkSettings withStateFolder(String folder) {
        return new SparkSettings(driverRows, folder);
    }
}
