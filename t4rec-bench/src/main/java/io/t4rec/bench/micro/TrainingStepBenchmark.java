package io.t4rec.bench.micro;

import io.t4rec.bench.ZipfBatches;
import io.t4rec.data.BatchLoader;
import io.t4rec.model.MaskedBatch;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.model.masking.Mode;
import io.t4rec.nn.Pass;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long do forward and backward pass of a worker's 64 sequences of 20 items take, the default model, on one thread? */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class TrainingStepBenchmark {
    private static final int ROWS = 64;

    /** Number of items. */
    @Param({"1000", "40000"})
    public int items;

    private SessionModel model;
    private MaskedBatch batch;

    /** Makes model and batch. */
    @Setup
    public void make() {
        model = SessionModel.create(ModelConfig.defaults(), ZipfBatches.schema(items), 1);
        try (BatchLoader loader = ZipfBatches.loader(items, ROWS, ROWS);
                BatchLoader.Epoch epoch = loader.epoch(0)) {
            batch = model.mask(epoch.next(), Mode.TRAIN, new SplittableRandom(1));
        }
    }

    /** Loss and gradients of the batch; the optimiser left out. */
    @Benchmark
    public double pass() {
        try (Scope scope = Scope.open();
                var loss = model.newLoss(null)) {
            return model.trainStep(batch, 0, ROWS, batch.targetCount(), Pass.training(new Generator(1)), loss);
        }
    }
}
