package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import java.util.List;

/**
 * Runs the steps of a workflow on one data set, one after another: what an engine has to know. {@link Workflow} says which steps. Not
 * thread-safe.
 */
public interface StepRunner {
    /** Makes what was fitted known to later steps; again with more as more is fitted. */
    void add(FittedState state);

    /**
     * Applies a step to the rows.
     *
     * @param before columns of the rows before it
     * @param keep whether several readers of the result are to come
     */
    void apply(Step step, List<String> before, boolean keep);

    /**
     * Finds out statistics of the rows as they are now.
     *
     * @param schema of the rows
     * @return of each statistic what it is
     */
    List<FittedState> find(List<Statistic> statistics, Schema schema);

    /**
     * Refuses what is too large to be put together with what new events say, in the memory of this process.
     *
     * @param name of what was fitted
     * @param fitted the files that it lies in
     * @throws ConfigException when it is too large
     */
    default void requireInMemory(String name, StoredTable fitted) {}
}
