package io.t4rec.spark;

import io.t4rec.etl.WorkflowEngine;
import io.t4rec.schema.ConfigException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Opens the engine {@code spark} on a session that it begins: settings are Spark's own, and those of {@link SparkSettings}. */
public final class SparkProvider implements WorkflowEngine.Provider {
    /** The setting {@link SparkSettings#driverRows}. */
    static final String DRIVER_ROWS = "t4rec.driverRows";

    /** The setting {@link SparkSettings#stateFolder}. */
    static final String STATE_FOLDER = "t4rec.stateFolder";

    private static final String MASTER = "spark.master";
    private static final String LOOPBACK = "127.0.0.1";

    @Override
    public String name() {
        return "spark";
    }

    @Override
    public WorkflowEngine open(Map<String, String> settings) {
        Map<String, String> options = new LinkedHashMap<>(settings);
        SparkSettings own = settings(options);
        options.keySet().forEach(key -> {
            if (!key.startsWith("spark.")) {
                throw new ConfigException("setting of spark: " + key + " (expected: spark.*, " + DRIVER_ROWS + " or "
                        + STATE_FOLDER + ")");
            }
        });
        options.putIfAbsent("spark.app.name", "t4rec");
        options.putIfAbsent("spark.ui.enabled", "false");
        if (options.getOrDefault(MASTER, "").startsWith("local")) {
            options.putIfAbsent("spark.driver.host", LOOPBACK);
            options.putIfAbsent("spark.driver.bindAddress", LOOPBACK);
        }
        SparkSession.Builder builder = SparkSession.builder();
        options.forEach(builder::config);
        try {
            return SparkEngine.owning(builder.getOrCreate(), own);
        } catch (RuntimeException e) { // Spark's own exceptions have no common type
            throw new ConfigException(
                    MASTER + ": " + options.get(MASTER) + ": " + e.getMessage()
                            + " (expected: local[2], spark://host:7077 or another that Spark knows)",
                    e);
        }
    }

    private static SparkSettings settings(Map<String, String> options) {
        String rows = options.remove(DRIVER_ROWS);
        String folder = options.remove(STATE_FOLDER);
        SparkSettings usual = SparkSettings.defaults().withStateFolder(folder == null ? "" : folder);
        try {
            return rows == null ? usual : usual.withDriverRows(Integer.parseInt(rows));
        } catch (NumberFormatException e) {
            throw new ConfigException(DRIVER_ROWS + ": " + rows + " (expected: a whole number, >= 1)", e);
        }
    }
}
