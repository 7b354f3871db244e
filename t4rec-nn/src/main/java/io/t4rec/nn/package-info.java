/**
 * Building blocks of neural networks: modules with named parameters, and what a forward pass needs to know.
 *
 * <p>Read {@link io.t4rec.nn.Module} and {@link io.t4rec.nn.Pass} first; {@code layer}, {@code transformer}, {@code loss} and
 * {@code optim} hold the pieces. Modules carry weights only, never the state of a pass, so one module serves many threads.
 * Depends on {@code io.t4rec.tensor}; used by the model, training and serving modules.
 */
@NullMarked
package io.t4rec.nn;

import org.jspecify.annotations.NullMarked;
