/**
 * Workflows on Apache Spark: fitted on a cluster and run on DataFrames or Parquet, with the ids, lists, numbers and schema that the embedded
 * engine gives.
 *
 * <p>Read {@link io.t4rec.spark.SparkEngine} first; {@code SparkDialect} says how Spark's SQL differs. Workers run Spark's own code
 * alone, so nothing of this project has to be installed on them. Depends on schema, data and etl; Spark itself is provided.
 */
@NullMarked
package io.t4rec.spark;

import org.jspecify.annotations.NullMarked;
