package io.t4rec.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.HeadConfig;
import io.t4rec.model.LossConfig;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.model.TransformerSettings;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.masking.Masking;
import io.t4rec.model.masking.PermutationMasking;
import io.t4rec.model.masking.ReplacedItemMasking;
import io.t4rec.model.task.BinaryTask;
import io.t4rec.model.task.HeadTasks;
import io.t4rec.model.task.MultiClassTask;
import io.t4rec.model.task.NextItemTask;
import io.t4rec.model.task.RegressionTask;
import io.t4rec.model.task.TargetTask;
import io.t4rec.model.task.TaskHeads;
import io.t4rec.nn.loss.LossKind;
import io.t4rec.nn.sampling.SamplerKind;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.DivergenceException;
import io.t4rec.schema.IntDomain;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Native;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions that count upward from an item. A session is bought from when it holds an item above 20; the rating of an event is its item
 * over ten, and the segment of a session is its last item modulo three.
 */
class TaskTrainingTest {
    private static final int FIRST = 3;
    private static final int LAST = 32;
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.categorical("item_id", LAST)
                    .withTags(Tag.ITEM_ID)
                    .withTags(Tag.LIST)
                    .withShape(ColumnShape.ragged()),
            ColumnSchema.ragged("rating", DType.FLOAT32).withTags(Tag.TARGET, Tag.REGRESSION),
            ColumnSchema.scalar("bought", DType.INT64).withTags(Tag.TARGET, Tag.BINARY_CLASSIFICATION),
            ColumnSchema.scalar("segment", DType.INT64)
                    .withTags(Tag.TARGET, Tag.MULTI_CLASS_CLASSIFICATION)
                    .withIntDomain(IntDomain.of(0, 2)));

    @TempDir
    Path folder;

    private static SequenceBatch sessions(int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] offsets = new int[rows + 1];
        List<Long> items = new ArrayList<>();
        long[] bought = new long[rows];
        long[] segment = new long[rows];
        for (int row = 0; row < rows; row++) {
            int length = 2 + random.nextInt(6);
            long first = FIRST + random.nextInt(LAST - FIRST + 1);
            for (int i = 0; i < length; i++) {
                long item = FIRST + (first - FIRST + i) % (LAST - FIRST + 1);
                items.add(item);
                bought[row] |= item > 20 ? 1 : 0;
                segment[row] = item % 3;
            }
            offsets[row + 1] = items.size();
        }
        float[] rating = new float[items.size()];
        for (int i = 0; i < rating.length; i++) {
            rating[i] = items.get(i) / 10f;
        }
        return new SequenceBatch(
                offsets,
                Map.of("item_id", items.stream().mapToLong(Long::longValue).toArray()),
                Map.of("rating", rating),
                Map.of("bought", bought, "segment", segment),
                Map.of());
    }

    private static BatchLoader training() {
        return BatchLoader.of(sessions(600, 1), LoaderConfig.training(32, 10, 2));
    }

    private static BatchLoader evaluation() {
        return BatchLoader.of(sessions(300, 9), LoaderConfig.evaluation(64, 10));
    }

    private static ModelConfig config(String type, String task) {
        Masking masking = switch (task) {
            case "clm" -> new CausalMasking(false);
            case "mlm" -> new MaskedMasking(0.15);
            case "plm" -> new PermutationMasking(0.3, 2, false, false);
            case "rtd" -> new ReplacedItemMasking(0.3, 1.0, 1.0, 1.0, "softmax", null);
            default -> throw new IllegalArgumentException(task);
        };
        TransformerSettings body = ModelConfig.defaults().transformer();
        return new ModelConfig(
                InputConfig.itemsOnly(),
                masking,
                new TransformerSettings(type, 32, 2, 1, 10, body.hiddenAct(), 0.02, 1e-5, 0.0, null),
                HeadConfig.defaults());
    }

    private static TrainingConfigEditor settings() {
        return TrainingConfig.defaults()
                .edit()
                .epochs(8)
                .batchSize(32)
                .learningRate(5e-3)
                .threads(2)
                .seed(7);
    }

    private static SessionModel train(ModelConfig config, TrainingConfig training) throws IOException {
        SessionModel model = SessionModel.create(config, SCHEMA, 3);
        try (Trainer trainer = new Trainer(model, training, training(), List.of())) {
            trainer.run(null, null);
        }
        return model;
    }

    private static Map<String, Double> metrics(SessionModel model) {
        Map<String, Double> metrics = new LinkedHashMap<>(
                new TaskEvaluator(true, 2).score(model, evaluation()).metrics());
        if (model.config().predictsNextItem()) {
            metrics.putAll(Evaluator.lastItem().rank(model, evaluation()).means(1));
        }
        return metrics;
    }

    @ParameterizedTest
    @CsvSource({"gpt2,clm", "bert,mlm", "xlnet,mlm", "gru,clm"})
    void learnsTargetsWithoutTheNextItem(String type, String task) throws IOException {
        SessionModel model = train(
                config(type, task).withHeads(HeadTasks.fromSchemaTags()),
                settings().build());
        assertThat(model.config().predictsNextItem()).isFalse();
        assertThat(model.parameters().keySet()).noneMatch(name -> name.startsWith("head."));
        Map<String, Double> metrics = metrics(model);
        Map<String, Double> constant = new TaskEvaluator(true, 1)
                .constant(model, training(), evaluation())
                .metrics();
        assertThat(metrics.keySet())
                .containsExactlyElementsOf(TaskHeads.metricLabels(model.config().heads(), SCHEMA));
        assertThat(metrics.get("bought/auc")).isGreaterThan(0.97);
        assertThat(metrics.get("rating/mse")).isLessThan(0.1 * constant.get("rating/mse"));
        assertThat(metrics.get("segment/accuracy")).isGreaterThan(0.9);
        assertThat(constant.get("bought/auc")).isEqualTo(0.5);
        assertThat(metrics.get("segment/log-loss")).isLessThan(0.5 * constant.get("segment/log-loss"));
        assertThatThrownBy(() -> Evaluator.lastItem().rank(model, evaluation()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("model: predicts [rating, bought, segment]");
        model.release();
    }

    @ParameterizedTest
    @CsvSource({"gpt2,clm", "bert,mlm", "xlnet,plm", "electra,rtd"})
    void learnsTheNextItemAndTargetsTogether(String type, String task) throws IOException {
        ModelConfig both = config(type, task)
                .withHeads(
                        HeadTasks.of(new NextItemTask(1.0)),
                        new HeadTasks(List.of(), true, List.of(16), Map.of("rating", 2.0), 3.0, "sum"));
        TrainingConfigEditor settings = task.equals("clm")
                ? settings().epochs(12)
                : settings().epochs(40).learningRate(2e-3);
        SessionModel model = train(both, settings.build());
        Map<String, Double> metrics = metrics(model);
        assertThat(metrics.get("recall@1")).isGreaterThan(0.8);
        assertThat(metrics.get("bought/auc")).isGreaterThan(0.97);
        assertThat(metrics.get("segment/accuracy")).isGreaterThan(0.9);
        model.release();
    }

    @Test
    void tellsWhatEachTaskLoses() throws IOException {
        ModelConfig both = config("gpt2", "clm")
                .withHeads(new HeadTasks(
                        List.of(new NextItemTask(2.0)), true, List.of(), Map.of("rating", 0.5), 1.0, "sum"));
        SessionModel model = SessionModel.create(both, SCHEMA, 3);
        List<TrainingListener.Step> steps = new ArrayList<>();
        TrainingListener heard = new TrainingListener() {
            @Override
            public void onStep(Step step) {
                steps.add(step);
            }
        };
        try (Trainer trainer = new Trainer(model, settings().epochs(1).build(), training(), List.of(heard))) {
            trainer.run(null, null);
        }
        for (TrainingListener.Step step : steps) {
            Map<String, Double> own = step.figures();
            assertThat(own.keySet())
                    .containsExactlyInAnyOrder("next-item/loss", "rating/loss", "bought/loss", "segment/loss");
            assertThat(2 * own.get("next-item/loss")
                            + 0.5 * own.get("rating/loss")
                            + own.get("bought/loss")
                            + own.get("segment/loss"))
                    .isCloseTo(step.loss(), Offset.offset(1e-5));
        }
        model.release();
    }

    /** A list of the next item alone is what no list is, to the last bit. */
    @Test
    void theNextItemByHandIsTheUsualModel() throws IOException {
        ModelConfig usual = config("gpt2", "clm");
        TrainingConfig training = settings().epochs(1).build();
        assertThat(SmallRun.weights(train(usual.withHeads(HeadTasks.of(new NextItemTask(1.0))), training)))
                .isEqualTo(SmallRun.weights(train(usual, training)));
    }

    @Test
    void givesTheSameWeightsForTheSameSeed() throws IOException {
        ModelConfig both = config("gpt2", "clm")
                .withHeads(new HeadTasks(List.of(new NextItemTask(1.0)), true, List.of(), Map.of(), 1.0, "mean"));
        TrainingConfig training = settings().epochs(1).threads(3).build();
        assertThat(SmallRun.weights(train(both, training))).isEqualTo(SmallRun.weights(train(both, training)));
        assertThat(SmallRun.weights(train(
                        both,
                        settings()
                                .epochs(1)
                                .threads(3)
                                .gradientCheckpointing(true)
                                .build())))
                .as("blocks computed anew")
                .isEqualTo(SmallRun.weights(train(both, training)));
    }

    @Test
    void learnsWithDrawnNegativesAndRowsOfTheTables() throws IOException {
        ModelConfig plain = config("gpt2", "clm");
        LossConfig loss = LossConfig.sampled(LossKind.SAMPLED_SOFTMAX, SamplerKind.UNIFORM, 8);
        ModelConfig both = new ModelConfig(
                plain.input(),
                plain.masking(),
                plain.transformer(),
                plain.head().withLoss(loss),
                List.of(new HeadTasks(List.of(new NextItemTask(1.0)), true, List.of(), Map.of(), 1.0, "sum")),
                null);
        for (String tables : new String[] {"dense", "lazy"}) {
            SessionModel model =
                    train(both, settings().tableOptimizer(tables).epochs(12).build());
            Map<String, Double> metrics = metrics(model);
            assertThat(metrics.get("recall@1")).as(tables).isGreaterThan(0.7);
            assertThat(metrics.get("bought/auc")).as(tables).isGreaterThan(0.95);
            model.release();
        }
    }

    /** What a target says must not reach what predicts it. */
    @Test
    void targetsAreNeverInputs() {
        SessionModel model =
                SessionModel.create(config("gpt2", "clm").withHeads(HeadTasks.fromSchemaTags()), SCHEMA, 3);
        SequenceBatch batch = sessions(20, 4);
        SequenceBatch other = new SequenceBatch(
                batch.offsets(),
                Map.of("item_id", batch.longs("item_id")),
                Map.of("rating", new float[batch.floats("rating").length]),
                Map.of("bought", new long[20], "segment", new long[20]),
                Map.of());
        List<double[]> first = model.predictions(batch, false);
        List<double[]> second = model.predictions(other, false);
        for (int task = 0; task < first.size(); task++) {
            assertThat(second.get(task)).containsExactly(first.get(task));
        }
        assertThat(model.parameters().keySet()).noneMatch(name -> name.startsWith("input.") && name.contains("rating"));
    }

    @Test
    void keepsTheEpochThatAMetricOfATaskFindsBestAlsoWhereLowerIsBetter() throws IOException {
        double[] losses = {0.6, 0.4, Double.NaN, 0.5, 0.3};
        List<Boolean> best = best("bought/log-loss", losses);
        assertThat(best).containsExactly(true, true, false, false, true);
        assertThat(best("bought/auc", new double[] {Double.NaN, 0.5, 0.4, 0.7, 0.7}))
                .containsExactly(false, true, false, true, false);
    }

    private static List<Boolean> best(String decisive, double... values) throws IOException {
        SessionModel model =
                SessionModel.create(config("gpt2", "clm").withHeads(HeadTasks.fromSchemaTags()), SCHEMA, 3);
        var next = DoubleStream.of(values).iterator();
        List<Boolean> best = new ArrayList<>();
        TrainingListener heard = new TrainingListener() {
            @Override
            public void onEpoch(Epoch epoch) {
                best.add(epoch.best());
            }
        };
        TrainingConfig training = settings().epochs(values.length).build();
        BatchLoader few = BatchLoader.of(sessions(32, 1), LoaderConfig.training(32, 10, 2));
        try (Trainer trainer = new Trainer(model, training, few, List.of(heard))) {
            trainer.run(new Trainer.Validation(() -> Map.of(decisive, next.nextDouble()), decisive), null);
        }
        model.release();
        return best;
    }

    @ParameterizedTest
    @ValueSource(strings = {"rating", "bought", "segment"})
    void refusesPredictionsThatAreNoNumbers(String target) {
        TargetTask task = switch (target) {
            case "rating" -> RegressionTask.of(target);
            case "bought" -> BinaryTask.of(target);
            default -> MultiClassTask.of(target);
        };
        SessionModel model = SessionModel.create(config("gpt2", "clm").withHeads(HeadTasks.of(task)), SCHEMA, 3);
        diverge(model);
        assertThatThrownBy(() -> new TaskEvaluator(true, 2).score(model, evaluation()))
                .isInstanceOf(DivergenceException.class)
                .hasMessageContaining("model: the prediction of task " + target + " is no number (expected: a number;")
                .hasMessageContaining("training.learningRate");
        model.release();
    }

    @Test
    void refusesADiscriminatorThatSaysNoNumbers() {
        SessionModel model = SessionModel.create(config("electra", "rtd"), SCHEMA, 3);
        diverge(model);
        assertThatThrownBy(() -> Evaluator.lastItem().discriminator(model, evaluation()))
                .isInstanceOf(DivergenceException.class)
                .hasMessageContaining("discriminator")
                .hasMessageContaining("is no number (expected: a number; its training has diverged");
        model.release();
    }

    private static void diverge(SessionModel model) {
        try (Autograd off = Autograd.disabled()) {
            model.parameters().values().forEach(weights -> weights.value().fillInPlace(Float.NaN));
        }
    }

    @Test
    void continuesBitByBit() throws IOException {
        ModelConfig both = config("gpt2", "clm")
                .withHeads(new HeadTasks(List.of(new NextItemTask(1.0)), true, List.of(), Map.of(), 1.0, "mean"));
        SessionModel straight = train(both, settings().epochs(2).build());
        SessionModel model = SessionModel.create(both, SCHEMA, 3);
        for (int epochs = 1; epochs <= 2; epochs++) {
            try (Trainer trainer = new Trainer(model, settings().epochs(epochs).build(), training(), List.of())) {
                trainer.run(null, folder);
            }
        }
        assertThat(SmallRun.weights(model)).isEqualTo(SmallRun.weights(straight));
    }

    @Test
    void keepsItsMemoryOverManySteps() throws IOException {
        ModelConfig both = config("gpt2", "clm")
                .withHeads(new HeadTasks(List.of(new NextItemTask(1.0)), true, List.of(), Map.of(), 1.0, "mean"));
        SessionModel model = SessionModel.create(both, SCHEMA, 3);
        long[] resident = new long[2];
        TrainingListener watch = new TrainingListener() {
            @Override
            public void onEpoch(Epoch epoch) {
                new TaskEvaluator(true, 2).score(model, evaluation());
                if (epoch.epoch() == 9 || epoch.epoch() == 29) {
                    resident[epoch.epoch() == 9 ? 0 : 1] = Native.residentBytes();
                }
            }
        };
        try (Trainer trainer = new Trainer(model, settings().epochs(30).build(), training(), List.of(watch))) {
            trainer.run(null, null);
        }
        assertThat(resident[1] - resident[0]).isLessThan(24L << 20);
    }

    @Test
    void refusesTargetsThatCantBeLearned() {
        Schema schema = SCHEMA.excluding(List.of("rating"))
                .plus(Schema.of(ColumnSchema.ragged("rating", DType.FLOAT32).withTags(Tag.TARGET)));
        SessionModel model = SessionModel.create(
                config("gpt2", "clm").withHeads(HeadTasks.of(RegressionTask.of("rating"), BinaryTask.of("bought"))),
                schema,
                3);
        SequenceBatch wrong = new SequenceBatch(
                new int[] {0, 2},
                Map.of("item_id", new long[] {4, 5}),
                Map.of("rating", new float[] {1, Float.NaN}),
                Map.of("bought", new long[] {1}, "segment", new long[] {0}),
                Map.of());
        assertThatThrownBy(() -> {
                    try (Trainer trainer = new Trainer(
                            model,
                            settings().build(),
                            BatchLoader.of(wrong, LoaderConfig.training(32, 10, 2)),
                            List.of())) {
                        trainer.run(null, null);
                    }
                })
                .isInstanceOf(DataException.class)
                .hasMessageContaining("target rating, session 0 of a batch: NaN");
    }
}
