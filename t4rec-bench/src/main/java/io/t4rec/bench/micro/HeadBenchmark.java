package io.t4rec.bench.micro;

import io.t4rec.nn.loss.CatalogueCrossEntropy;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.SplittableRandom;
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

/** How long do loss and gradients of an exact softmax take, for 2,432 targets of width 64, on one thread? */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class HeadBenchmark {
    /** Targets: 128 sequences of 20 items. */
    public static final int ROWS = 2_432;

    /** Width of the states. */
    public static final int WIDTH = 64;

    /** Number of items. */
    @Param({"1000", "40000"})
    public int items;

    private Tensor hidden;
    private Tensor table;
    private Tensor tableGradient;
    private Tensor targets;
    private CatalogueCrossEntropy loss;

    /** Fills states and table with noise. */
    @Setup
    public void fill() {
        Generator generator = new Generator(1);
        try (Autograd off = Autograd.disabled()) {
            hidden = Tensors.empty(DataType.FLOAT32, ROWS, WIDTH).normalInPlace(0, 1, generator);
            table = Tensors.empty(DataType.FLOAT32, items, WIDTH).normalInPlace(0, 0.05, generator);
            tableGradient = Tensors.zeros(items, WIDTH);
            targets = Tensors.of(new SplittableRandom(1).longs(ROWS, 0, items).toArray());
        }
        loss = new CatalogueCrossEntropy(1, 0);
    }

    /** Loss, gradient of the states, gradient of the table. */
    @Benchmark
    public double lossAndGradients() {
        try (Scope scope = Scope.open()) {
            return loss.lossAndGradients(hidden, table, targets, ROWS, tableGradient)
                    .lossSum();
        }
    }

    /** Frees the buffer. */
    @TearDown
    public void free() {
        loss.close();
    }
}
