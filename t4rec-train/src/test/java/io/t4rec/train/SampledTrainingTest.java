package io.t4rec.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.Exclusion;
import io.t4rec.model.LossConfig;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.model.TransformerSettings;
import io.t4rec.nn.loss.LossKind;
import io.t4rec.nn.sampling.SamplerKind;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.DivergenceException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Native;
import io.t4rec.train.baseline.Popularity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training with drawn negatives on sessions whose next item follows from the last one, but for noise. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SampledTrainingTest {
    private static final int ITEMS = 120;
    private static final int FIRST = 3;
    private static final Schema SCHEMA = Schema.of(ColumnSchema.categorical("item_id", FIRST + ITEMS - 1)
            .withTags(Tag.ITEM_ID)
            .withShape(ColumnShape.ragged()));

    private double popularity;
    private double exact;

    /** In four of five cases item i is followed by 7 i + 1, else by an item drawn by Zipf's law. */
    private static SequenceBatch sessions(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[][] sessions = new long[count][];
        for (int i = 0; i < count; i++) {
            sessions[i] = new long[4 + random.nextInt(7)];
            long item = zipf(random);
            for (int j = 0; j < sessions[i].length; j++) {
                sessions[i][j] = FIRST + item;
                item = random.nextInt(5) < 4 ? (7 * item + 1) % ITEMS : zipf(random);
            }
        }
        return SequenceBatch.of("item_id", sessions);
    }

    private static long zipf(SplittableRandom random) {
        return (long) Math.exp(random.nextDouble() * Math.log1p(ITEMS)) - 1;
    }

    private static TrainingConfigEditor training() {
        return TrainingConfig.defaults()
                .edit()
                .epochs(5)
                .batchSize(64)
                .learningRate(1e-2)
                .threads(2)
                .seed(7);
    }

    private static SessionModel model(LossConfig loss) {
        ModelConfig defaults = ModelConfig.defaults();
        return SessionModel.create(
                new ModelConfig(
                        defaults.input(),
                        defaults.masking(),
                        new TransformerSettings("gpt2", 32, 1, 1, 20, "relu", 0.02, 1e-5, 0.1, 32),
                        defaults.head().withLoss(loss)),
                SCHEMA,
                3);
    }

    private static SessionModel train(
            LossConfig loss, TrainingConfig config, int rows, @Nullable Path checkpoints, TrainingListener... listeners)
            throws IOException {
        SessionModel model = model(loss);
        BatchLoader loader = BatchLoader.of(sessions(rows, 1), LoaderConfig.training(64, 20, 2));
        try (Trainer trainer = new Trainer(model, config, loader, List.of(listeners))) {
            trainer.run(null, checkpoints);
        }
        return model;
    }

    private static double reciprocalRank(int[] ranks) {
        return Arrays.stream(ranks).mapToDouble(rank -> 1.0 / rank).average().orElseThrow();
    }

    private static double quality(LossConfig loss, TrainingConfig config) throws IOException {
        SessionModel model = train(loss, config, 1_000, null);
        BatchLoader test = BatchLoader.of(sessions(500, 2), LoaderConfig.evaluation(64, 20));
        double quality = reciprocalRank(
                new Evaluator(false, Exclusion.NONE, 2).rank(model, test).ranks());
        model.release();
        return quality;
    }

    @BeforeAll
    void compareWith() throws IOException {
        SequenceBatch train = sessions(1_000, 1);
        long[][] items = new long[train.rowCount()][];
        for (int row = 0; row < items.length; row++) {
            items[row] = Arrays.copyOfRange(train.longs("item_id"), train.offsets()[row], train.offsets()[row + 1]);
        }
        BatchLoader test = BatchLoader.of(sessions(500, 2), LoaderConfig.evaluation(64, 20));
        popularity = reciprocalRank(new Evaluator(false, Exclusion.NONE, 2)
                .rank(new Popularity(items, FIRST + ITEMS), test, "item_id", FIRST)
                .ranks());
        exact = quality(LossConfig.defaults(), training().build());
        assertThat(exact).isGreaterThan(3 * popularity);
    }

    /** Binary cross-entropy divides the target's part by the number of negatives too, and needs several times the steps. */
    @ParameterizedTest
    @CsvSource({
        "sampled-softmax,uniform,100,5,0.97",
        "sampled-softmax,log-uniform,100,5,0.9",
        "sampled-softmax,popularity,100,5,0.97",
        "sampled-softmax,in-batch,100,5,0.97",
        "sampled-softmax,cached,100,5,0.97",
        "bce,uniform,20,40,0.9",
        "gbce,uniform,20,40,0.8",
        "bpr,popularity,50,5,0.6",
        "bpr-max,popularity,50,5,0.8",
        "top1-max,popularity,50,5,0.8",
        "bpr-max,in-batch,100,5,0.8"
    })
    void comesNearTheFullSoftmaxAndBeatsPopularity(String kind, String sampler, int negatives, int epochs, double share)
            throws IOException {
        LossConfig loss = LossConfig.sampled(LossKind.of(kind), SamplerKind.of(sampler), negatives);
        double rate = epochs > 5 ? 5e-3 : 1e-2;
        double quality =
                quality(loss, training().epochs(epochs).learningRate(rate).build());
        assertThat(quality)
                .as("%s, %s; popularity %s, softmax %s", kind, sampler, popularity, exact)
                .isGreaterThan(3 * popularity)
                .isGreaterThan(share * exact);
    }

    @Test
    void learnsAsWellWithTablesUpdatedByTheirUsedRows() throws IOException {
        LossConfig loss = LossConfig.sampled(LossKind.SAMPLED_SOFTMAX, SamplerKind.IN_BATCH, 100);
        assertThat(quality(loss, training().tableOptimizer("lazy").build())).isGreaterThan(0.9 * exact);
    }

    @Test
    void learnsWithRareTargetsWeighingMore() throws IOException {
        LossConfig weighted = new LossConfig("softmax", null, 1, 0, 0, 0, 1, 0.5);
        assertThat(quality(weighted, training().build())).isGreaterThan(0.9 * exact);
    }

    private static Map<String, List<Float>> weights(SessionModel model) {
        Map<String, List<Float>> weights = new LinkedHashMap<>(SmallRun.weights(model));
        model.release();
        return weights;
    }

    @ParameterizedTest
    @CsvSource({"cached,lazy", "uniform,dense", "in-batch,row-adagrad"})
    void continuesBitByBitAfterBeingStopped(String sampler, String tables, @TempDir Path folder) throws IOException {
        LossConfig loss = LossConfig.sampled(LossKind.SAMPLED_SOFTMAX, SamplerKind.of(sampler), 60);
        TrainingConfig config =
                training().epochs(2).tableOptimizer(tables).checkpointSteps(2).build();
        Map<String, List<Float>> straight = weights(train(loss, config, 500, null));
        TrainingListener stop = new TrainingListener() {
            @Override
            public void onStep(Step step) {
                if (step.step() == 5) {
                    throw new IllegalStateException("stop");
                }
            }
        };
        assertThatThrownBy(() -> train(loss, config, 500, folder, stop)).hasMessage("stop");
        assertThat(weights(train(loss, config, 500, folder))).isEqualTo(straight);
    }

    @ParameterizedTest
    @CsvSource({"sampled-softmax", "bce", "gbce", "bpr", "bpr-max", "top1-max"})
    void namesStepAndBatchWhenTheLossIsNoNumberAnyMore(String kind) {
        LossConfig loss = LossConfig.sampled(LossKind.of(kind), null, 20);
        TrainingConfig config = training().learningRate(1e30).build();
        assertThatThrownBy(() -> train(loss, config, 500, null))
                .isInstanceOf(DivergenceException.class)
                .hasMessageContaining("learningRate: 1.0E30 made the loss NaN at step")
                .hasMessageContaining("batch")
                .hasMessageContaining("last good checkpoint: none");
    }

    @Test
    void refusesPopularityThatIsAllZero() {
        BatchLoader loader = BatchLoader.of(
                SequenceBatch.of("item_id", new long[][] {{1, 2}, {2, 2}}), LoaderConfig.training(2, 20, 2));
        SessionModel model = model(LossConfig.sampled(LossKind.BPR, SamplerKind.POPULARITY, 5));
        assertThatThrownBy(() -> new Trainer(model, training().build(), loader, List.of()))
                .hasMessageContaining("popularity: all zero");
    }

    @Test
    void holdsResidentMemoryFlat() throws IOException {
        List<Long> resident = new ArrayList<>();
        TrainingListener watch = new TrainingListener() {
            @Override
            public void onEpoch(Epoch epoch) {
                resident.add(Native.residentBytes());
            }
        };
        LossConfig loss = LossConfig.sampled(LossKind.SAMPLED_SOFTMAX, SamplerKind.CACHED, 100);
        train(loss, training().epochs(30).tableOptimizer("lazy").build(), 300, null, watch)
                .release();
        // 75 steps after the warm-up
        assertThat(resident.get(29) - resident.get(14)).isLessThan(48L << 20);
    }
}
