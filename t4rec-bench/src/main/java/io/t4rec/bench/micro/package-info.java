/**
 * JMH benchmarks, one class a question. Public and not final because JMH makes classes of them.
 *
 * <p>Read {@link io.t4rec.bench.micro.HeadBenchmark}. Run by {@code io.t4rec.bench}.
 */
@NullMarked
package io.t4rec.bench.micro;

import org.jspecify.annotations.NullMarked;
