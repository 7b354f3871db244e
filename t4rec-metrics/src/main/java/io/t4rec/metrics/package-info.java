/**
 * Metrics from plain arrays, usable without models.
 *
 * <p>Read {@link io.t4rec.metrics.RankingMetric}, {@link io.t4rec.metrics.BinaryMetrics},
 * {@link io.t4rec.metrics.Tally} and {@link io.t4rec.metrics.Bootstrap}. Depends on nothing.
 */
@NullMarked
package io.t4rec.metrics;

import org.jspecify.annotations.NullMarked;
