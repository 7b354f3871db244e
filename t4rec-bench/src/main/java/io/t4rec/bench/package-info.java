/**
 * Long runs that measure quality and speed; their results stand in {@code docs/benchmarks.md}.
 *
 * <p>Read {@link io.t4rec.bench.YoochooseQuality}. Nothing depends on it.
 */
@NullMarked
package io.t4rec.bench;

import org.jspecify.annotations.NullMarked;
