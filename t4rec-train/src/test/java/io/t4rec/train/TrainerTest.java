package io.t4rec.train;

import static io.t4rec.train.SmallRun.config;
import static io.t4rec.train.SmallRun.train;
import static io.t4rec.train.SmallRun.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.model.TransformerSettings;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DivergenceException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    @TempDir
    Path folder;

    private static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static TrainingListener stopAt(long stop) {
        return new TrainingListener() {
            @Override
            public void onStep(Step step) {
                if (step.step() == stop) {
                    throw new Stop();
                }
            }
        };
    }

    /** Hears which steps are done. */
    private static final class Heard implements TrainingListener {
        private final List<Step> steps = new ArrayList<>();
        private final List<Epoch> epochs = new ArrayList<>();

        @Override
        public void onStep(Step step) {
            steps.add(step);
        }

        @Override
        public void onEpoch(Epoch epoch) {
            epochs.add(epoch);
        }
    }

    @Test
    void givesTheSameWeightsForTheSameSeed() throws IOException {
        assertThat(weights(train(config().build(), null, null)))
                .isEqualTo(weights(train(config().build(), null, null)));
        assertThat(weights(train(config().seed(8).build(), null, null)))
                .as("another seed")
                .isNotEqualTo(weights(train(config().build(), null, null)));
    }

    @Test
    void givesTheSameWeightsWhetherBlocksAreKeptOrComputedAnew() throws IOException {
        assertThat(weights(train(config().gradientCheckpointing(true).build(), null, null)))
                .isEqualTo(weights(train(config().build(), null, null)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bfloat16", "float16"})
    void learnsAsWellInMixedPrecision(String precision) throws IOException {
        Heard wide = new Heard();
        Heard narrow = new Heard();
        Map<String, List<Float>> wideWeights = weights(train(config().build(), null, null, wide));
        assertThat(weights(train(config().precision(precision).build(), null, null, narrow)))
                .as("computed in another precision")
                .isNotEqualTo(wideWeights);
        TrainingListener.Epoch first = narrow.epochs.get(0);
        TrainingListener.Epoch last = narrow.epochs.get(narrow.epochs.size() - 1);
        assertThat(last.loss()).isLessThan(first.loss());
        assertThat(last.loss())
                .isCloseTo(wide.epochs.get(wide.epochs.size() - 1).loss(), Percentage.withPercentage(2));
    }

    @Test
    void refusesAnUnknownPrecision() {
        assertThatThrownBy(() -> config().precision("float8").build())
                .isInstanceOf(ConfigException.class)
                .hasMessage("training.precision: float8 (expected: one of [bfloat16, float16, float32])");
    }

    @Test
    void continuesBitByBitAfterBeingStoppedAtAnyStep() throws IOException {
        for (int accumulation : new int[] {1, 2}) {
            TrainingConfig config = config().gradientAccumulation(accumulation).build();
            Map<String, List<Float>> straight = weights(train(config, null, null));
            for (int stop : new int[] {1, 4, 6, 9, 14}) {
                Path checkpoints = folder.resolve("stop-" + accumulation + "-" + stop);
                assertThatThrownBy(() -> train(config, null, checkpoints, stopAt(stop)))
                        .isInstanceOf(Stop.class);
                assertThat(weights(train(config, null, checkpoints)))
                        .as("stopped at " + stop + ", accumulating " + accumulation)
                        .isEqualTo(straight);
            }
        }
    }

    @Test
    void goesOnWithinAnEpochThatTheStepsCutOff() throws IOException {
        for (int accumulation : new int[] {1, 2}) {
            TrainingConfigEditor config = config().schedule("constant").gradientAccumulation(accumulation);
            Map<String, List<Float>> straight = weights(train(config.maxSteps(8).build(), null, null));
            Path checkpoints = folder.resolve("run-" + accumulation);
            train(config.maxSteps(3).build(), null, checkpoints);
            assertThat(weights(train(config.maxSteps(8).build(), null, checkpoints)))
                    .as("accumulating " + accumulation)
                    .isEqualTo(straight);
        }
    }

    @Test
    void forgetsTheMetricsOfAnEpochThatWasCutOffOnceItGoesOn() throws IOException {
        TrainingConfigEditor config = config().schedule("constant");
        List<TrainingListener.Epoch> straight = new ArrayList<>();
        Map<String, List<Float>> expected = trained(config.maxSteps(14).build(), null, straight, 0.5, 0.1);
        List<TrainingListener.Epoch> cutOff = new ArrayList<>();
        trained(config.maxSteps(5).build(), folder, cutOff, 0.9);
        assertThat(cutOff).extracting(TrainingListener.Epoch::best).containsExactly(true);
        List<TrainingListener.Epoch> whole = new ArrayList<>();
        assertThat(trained(config.maxSteps(14).build(), folder, whole, 0.5, 0.1))
                .isEqualTo(expected);
        assertThat(whole).extracting(TrainingListener.Epoch::best).containsExactly(true, false);
        assertThat(withoutSeconds(whole)).isEqualTo(withoutSeconds(straight));
    }

    private static List<TrainingListener.Epoch> withoutSeconds(List<TrainingListener.Epoch> epochs) {
        return epochs.stream()
                .map(each -> new TrainingListener.Epoch(each.epoch(), each.loss(), 0, each.metrics(), each.best()))
                .toList();
    }

    /** The weights of a run whose epochs are found as good as said. */
    private static Map<String, List<Float>> trained(
            TrainingConfig config, @Nullable Path checkpoints, List<TrainingListener.Epoch> epochs, double... metrics)
            throws IOException {
        Iterator<Double> next = DoubleStream.of(metrics).iterator();
        Trainer.Validation validation = new Trainer.Validation(() -> Map.of("ndcg@20", next.next()), "ndcg@20");
        SessionModel model = SessionModel.create(SmallRun.fullSoftmax(), SmallRun.SCHEMA, 3);
        try (Trainer trainer = new Trainer(model, config, SmallRun.loader(), List.of())) {
            epochs.addAll(trainer.run(validation, checkpoints));
        }
        return weights(model);
    }

    @ParameterizedTest
    @CsvSource({"6, 6", "7, 7", "7, 5", "9, 9"
    }) // checkpoints are taken after 3 and 6 batches, and after the epoch of 9
    void tellsTheSameAgainWhenAllStepsAreTaken(long first, long then) throws IOException {
        TrainingConfigEditor config = config().schedule("constant");
        List<TrainingListener.Epoch> before = new ArrayList<>();
        Map<String, List<Float>> weights = trained(config.maxSteps(first).build(), folder, before, 0.5);
        List<TrainingListener.Epoch> again = new ArrayList<>();
        assertThat(trained(config.maxSteps(then).build(), folder, again, 0.5)).isEqualTo(weights);
        assertThat(withoutSeconds(again)).hasSize(1).isEqualTo(withoutSeconds(before));
    }

    @Test
    void refusesToContinueWithOtherSettings() throws IOException {
        Path checkpoints = folder.resolve("run");
        train(config().build(), null, checkpoints);
        assertThatThrownBy(() -> train(config().learningRate(0.5).build(), null, checkpoints))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("learningRate=0.5")
                .hasMessageContaining("checkpoint-18");
        Heard heard = new Heard();
        train(config().epochs(3).build(), null, checkpoints, heard);
        assertThat(heard.epochs).as("more epochs may be asked for").hasSize(1);
    }

    @Test
    void refusesACheckpointOfAnUnknownVersion() throws IOException {
        Path checkpoints = folder.resolve("run");
        train(config().build(), null, checkpoints);
        Path state = checkpoints.resolve("checkpoint-18/state.json");
        String text = Files.readString(state);
        assertThat(text).containsPattern("\"formatVersion\" ?: ?2");
        Files.writeString(state, text.replaceFirst("\"formatVersion\" ?: ?2", "\"formatVersion\": 99"));
        assertThatThrownBy(() -> train(config().build(), null, checkpoints))
                .hasMessageContaining("99")
                .hasMessageContaining("expected: 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"state.json", "weights.safetensors", "optimizer.safetensors"})
    void saysWhatToDoWithADamagedCheckpoint(String file) throws IOException {
        TrainingConfig config = config().epochs(1).build();
        Map<String, List<Float>> whole = weights(train(config, null, folder));
        Path checkpoint = folder.resolve("checkpoint-9");
        byte[] content = Files.readAllBytes(checkpoint.resolve(file));
        Files.write(checkpoint.resolve(file), Arrays.copyOf(content, content.length / 2));
        assertDamaged(config, file, checkpoint);
        Files.delete(checkpoint.resolve(file));
        assertDamaged(config, file, checkpoint);
        AtomicFiles.deleteTree(checkpoint);
        assertThat(weights(train(config, null, folder))).isEqualTo(whole);
    }

    private void assertDamaged(TrainingConfig config, String file, Path checkpoint) {
        assertThatThrownBy(() -> train(config, null, folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(file)
                .hasMessageContaining("(expected: a whole checkpoint; delete " + checkpoint + ", and the run goes on");
    }

    @Test
    void sumsUpBatchesToTheGradientOfOneTwiceAsLarge() throws IOException {
        ModelConfig plain = new ModelConfig(
                InputConfig.itemsOnly(),
                new CausalMasking(true), // one target a row, so that both halves weigh the same
                new TransformerSettings("gpt2", 16, 2, 1, 20, "relu", 0.02, 1e-5, 0, null),
                ModelConfig.defaults().head());
        LoaderConfig halves = new LoaderConfig(16, 20, false, 0, 200, false, true);
        LoaderConfig whole = new LoaderConfig(32, 20, false, 0, 200, false, true);
        TrainingConfig one = config().epochs(1).schedule("constant").clipNorm(0).build();
        SessionModel summed =
                trainOn(plain, halves, one.edit().gradientAccumulation(2).build());
        SessionModel large = trainOn(plain, whole, one);
        Iterator<List<Float>> expected = weights(large).values().iterator();
        weights(summed).forEach((name, values) -> {
            List<Float> other = expected.next();
            for (int i = 0; i < values.size(); i++) {
                assertThat(values.get(i)).as(name).isCloseTo(other.get(i), Offset.offset(2e-4f));
            }
        });
    }

    private static SessionModel trainOn(ModelConfig modelConfig, LoaderConfig loading, TrainingConfig config)
            throws IOException {
        SessionModel model = SessionModel.create(modelConfig, SmallRun.SCHEMA, 3);
        BatchLoader loader = BatchLoader.of(SmallRun.sessions().rows(0, 128), loading);
        try (Trainer trainer = new Trainer(model, config, loader, List.of())) {
            trainer.run(null, null);
        }
        return model;
    }

    @Test
    void endsAfterTheStepsAskedForWhateverTheEpochs() throws IOException {
        for (int accumulation : new int[] {1, 4}) {
            Heard heard = new Heard();
            train(
                    config().maxSteps(11)
                            .gradientAccumulation(accumulation)
                            .epochs(1)
                            .build(),
                    null,
                    null,
                    heard);
            // nine batches an epoch: 3 steps of 4, 4 and 1 batches when four are summed up
            int batches = accumulation == 1 ? 11 : 3 * 9 + 8;
            assertThat(heard.steps).hasSize(batches).allMatch(step -> step.totalSteps() == batches);
        }
    }

    @Test
    void keepsTheBestEpochAndEndsWhenNoBetterOneComes() throws IOException {
        double[] metrics = {0.1, 0.5, 0.3, 0.2, 0.9};
        List<Map<String, List<Float>>> after = new ArrayList<>();
        SessionModel model = SessionModel.create(ModelConfig.defaults(), SmallRun.SCHEMA, 3);
        Trainer.Validation validation = new Trainer.Validation(
                () -> {
                    after.add(weights(model));
                    return Map.of("ndcg@20", metrics[after.size() - 1]);
                },
                "ndcg@20");
        TrainingConfig config = config().epochs(5).patience(2).build();
        try (Trainer trainer = new Trainer(model, config, SmallRun.loader(), List.of())) {
            List<TrainingListener.Epoch> epochs = trainer.run(validation, null);
            assertThat(epochs).extracting(TrainingListener.Epoch::best).containsExactly(true, true, false, false);
        }
        assertThat(weights(model)).isEqualTo(after.get(1)).isNotEqualTo(after.get(3));
    }

    @Test
    void refusesPatienceWithoutAValidationAndARunAfterItWasClosed() throws IOException {
        SessionModel model = SessionModel.create(ModelConfig.defaults(), SmallRun.SCHEMA, 3);
        Trainer trainer = new Trainer(model, config().patience(2).build(), SmallRun.loader(), List.of());
        assertThatThrownBy(() -> trainer.run(null, null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("training.patience: 2 (expected: 0 without validation");
        trainer.close();
        assertThatThrownBy(() -> trainer.run(new Trainer.Validation(Map::of, "ndcg@20"), null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("trainer: closed");
    }

    @Test
    void givesUpAfterAnEpochThatIsJudgedHopeless() throws IOException {
        SessionModel model = SessionModel.create(ModelConfig.defaults(), SmallRun.SCHEMA, 3);
        List<Integer> judged = new ArrayList<>();
        Trainer.Validation validation = new Trainer.Validation(() -> Map.of("ndcg@20", 0.5), "ndcg@20", epochs -> {
            judged.add(epochs.size());
            return epochs.size() == 2;
        });
        try (Trainer trainer = new Trainer(model, config().epochs(5).build(), SmallRun.loader(), List.of())) {
            assertThat(trainer.run(validation, null)).hasSize(2);
        }
        assertThat(judged).as("once after each epoch").containsExactly(1, 2);
    }

    @Test
    void namesStepAndBatchWhenTheLossIsNoNumberAnyMore() {
        assertThatThrownBy(() -> train(config().learningRate(1e30).build(), null, null))
                .isInstanceOf(DivergenceException.class)
                .hasMessageContaining("learningRate: 1.0E30")
                .hasMessageContaining("step");
    }

    /** Makes weights useless once a step is done. */
    private static TrainingListener poisonAt(long poisoned, SessionModel model) {
        return setAt(poisoned, model, Float.NaN);
    }

    private static TrainingListener setAt(long poisoned, SessionModel model, float value) {
        return new TrainingListener() {
            @Override
            public void onStep(Step step) {
                if (step.step() == poisoned) {
                    try (Autograd off = Autograd.disabled()) {
                        model.parameters()
                                .values()
                                .forEach(weights -> weights.value().fillInPlace(value));
                    }
                }
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "2, none)", // before the first checkpoint
        "3, 'none, {folder}/checkpoint-3 has these weights)'",
        "4, {folder}/checkpoint-3)"
    })
    void namesTheLastCheckpointWhoseWeightsHadALossThatWasANumber(long poisoned, String checkpoint) {
        SessionModel model = SessionModel.create(SmallRun.fullSoftmax(), SmallRun.SCHEMA, 3);
        assertThatThrownBy(() -> {
                    try (Trainer trainer = new Trainer(
                            model,
                            config().build(),
                            SmallRun.loader(),
                            List.of(setAt(poisoned, model, 1e30f)))) { // numbers, but too large for a loss
                        trainer.run(null, folder);
                    }
                })
                .isInstanceOf(DivergenceException.class)
                .hasMessageContaining("step " + (poisoned + 1) + ", batch " + (poisoned + 1) + " of epoch 1")
                .hasMessageEndingWith("last good checkpoint: " + checkpoint.replace("{folder}", folder.toString()));
        model.release();
    }

    @ParameterizedTest
    @CsvSource({"6, 3", "9, 6"}) // within the epoch, and at its end
    void keepsTheLastGoodCheckpointWhenWeightsAreNoNumbers(long poisoned, long good) {
        SessionModel model = SessionModel.create(SmallRun.fullSoftmax(), SmallRun.SCHEMA, 3);
        assertThatThrownBy(() -> {
                    try (Trainer trainer = new Trainer(
                            model, config().build(), SmallRun.loader(), List.of(poisonAt(poisoned, model)))) {
                        trainer.run(null, folder);
                    }
                })
                .isInstanceOf(DivergenceException.class)
                .hasMessageContaining("no numbers at the last step, " + poisoned)
                .hasMessageEndingWith("last good checkpoint: " + folder + "/checkpoint-" + good + ")");
        assertThat(folder.resolve("checkpoint-" + good)).isDirectory();
        assertThat(folder.resolve("checkpoint-" + poisoned)).doesNotExist();
        model.release();
    }

    @Test
    void namesStepEpochAndCheckpointWhenTheValidationFindsNoNumbers() {
        Trainer.Validation validation = new Trainer.Validation(
                () -> {
                    throw new DivergenceException("model: the score of item id 4 is no number");
                },
                "ndcg@20");
        assertThatThrownBy(() -> train(config().build(), validation, folder))
                .isInstanceOf(DivergenceException.class)
                .hasMessage("validation after step 9, in epoch 1: model: the score of item id 4 is no number;"
                        + " last good checkpoint: " + folder + "/checkpoint-6");
    }

    @Test
    void namesTheWeightsThatTheLastStepMadeNoNumbers() {
        SessionModel model = SessionModel.create(SmallRun.fullSoftmax(), SmallRun.SCHEMA, 3);
        assertThatThrownBy(() -> {
                    try (Trainer trainer = new Trainer(
                            model, config().maxSteps(4).build(), SmallRun.loader(), List.of(poisonAt(4, model)))) {
                        trainer.run(null, null);
                    }
                })
                .isInstanceOf(DivergenceException.class)
                .hasMessageContaining("made the weights ")
                .hasMessageContaining("no numbers at the last step, 4 (expected: numbers");
        model.release();
    }

    @Test
    void descendsWithMomentumWhereSgdIsAskedFor() throws IOException {
        TrainingConfigEditor descent = config().optimizer("sgd").learningRate(0.01);
        assertThat(weights(train(descent.momentum(0.9).build(), null, null)))
                .isNotEqualTo(weights(train(descent.momentum(0).build(), null, null)));
        assertThatThrownBy(() -> config().momentum(0.9).build())
                .isInstanceOf(ConfigException.class)
                .hasMessage("training.momentum: 0.9 (expected: 0 with optimizer adam, or optimizer sgd)");
        assertThatThrownBy(() -> descent.momentum(1).build())
                .isInstanceOf(ConfigException.class)
                .hasMessage("training.momentum: 1.0 (expected: 0 <= momentum < 1)");
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
        train(config().epochs(60).build(), null, null, watch);
        // 360 steps after the warm-up
        assertThat(resident.get(59) - resident.get(20)).isLessThan(48L << 20);
    }
}
