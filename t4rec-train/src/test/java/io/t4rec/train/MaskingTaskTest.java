package io.t4rec.train;

import static io.t4rec.train.SmallRun.config;
import static io.t4rec.train.SmallRun.train;
import static io.t4rec.train.SmallRun.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.model.Exclusion;
import io.t4rec.model.HeadConfig;
import io.t4rec.model.LossConfig;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.model.TransformerSettings;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.masking.Masking;
import io.t4rec.model.masking.PermutationMasking;
import io.t4rec.model.masking.ReplacedItemMasking;
import io.t4rec.nn.loss.LossKind;
import io.t4rec.nn.sampling.SamplerKind;
import io.t4rec.schema.DivergenceException;
import io.t4rec.tensor.Native;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Permutations and replaced items under the trainer: workers, checkpoints, memory, figures. */
class MaskingTaskTest {
    private static final ReplacedItemMasking REPLACED = new ReplacedItemMasking(0.2, 1.0, 2.0, 1.0, "softmax", null);

    @TempDir
    Path folder;

    private static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Hears what is told, and stops the run at a step. */
    private static final class Heard implements TrainingListener {
        private final long stop;
        private final List<Step> steps = new ArrayList<>();
        private final List<Epoch> epochs = new ArrayList<>();

        Heard(long stop) {
            this.stop = stop;
        }

        @Override
        public void onStep(Step step) {
            steps.add(step);
            if (step.step() == stop) {
                throw new Stop();
            }
        }

        @Override
        public void onEpoch(Epoch epoch) {
            epochs.add(epoch);
        }
    }

    private static ModelConfig model(String which) {
        Masking masking = switch (which) {
            case "plm" -> PermutationMasking.defaults();
            case "mlm with others" -> new MaskedMasking(0.2, 0.1, 0.1, 2.0);
            case "rtd", "rtd sampled" -> REPLACED;
            case "rtd with a generator" -> REPLACED.withGenerator(new ReplacedItemMasking.GeneratorSize(8, 2, 1));
            default -> throw new IllegalArgumentException(which);
        };
        String body = which.equals("plm") ? "xlnet" : "bert";
        TransformerSettings settings = new TransformerSettings(body, 16, 2, 1, 20, "gelu", 0.2, 1e-5, 0.1, null);
        LossConfig loss = which.endsWith("sampled")
                ? LossConfig.sampled(LossKind.SAMPLED_SOFTMAX, SamplerKind.UNIFORM, 5)
                : LossConfig.defaults();
        return new ModelConfig(
                InputConfig.itemsOnly(),
                masking,
                settings,
                HeadConfig.defaults().withLoss(loss));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plm", "mlm with others", "rtd", "rtd sampled", "rtd with a generator"})
    void givesTheSameWeightsForTheSameSeedAlsoWhenResumed(String which) throws IOException {
        Heard straight = new Heard(-1);
        Map<String, List<Float>> expected = weights(train(model(which), config().build(), null, null, straight));
        assertThat(weights(
                        train(model(which), config().gradientCheckpointing(true).build(), null, null)))
                .as("blocks computed anew")
                .isEqualTo(expected);
        Path checkpoints = folder.resolve("run");
        assertThatThrownBy(() -> train(model(which), config().build(), null, checkpoints, new Heard(7)))
                .isInstanceOf(Stop.class);
        Heard resumed = new Heard(-1);
        assertThat(weights(train(model(which), config().build(), null, checkpoints, resumed)))
                .as("resumed in the middle of an epoch")
                .isEqualTo(expected);
        assertThat(resumed.epochs.get(0).figures())
                .isEqualTo(straight.epochs.get(0).figures());
        assertThat(weights(train(model(which), config().seed(8).build(), null, null)))
                .as("another seed")
                .isNotEqualTo(expected);
    }

    @Test
    void tellsBothLossesOfEachStepAndEpoch() throws IOException {
        Heard heard = new Heard(-1);
        train(model("rtd"), config().build(), null, null, heard);
        TrainingListener.Step step = heard.steps.get(3);
        assertThat(step.figures())
                .containsOnlyKeys(
                        "discriminator/accuracy", "discriminator/log-loss", "discriminator/replaced", "item/loss");
        double sum = step.figures().get("item/loss") + 2 * step.figures().get("discriminator/log-loss");
        assertThat(step.loss()).isCloseTo(sum, Offset.offset(1e-6));
        assertThat(heard.epochs.get(0).figures())
                .containsOnlyKeys(step.figures().keySet());
        Heard plain = new Heard(-1);
        train(model("plm"), config().build(), null, null, plain);
        assertThat(plain.steps.get(3).figures()).isEmpty();
    }

    @Test
    void evaluatesDiscriminatorsTheSameOnAnyNumberOfThreads() throws IOException {
        SessionModel model = train(model("rtd"), config().build(), null, null);
        Map<String, Double> metrics = new Evaluator(false, Exclusion.NONE, 2).discriminator(model, SmallRun.loader());
        assertThat(metrics).containsKeys("discriminator/auc", "discriminator/accuracy", "discriminator/log-loss");
        assertThat(metrics.get("discriminator/auc")).isBetween(0.0, 1.0);
        assertThat(new Evaluator(false, Exclusion.NONE, 1).discriminator(model, SmallRun.loader()))
                .isEqualTo(metrics);
        SessionModel none = train(model("plm"), config().build(), null, null);
        assertThat(Evaluator.lastItem().discriminator(none, SmallRun.loader())).isEmpty();
        model.release();
        none.release();
    }

    @Test
    void namesTheStepWhoseLossIsNoNumberAnyMore() {
        for (String which : List.of("rtd", "rtd with a generator", "plm")) {
            assertThatThrownBy(() ->
                            train(model(which), config().learningRate(1e30).build(), null, null))
                    .isInstanceOf(DivergenceException.class)
                    .hasMessageContaining("learningRate: 1.0E30");
        }
    }

    @Test
    void holdsResidentMemoryFlat() throws IOException {
        for (String which : List.of("rtd with a generator", "plm")) {
            List<Long> resident = new ArrayList<>();
            TrainingListener watch = new TrainingListener() {
                @Override
                public void onEpoch(Epoch epoch) {
                    resident.add(Native.residentBytes());
                }
            };
            train(model(which), config().epochs(20).build(), null, null, watch);
            assertThat(resident.get(19) - resident.get(7)).as(which).isLessThan(48L << 20);
        }
    }
}
