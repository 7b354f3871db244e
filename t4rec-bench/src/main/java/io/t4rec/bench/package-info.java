/**
 * Measures speed, memory and quality: questions, each answered by a table. Results stand in {@code docs/benchmarks.md}.
 *
 * <p>Read {@link io.t4rec.bench.Bench} and {@code Question} first. Used by {@code io.t4rec.cli} alone.
 */
@NullMarked
package io.t4rec.bench;

import org.jspecify.annotations.NullMarked;
