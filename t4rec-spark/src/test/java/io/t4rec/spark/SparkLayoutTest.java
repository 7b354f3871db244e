package io.t4rec.spark;

import io.t4rec.etl.LayoutContract;
import io.t4rec.etl.WorkflowEngine;
import org.apache.spark.sql.SparkSession;

/** Spark lays files out as DuckDB does. */
class SparkLayoutTest extends LayoutContract {
    private static final SparkSession SESSION = LocalSpark.small();

    @Override
    protected WorkflowEngine engine() {
        return SparkEngine.on(SESSION, SparkSettings.defaults());
    }
}
