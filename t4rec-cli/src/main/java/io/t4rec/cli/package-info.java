/**
 * The {@code t4rec} command: a class per sub-command, no logic of its own beyond reading settings and showing results.
 *
 * <p>Read {@link io.t4rec.cli.Main} and {@link io.t4rec.cli.Experiment} first. Nothing depends on it but the benchmarks.
 */
@NullMarked
package io.t4rec.cli;

import org.jspecify.annotations.NullMarked;
