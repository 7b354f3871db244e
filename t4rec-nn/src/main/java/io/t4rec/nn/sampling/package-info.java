/**
 * Which items a loss compares the target with, when not with all.
 *
 * <p>Read {@link io.t4rec.nn.sampling.NegativeSampler} and {@link io.t4rec.nn.sampling.Negatives}. Negatives are drawn once for a
 * batch, on plain arrays, so that splitting its rows among workers doesn't change them. Used by the losses, the model and training.
 */
@NullMarked
package io.t4rec.nn.sampling;

import org.jspecify.annotations.NullMarked;
