/**
 * Losses over the catalogue and the ranking of targets within it, without ever holding all scores.
 *
 * <p>Read {@link io.t4rec.nn.loss.CatalogueCrossEntropy}. Used by {@code io.t4rec.model}.
 */
@NullMarked
package io.t4rec.nn.loss;

import org.jspecify.annotations.NullMarked;
