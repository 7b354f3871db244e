package io.t4rec.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When and where the workers' pieces run must not matter. */
class SchedulingTest {
    /** Starts the newest piece first, after a delay that is drawn anew each time. */
    private static final class Disorder extends ThreadPoolExecutor {
        private final SplittableRandom random;

        Disorder(int threads, long seed) {
            super(threads, threads, 1, TimeUnit.MINUTES, new NewestFirst());
            random = new SplittableRandom(seed);
        }

        @Override
        protected void beforeExecute(Thread thread, Runnable piece) {
            int nanos;
            synchronized (random) {
                nanos = random.nextInt(300_000);
            }
            LockSupport.parkNanos(nanos);
        }
    }

    private static final class NewestFirst extends LinkedBlockingDeque<Runnable> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable piece) {
            return offerFirst(piece);
        }
    }

    @ParameterizedTest
    @CsvSource({"false,dense", "false,row-adagrad", "true,lazy"})
    void givesTheSameWeightsHoweverThePiecesAreScheduled(boolean sampled, String tableOptimizer) throws IOException {
        ModelConfig model = sampled ? SmallRun.sampledSoftmax() : SmallRun.fullSoftmax();
        TrainingConfig config = SmallRun.config()
                .threads(3)
                .tableOptimizer(tableOptimizer)
                .gradientAccumulation(2)
                .build();
        Map<String, List<Float>> usual = weights(model, config, new Workers(3));
        for (int threads : new int[] {1, 2, 5}) {
            long seed = 17 + threads;
            assertThat(weights(model, config, new Workers(3, new Disorder(threads, seed))))
                    .as(threads + " threads, delays of seed " + seed)
                    .isEqualTo(usual);
        }
    }

    private static Map<String, List<Float>> weights(ModelConfig modelConfig, TrainingConfig config, Workers workers)
            throws IOException {
        SessionModel model = SessionModel.create(modelConfig, SmallRun.SCHEMA, 3);
        try (Trainer trainer = new Trainer(model, config, SmallRun.loader(), List.of(), workers)) {
            trainer.run(null, null);
        }
        return SmallRun.weights(model);
    }

    @Test
    void usesAsManyWorkersAsCoresUnlessToldAndNeverMoreThanTheBatchHasSequences() {
        int cores = Runtime.getRuntime().availableProcessors();
        assertThat(SmallRun.config().threads(0).batchSize(4_096).build().workers())
                .isEqualTo(cores);
        assertThat(SmallRun.config().threads(7).build().workers()).isEqualTo(7);
        assertThat(SmallRun.config().threads(1_000).build().workers()).isEqualTo(16);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 1_000})
    void trainsWithMoreWorkersThanCoresOrRows(int threads) throws IOException {
        // the last batch of an epoch has two sequences
        SessionModel model =
                SmallRun.train(SmallRun.config().threads(threads).epochs(1).build(), null, null);
        assertThat(SmallRun.weights(model).values())
                .allSatisfy(values -> assertThat(values).doesNotContain(Float.NaN));
        assertThat(SmallRun.weights(model))
                .isNotEqualTo(SmallRun.weights(SessionModel.create(ModelConfig.defaults(), SmallRun.SCHEMA, 3)));
    }
}
