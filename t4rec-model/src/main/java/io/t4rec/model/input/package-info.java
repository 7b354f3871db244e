/**
 * From the columns of a batch to embedded sequences.
 *
 * <p>Read {@link io.t4rec.model.input.InputConfig} and {@link io.t4rec.model.input.SequenceInput}. Used by {@code io.t4rec.model}.
 */
@NullMarked
package io.t4rec.model.input;

import org.jspecify.annotations.NullMarked;
