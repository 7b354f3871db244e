package io.t4rec.bench.micro;

import io.t4rec.model.ranking.ItemCodes;
import io.t4rec.model.ranking.ItemFilter;
import io.t4rec.model.ranking.ProductQuantiser;
import io.t4rec.model.ranking.QuantisedRanker;
import io.t4rec.model.ranking.RankedItems;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long do the 20 best of a million product-quantised items take, at the 99th percentile? One thread. */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class QuantisedBenchmark {
    /** Number of items. */
    public static final int ITEMS = 1_000_000;

    /** Parts that a vector is quantised in, a byte each. */
    public static final int SPLITS = 8;

    private static final int WIDTH = 64;
    private static final int GROUPS = 1_000;
    private static final double APART = 0.3;
    private static final int QUERIES = 256;
    private static final int K = 20;

    /** {@code random}: no item is like another. {@code grouped}: 1,000 groups of like items, and a query is like one of them. */
    @Param({"random", "grouped"})
    public String table;

    private QuantisedRanker ranker;
    private Tensor queries;
    private int next;

    /** Fills the table, quantises it, and makes queries. */
    @Setup
    public void fill() {
        Generator generator = new Generator(1);
        try (Autograd off = Autograd.disabled()) {
            Tensor centres = noise(generator, GROUPS);
            ItemCodes items;
            try (Scope scope = Scope.open()) {
                items = new ProductQuantiser(SPLITS, 1).fit(vectors(ITEMS, centres, generator), 0);
            }
            ranker = new QuantisedRanker(items, 0);
            queries = vectors(QUERIES, centres, generator);
        }
    }

    private static Tensor noise(Generator generator, long rows) {
        return Tensors.empty(DataType.FLOAT32, rows, WIDTH).normalInPlace(0, 1, generator);
    }

    private Tensor vectors(int rows, Tensor centres, Generator generator) {
        Tensor own = noise(generator, rows);
        if (table.equals("random")) {
            return own;
        }
        long[] groups = LongStream.range(0, rows).map(row -> row % GROUPS).toArray();
        return own.mul(APART).add(centres.embedding(Tensors.of(groups, rows), -1));
    }

    /** The best for one query after another. */
    @Benchmark
    public List<RankedItems> top() {
        next = (next + 1) % QUERIES;
        try (Scope scope = Scope.open()) {
            return ranker.top(queries.narrow(0, next, 1), List.of(ItemFilter.none()), K);
        }
    }
}
