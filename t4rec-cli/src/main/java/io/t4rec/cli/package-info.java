/**
 * The {@code t4rec} command: a class per sub-command, and what leads from files of settings to files of results: experiments, recipes,
 * searches, runs that go on, reports. What computes lies in the modules below.
 *
 * <p>Read {@link io.t4rec.cli.Main} and {@link io.t4rec.cli.Experiment} first. Nothing depends on it.
 */
@NullMarked
package io.t4rec.cli;

import org.jspecify.annotations.NullMarked;
