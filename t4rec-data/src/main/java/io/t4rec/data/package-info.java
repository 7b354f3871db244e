/**
 * Data sets: events imported from files into one form, divided to train and to test, and sequences cut into jagged training batches.
 *
 * <p>Read {@link io.t4rec.data.EventImporter}, {@link io.t4rec.data.Split} and {@link io.t4rec.data.BatchLoader} first. Files go through an embedded DuckDB
 * ({@link io.t4rec.data.Database}); batches are plain Java arrays. Depends on the schema module only; used by feature
 * engineering, models and training.
 */
@NullMarked
package io.t4rec.data;

import org.jspecify.annotations.NullMarked;
