package io.t4rec.etl;

import io.t4rec.data.DataSource;
import io.t4rec.data.DatabaseSettings;
import io.t4rec.data.OutputLayout;
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
     * @param schema of the events; columns it doesn't name are not read
     * @throws DataException when a file of the events lacks a column of the schema or a value can't be used
     * @throws ConfigException when an operator's columns are missing or don't suit
     */
    Workflow fit(WorkflowConfig config, DataSource events, Schema schema);

    /** Fits a workflow on a file or a folder. */
    default Workflow fit(WorkflowConfig config, Path events, Schema schema) {
        return fit(config, DataSource.of(events), schema);
    }

    /**
     * Fits a workflow further on new events, as {@link Workflow#extend(Path)} tells.
     *
     * @param events which have the columns of {@link Workflow#fittedSchema()}
     * @return the extended workflow, and what grew; the one before stays as it is
     * @throws DataException when a file of the events lacks a column or a value can't be used
     * @throws ConfigException when what was fitted is larger than the engine can extend
     */
    Extension extend(Workflow workflow, DataSource events);

    /** Fits a workflow further on a file or a folder. */
    default Extension extend(Workflow workflow, Path events) {
        return extend(workflow, DataSource.of(events));
    }

    /**
     * Transforms events into Parquet. A file gets {@code schema.pbtxt} beside it, a folder holds it.
     *
     * @param target the file to write or to replace; a folder where the layout says one
     * @return number of rows written
     * @throws ConfigException when the layout doesn't suit the columns
     * @throws IOException when the output can't be written; what was there stays
     */
    long transform(Workflow workflow, DataSource events, Path target, OutputLayout layout) throws IOException;

    /** Transforms a file or a folder into a file. */
    default long transform(Workflow workflow, Path events, Path target) throws IOException {
        return transform(workflow, DataSource.of(events), target, OutputLayout.single());
    }

    /**
     * As {@link #transform}, of the events that the workflow was fitted on: no row sees its own target.
     *
     * @return number of rows written
     * @throws IOException when the output can't be written; what was there stays
     */
    long transformTraining(Workflow workflow, DataSource events, Path target, OutputLayout layout) throws IOException;

    /** Transforms a file or a folder that the workflow was fitted on into a file. */
    default long transformTraining(Workflow workflow, Path events, Path target) throws IOException {
        return transformTraining(workflow, DataSource.of(events), target, OutputLayout.single());
    }

    /** Whether events are read by this process, which may then read all of them for other ends too. */
    default boolean readsInProcess() {
        return true;
    }

    /**
     * Writes events as they are, or where they are more than wanted about as many, in whole sessions unless these are
     * long, for this process to read. What reads in this process has no need of it.
     *
     * @param schema of the columns to write
     * @param session column of the sessions' ids
     * @param most rows that are wanted, >= 1
     * @param folder of Parquet files to make
     * @return number of all events
     * @throws UnsupportedOperationException when the engine {@linkplain #readsInProcess() reads in this process}
     */
    default long sample(DataSource events, Schema schema, String session, long most, Path folder) {
        throw new UnsupportedOperationException(
                "sample: " + getClass().getSimpleName() + " (expected: an engine that reads outside of this process)");
    }

    @Override
    void close();

    /** DuckDB in this process, with the default settings. */
    static WorkflowEngine duckDb() {
        return duckDb(DatabaseSettings.defaults());
    }

    /**
     * DuckDB in this process.
     *
     * @param settings what it may take of the machine
     */
    static WorkflowEngine duckDb(DatabaseSettings settings) {
        return new DuckDbWorkflows(settings);
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
