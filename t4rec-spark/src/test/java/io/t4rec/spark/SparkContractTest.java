package io.t4rec.spark;

import io.t4rec.etl.EngineContract;
import io.t4rec.etl.WorkflowEngine;
import org.apache.spark.sql.SparkSession;

/** Spark gives what DuckDB and the request engine give. */
class SparkContractTest extends EngineContract {
    private static final SparkSession SESSION = LocalSpark.small();

    @Override
    protected WorkflowEngine engine() {
        return SparkEngine.on(SESSION, SparkSettings.defaults());
    }

    /** Fewer than of the others: a job of Spark takes its time. {@code -Dt4rec.compositions=200} tries as many. */
    @Override
    protected int compositions() {
        return Integer.getInteger("t4rec.compositions", 8);
    }
}
