/**
 * Session models: sequences in, the next item out; their configuration, and the bundle in which they travel.
 *
 * <p>Read {@link io.t4rec.model.SessionModel} and {@link io.t4rec.model.Recommender} first. Depends on schema, data, etl and nn;
 * used by training and serving.
 */
@NullMarked
package io.t4rec.model;

import org.jspecify.annotations.NullMarked;
