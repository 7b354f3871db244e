package io.t4rec.cli;

import io.t4rec.etl.WorkflowEngine;
import io.t4rec.schema.ConfigException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Where workflows are fitted and events transformed. */
final class EngineOptions {
    private static final String DUCKDB = "duckdb";

    @CommandLine.Option(
            names = "--engine",
            defaultValue = DUCKDB,
            paramLabel = "NAME",
            description =
                    "duckdb, in this process, or spark, on a cluster; with the same result. Default: ${DEFAULT-VALUE}.")
    private String name;

    @CommandLine.Option(
            names = "--master",
            paramLabel = "URL",
            description = "Of Spark: local[2], spark://host:7077 or another that Spark knows. Default: local[*].")
    private @Nullable String master;

    @CommandLine.Option(
            names = "--spark",
            paramLabel = "KEY=VALUE",
            description =
                    "A setting of Spark, for instance spark.executor.memory=4g, or t4rec.driverRows, most values of a vocabulary that the driver collects, or t4rec.stateFolder, where larger ones lie. Can be given several times.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    EngineOptions() {}

    WorkflowEngine open(DatabaseOptions database) {
        if (name.equals(DUCKDB)) {
            if (master != null || !settings.isEmpty()) {
                throw new ConfigException("--master, --spark: given (expected: beside --engine spark only)");
            }
            return WorkflowEngine.duckDb(database.read());
        }
        database.refuse(
                "beside --engine duckdb only; Spark has spark.driver.memory, spark.executor.memory and spark.local.dir");
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.putIfAbsent("spark.master", master == null ? "local[*]" : master);
        return WorkflowEngine.open(name, all);
    }
}
