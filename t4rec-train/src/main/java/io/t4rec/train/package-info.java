/**
 * Training and evaluation: the data-parallel loop, checkpoints, listeners, and baselines in the same harness.
 *
 * <p>Read {@link io.t4rec.train.Trainer} and {@link io.t4rec.train.Evaluator} first. Depends on the model; the command line
 * builds on it, serving never does.
 */
@NullMarked
package io.t4rec.train;

import org.jspecify.annotations.NullMarked;
