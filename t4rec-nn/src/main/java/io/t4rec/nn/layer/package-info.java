/**
 * Layers: affine maps, embeddings, normalisation, attention, recurrence.
 *
 * <p>Read {@link io.t4rec.nn.layer.Linear} and {@link io.t4rec.nn.layer.Attention} first. Shape letters: B batch, L length,
 * D width, H heads. Used by the bodies and by {@code io.t4rec.model}.
 */
@NullMarked
package io.t4rec.nn.layer;

import org.jspecify.annotations.NullMarked;
