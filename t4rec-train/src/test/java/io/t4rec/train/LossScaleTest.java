package io.t4rec.train;

import static io.t4rec.train.SmallRun.config;
import static io.t4rec.train.SmallRun.train;
import static io.t4rec.train.SmallRun.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.model.SessionModel;
import io.t4rec.model.TrainingFigures;
import io.t4rec.schema.DivergenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossScaleTest {
    @TempDir
    Path folder;

    @Test
    void halvesWhenGradientsOverflowAndDoublesAfterTwoThousandGoodSteps() {
        LossScale scale = new LossScale(true);
        scale.follow(true);
        scale.follow(false);
        assertThat(scale.value()).isEqualTo(32_768);
        for (int i = 0; i < 1_999; i++) {
            scale.follow(true);
        }
        assertThat(scale.value()).isEqualTo(32_768);
        scale.follow(true);
        assertThat(scale.value()).isEqualTo(65_536);
    }

    @Test
    void staysOneInOtherPrecisions() {
        LossScale scale = new LossScale(false);
        scale.follow(true);
        scale.restore(64, 3);
        assertThat(scale.value()).isEqualTo(1);
    }

    @Test
    void givesUpWhenGradientsOverflowWithoutAScale() {
        LossScale scale = new LossScale(true);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        scale.follow(false);
                    }
                })
                .isInstanceOf(DivergenceException.class)
                .hasMessageContaining("choose bfloat16 or float32");
    }

    /** Takes the steps of some batches with a scale. */
    private static List<Boolean> steps(SessionModel model, double first, LossScale[] scale) {
        List<Boolean> taken = new ArrayList<>();
        TrainingConfig config = config().precision("float16").build();
        try (ParallelStep step = new ParallelStep(model, config, null, new Workers(2))) {
            step.scale().restore(first, 5);
            scale[0] = step.scale();
            for (int number = 0; number < 2; number++) {
                assertThat(step.accumulate(SmallRun.sessions(), number, new TrainingFigures()))
                        .as("the loss itself is not scaled")
                        .isBetween(2.0, 5.0);
                taken.add(step.update(1e-3));
                assertThat(step.optimizer().steps())
                        .isEqualTo(taken.stream().filter(was -> was).count());
            }
        }
        return taken;
    }

    @Test
    void leavesOutAStepWhoseGradientsOverflow() {
        SessionModel model = SessionModel.create(SmallRun.fullSoftmax(), SmallRun.SCHEMA, 3);
        Map<String, List<Float>> before = weights(model);
        LossScale[] scale = new LossScale[1];
        assertThat(steps(model, 0x1p40, scale)).containsExactly(false, false);
        assertThat(weights(model)).isEqualTo(before);
        assertThat(scale[0].value()).isEqualTo(0x1p38);
        assertThat(scale[0].steps()).isZero();
        assertThat(steps(model, 1_024, scale)).containsExactly(true, true);
        assertThat(weights(model)).isNotEqualTo(before);
        assertThat(scale[0].value()).isEqualTo(1_024);
        assertThat(scale[0].steps()).isEqualTo(7);
    }

    @Test
    void tellsHowManyStepsWereLeftOut() throws IOException {
        List<TrainingListener.Step> steps = new ArrayList<>();
        List<TrainingListener.Epoch> epochs = new ArrayList<>();
        TrainingListener heard = new TrainingListener() {
            @Override
            public void onStep(Step step) {
                steps.add(step);
            }

            @Override
            public void onEpoch(Epoch epoch) {
                epochs.add(epoch);
            }
        };
        TrainingConfig once = config().precision("float16").epochs(1).build();
        Path checkpoints = folder.resolve("run");
        train(once, null, checkpoints, heard);
        assertThat(epochs.get(0).figures()).containsEntry(Trainer.SKIPPED, 0.0);
        Path state = checkpoints.resolve("checkpoint-9/state.json");
        Files.writeString(
                state, Files.readString(state).replaceFirst("\"lossScale\" ?: ?[0-9.]+", "\"lossScale\":1e9"));
        train(once.edit().epochs(3).build(), null, checkpoints, heard);
        List<Double> skipped = steps.subList(9, 27).stream()
                .map(step -> step.figures().get(Trainer.SKIPPED))
                .toList();
        assertThat(skipped).startsWith(1.0).endsWith(0.0);
        assertThat(epochs.get(1).figures().get(Trainer.SKIPPED))
                .isEqualTo(skipped.subList(0, 9).stream()
                        .mapToDouble(share -> share)
                        .average()
                        .orElseThrow());
    }

    @Test
    void continuesBitByBitInMidRunAfterStepsThatWereLeftOut() throws IOException {
        TrainingConfig whole = config().precision("float16").epochs(3).build();
        Path straight = folder.resolve("straight");
        Path stopped = folder.resolve("stopped");
        for (Path run : List.of(straight, stopped)) {
            train(whole.edit().epochs(1).build(), null, run);
            Path state = run.resolve("checkpoint-9/state.json");
            Files.writeString(
                    state, Files.readString(state).replaceFirst("\"lossScale\" ?: ?[0-9.]+", "\"lossScale\":1e9"));
        }
        Map<String, List<Float>> expected = weights(train(whole, null, straight));
        assertThatThrownBy(() -> train(whole, null, stopped, new TrainingListener() {
                    @Override
                    public void onStep(Step step) {
                        if (step.step() == 14) {
                            throw new IllegalStateException("stop");
                        }
                    }
                }))
                .hasMessage("stop");
        assertThat(Files.readString(stopped.resolve("checkpoint-12/state.json")))
                .as("in the middle of an epoch, with a scale that has changed")
                .doesNotContainPattern("\"lossScale\" ?: ?(1.0E9|65536)");
        assertThat(weights(train(whole, null, stopped))).isEqualTo(expected);
    }

    @Test
    void continuesBitByBitInFloat16() throws IOException {
        TrainingConfig whole =
                config().schedule("constant").precision("float16").build();
        Map<String, List<Float>> straight = weights(train(whole, null, null));
        Path checkpoints = folder.resolve("run");
        train(whole.edit().epochs(1).build(), null, checkpoints);
        assertThat(Files.readString(checkpoints.resolve("checkpoint-9/state.json")))
                .containsPattern("\"lossScale\" ?: ?65536");
        assertThat(weights(train(whole, null, checkpoints))).isEqualTo(straight);
    }
}
