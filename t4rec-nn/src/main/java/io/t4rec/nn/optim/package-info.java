/**
 * Optimisers, gradient clipping and learning-rate schedules.
 *
 * <p>Read {@link io.t4rec.nn.optim.Optimizer} and {@link io.t4rec.nn.optim.LearningRateSchedule}. Formulas are PyTorch's and
 * Hugging Face's. Used by {@code io.t4rec.train}.
 */
@NullMarked
package io.t4rec.nn.optim;

import org.jspecify.annotations.NullMarked;
