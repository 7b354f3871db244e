package io.t4rec.spark;

import io.t4rec.etl.FilesContract;
import io.t4rec.etl.WorkflowEngine;
import org.apache.spark.sql.SparkSession;

/** Spark reads files as DuckDB does. */
class SparkFilesTest extends FilesContract {
    private static final SparkSession SESSION = LocalSpark.small();

    @Override
    protected WorkflowEngine engine() {
        return SparkEngine.on(SESSION, SparkSettings.defaults());
    }
}
