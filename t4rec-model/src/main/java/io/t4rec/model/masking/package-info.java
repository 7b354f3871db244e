/**
 * Masking tasks as values: which positions are hidden, which are targets, who may see whom.
 *
 * <p>Read {@link io.t4rec.model.masking.Masking} and {@link io.t4rec.model.masking.MaskedSequences}. Works on plain arrays;
 * every random choice comes from the generator it is given. Used by {@code io.t4rec.model}.
 */
@NullMarked
package io.t4rec.model.masking;

import org.jspecify.annotations.NullMarked;
