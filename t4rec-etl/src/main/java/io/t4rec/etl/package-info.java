/**
 * Feature engineering: a workflow of operators, fitted once, that gives the same result on files and on a single request.
 *
 * <p>Read {@link io.t4rec.etl.Workflow} and {@link io.t4rec.etl.Operator} first. An operator builds relational steps out of
 * expressions; {@code DuckDbDialect} renders them as SQL, {@link io.t4rec.etl.RequestPipeline} evaluates them on rows in
 * memory. Follows NVTabular's operators; depends on schema and data.
 */
@NullMarked
package io.t4rec.etl;

import org.jspecify.annotations.NullMarked;
