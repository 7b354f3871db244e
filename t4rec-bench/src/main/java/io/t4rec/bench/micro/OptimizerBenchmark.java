package io.t4rec.bench.micro;

import io.t4rec.nn.Parameter;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.nn.optim.Optimizer;
import io.t4rec.nn.optim.OptimizerConfig;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensors;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How long does a step of the optimiser take for a table of 40,000 items of width 64 with a dense gradient, on one thread? */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class OptimizerBenchmark {
    /** Elements of the table. */
    public static final int ELEMENTS = 40_000 * 64;

    /** The algorithm. */
    @Param({"ADAM", "ADAGRAD", "SGD"})
    public String kind;

    private Optimizer optimizer;

    /** Makes a table with a gradient. */
    @Setup
    public void fill() {
        Embedding embedding = Embedding.plain(40_000, 64, 0.05, new Generator(1));
        Parameter parameter = embedding.parameters().values().iterator().next();
        parameter.value().setGradient(Scope.unscoped(Tensors.full(1e-3, 40_000, 64)));
        optimizer = new Optimizer(
                OptimizerConfig.of(OptimizerConfig.Kind.of(kind.toLowerCase(Locale.ROOT))), Map.of("table", parameter));
    }

    /** One step over the whole table. */
    @Benchmark
    public void step() {
        optimizer.step(1e-3);
    }

    /** Frees the moments. */
    @TearDown
    public void free() {
        optimizer.release();
    }
}
