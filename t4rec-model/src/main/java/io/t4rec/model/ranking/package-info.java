/**
 * The best items of a catalogue for a query vector: exact, or by product-quantised items; similar items; ranks of targets.
 *
 * <p>Read {@link io.t4rec.model.ranking.ItemRanker} and {@link io.t4rec.model.ranking.ExactRanker} first. Works on a table of item
 * vectors and ids alone: knows nothing of sessions, raw ids or bundles, which {@code io.t4rec.model} adds.
 */
@NullMarked
package io.t4rec.model.ranking;

import org.jspecify.annotations.NullMarked;
