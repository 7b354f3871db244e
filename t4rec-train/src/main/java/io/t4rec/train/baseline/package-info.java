/**
 * Recommenders that count: what a model must beat before it means anything.
 *
 * <p>Read {@link io.t4rec.train.baseline.Baseline}. Works on plain arrays of item ids; used by evaluation.
 */
@NullMarked
package io.t4rec.train.baseline;

import org.jspecify.annotations.NullMarked;
