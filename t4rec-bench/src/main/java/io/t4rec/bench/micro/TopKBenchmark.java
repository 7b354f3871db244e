package io.t4rec.bench.micro;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long do the 20 best of a million scores take, and the scores themselves, on one thread? */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class TopKBenchmark {
    /** Width of the item table. */
    public static final int WIDTH = 64;

    private static final int K = 20;

    /** Number of items. */
    @Param("1000000")
    public int items;

    private Tensor table;
    private Tensor query;
    private Tensor scores;

    /** Fills table and query with noise. */
    @Setup
    public void fill() {
        Generator generator = new Generator(1);
        try (Autograd off = Autograd.disabled()) {
            table = Tensors.empty(DataType.FLOAT32, items, WIDTH).normalInPlace(0, 1, generator);
            query = Tensors.empty(DataType.FLOAT32, WIDTH).normalInPlace(0, 1, generator);
            scores = table.matrixVector(query);
        }
    }

    /** The best of scores that are there. */
    @Benchmark
    public long[] topOfScores() {
        try (Scope scope = Scope.open()) {
            return scores.topK(K).indices().toLongs();
        }
    }

    /** Scores, and the best of them. */
    @Benchmark
    public long[] scoresAndTop() {
        try (Scope scope = Scope.open()) {
            return table.matrixVector(query).topK(K).indices().toLongs();
        }
    }
}
