package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Where workflows are fitted and data sets transformed: DuckDB in this process, or another engine found on the class path. All give
 * the same ids, lists, numbers and schema, and a workflow fitted on one runs on the others.
 */
public interface WorkflowEngine extends AutoCloseable {
    /**
     * Fits a workflow.
     *
     * @param events Parquet
     * @param schema of the events; columns it doesn't name are not read
     * @throws DataException when the events lack a column of the schema or a value can't be used
     * @throws ConfigException when an operator's columns are missing or don't suit
     */
    Workflow fit(WorkflowConfig config, Path events, Schema schema);

    /**
     * Transforms events into a Parquet file, with {@code schema.pbtxt} beside it.
     *
     * @return number of rows written
     * @throws IOException when the output can't be written; what was there stays
     */
    long transform(Workflow workflow, Path events, Path target) throws IOException;

    /**
     * As {@link #transform}, of the events that the workflow was fitted on: no row sees its own target.
     *
     * @return number of rows written
     * @throws IOException when the output can't be written; what was there stays
     */
    long transformTraining(Workflow workflow, Path events, Path target) throws IOException;

    @Override
    void close();

    /**
     * DuckDB in this process.
     *
     * @param memoryLimit what it may use before it spills to disk, for instance {@code 4GB}; empty for 80 % of the machine's memory
     */
    static WorkflowEngine duckDb(String memoryLimit) {
        return new WorkflowEngine() {
            @Override
            public Workflow fit(WorkflowConfig config, Path events, Schema schema) {
                return Workflow.fit(config, events, schema, memoryLimit);
            }

            @Override
            public long transform(Workflow workflow, Path events, Path target) throws IOException {
                return workflow.transform(events, target, memoryLimit);
            }

            @Override
            public long transformTraining(Workflow workflow, Path events, Path target) throws IOException {
                return workflow.transformTraining(events, target, memoryLimit);
            }

            @Override
            public void close() {
                // each call closes what it opens
            }
        };
    }

    /**
     * Another engine, which registers a {@link Provider} as a service.
     *
     * @param name for instance {@code spark}
     * @param settings of the engine
     * @throws ConfigException when it is not on the class path or a setting is wrong
     */
    static WorkflowEngine open(String name, Map<String, String> settings) {
        try {
            for (Provider provider : ServiceLoader.load(Provider.class)) {
                if (provider.name().equals(name)) {
                    return provider.open(settings);
                }
            }
        } catch (ServiceConfigurationError | NoClassDefFoundError e) {
            throw new ConfigException(missing(name, String.valueOf(e.getMessage())), e);
        }
        throw new ConfigException(missing(name, "nobody provides it"));
    }

    private static String missing(String name, String why) {
        return "engine: " + name + ": " + why + " (expected: duckdb, or an engine on the class path: for spark,"
                + " t4rec-spark and Spark's jars, which the t4rec script adds; see docs/spark.md)";
    }

    /** Opens an engine; found with {@link ServiceLoader}. */
    interface Provider {
        /** Name by which users ask for the engine. */
        String name();

        /** @throws ConfigException when a setting is wrong, or what the engine needs is missing */
        WorkflowEngine open(Map<String, String> settings);
    }
}
