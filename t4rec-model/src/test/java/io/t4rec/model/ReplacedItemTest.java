package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.masking.ReplacedItemMasking;
import io.t4rec.model.masking.ReplacedItemMasking.GeneratorSize;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.loss.LossKind;
import io.t4rec.nn.sampling.SamplerKind;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A generator that fills masked positions, and a discriminator that tells what it put there. */
class ReplacedItemTest {
    private static final ReplacedItemMasking SHARED = new ReplacedItemMasking(0.3, 1.0, 5.0, 1.0, "softmax", null);
    private static final ReplacedItemMasking SEPARATE = SHARED.withGenerator(new GeneratorSize(8, 2, 1));

    private static ReplacedItemMasking task(String form) {
        return switch (form) {
            case "shared" -> SHARED;
            case "separate" -> SEPARATE;
            case "shared from the batch" -> new ReplacedItemMasking(0.3, 1.0, 5.0, 1.0, "batch", null);
            default -> throw new IllegalArgumentException(form);
        };
    }

    private static SessionModel model(ReplacedItemMasking task) {
        return SessionModel.create(Cycles.config("bert", task), Cycles.SCHEMA, 5);
    }

    private static double mean(List<TrainingFigures> steps, int from, int to, String name) {
        return steps.subList(from, to).stream()
                .mapToDouble(step -> Objects.requireNonNull(step.means().get(name), name))
                .average()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "separate", "shared from the batch"})
    void bothLossesFall(String form) {
        SessionModel model = SessionModel.create(Cycles.config("xlnet", task(form)), Cycles.SCHEMA, 5);
        List<TrainingFigures> steps = Cycles.train(model, 300, 3);
        List<String> losses = form.equals("separate")
                ? List.of("item/loss", "generator/loss", "discriminator/log-loss")
                : List.of("item/loss", "discriminator/log-loss");
        for (String loss : losses) {
            assertThat(mean(steps, 250, 300, loss)).as(loss).isLessThan(0.5 * mean(steps, 0, 20, loss));
        }
        double always = 1 - mean(steps, 250, 300, "discriminator/replaced");
        assertThat(mean(steps, 250, 300, "discriminator/accuracy"))
                .as("better than calling everything original")
                .isGreaterThan(always + 0.02);
        model.release();
    }

    @Test
    void theLossIsTheWeightedSumOfMeans() {
        try (Scope scope = Scope.open()) {
            SessionModel model =
                    model(new ReplacedItemMasking(0.3, 0.5, 7.0, 1.0, "softmax", new GeneratorSize(8, 2, 1)));
            SplittableRandom random = new SplittableRandom(1);
            SequenceBatch batch = Cycles.sessions(20, random);
            MaskedBatch masked = model.mask(batch, Mode.TRAIN, random);
            TrainingFigures figures = new TrainingFigures();
            double weight = masked.targetWeight();
            try (ItemLoss loss = model.newLoss(null)) {
                double sum = model.trainStep(masked, 0, 20, weight, Pass.inference(), loss, figures);
                Map<String, Double> means = figures.means();
                assertThat(sum / weight)
                        .isCloseTo(
                                0.5 * means.get("item/loss")
                                        + 0.5 * means.get("generator/loss")
                                        + 7 * means.get("discriminator/log-loss"),
                                within(1e-4));
            }
            assertThat(figures.sums().get("discriminator/accuracy").count())
                    .as("all items are judged")
                    .isEqualTo(batch.offsets()[20]);
        }
    }

    /** Gradients against finite differences of the loss, the draws being fixed by their chances. */
    @Test
    void gradientsAreThoseOfTheLoss() {
        try (Scope scope = Scope.open()) {
            SessionModel model = model(new ReplacedItemMasking(0.3, 1.0, 4.0, 1.0, "softmax", null));
            SplittableRandom random = new SplittableRandom(1);
            MaskedBatch masked = model.mask(Cycles.sessions(6, random), Mode.TRAIN, random);
            for (String name : List.of(
                    "rtd.discriminator_predictions.dense_prediction.weight",
                    "rtd.discriminator_predictions.dense.bias",
                    "transformer.encoder.layer.0.output.dense.bias",
                    "masked_item_embedding")) {
                Parameter parameter = Objects.requireNonNull(model.parameters().get(name), name);
                loss(model, masked);
                Tensor gradient =
                        Objects.requireNonNull(parameter.value().gradient()).copy();
                model.parameters().values().forEach(p -> p.value().setGradient(null));
                Tensor direction = gradient.div(gradient.norm());
                double step = 1e-2;
                parameter.value().detach().addInPlace(direction, step);
                double up = loss(model, masked);
                parameter.value().detach().addInPlace(direction, -2 * step);
                double down = loss(model, masked);
                parameter.value().detach().addInPlace(direction, step);
                model.parameters().values().forEach(p -> p.value().setGradient(null));
                double norm = gradient.norm().item();
                assertThat((up - down) / (2 * step)).as(name).isCloseTo(norm, within(0.02 * norm + 1e-3));
            }
        }
    }

    private static double loss(SessionModel model, MaskedBatch masked) {
        try (ItemLoss loss = model.newLoss(null)) {
            double weight = masked.targetWeight();
            return model.trainStep(masked, 0, masked.rowCount(), weight, Pass.inference(), loss) / weight;
        }
    }

    @Test
    void withoutWeightTheDiscriminatorIsOutAndMaskedModellingIsLeft() {
        SessionModel off = model(SHARED.withDiscriminatorWeight(0));
        SessionModel on = model(SHARED);
        SessionModel masked = SessionModel.create(Cycles.config("bert", new MaskedMasking(0.3)), Cycles.SCHEMA, 5);
        Cycles.train(off, 5, 3);
        Cycles.train(on, 5, 3);
        Cycles.train(masked, 5, 3);
        assertThat(off.itemVectors().toFloats()).isEqualTo(masked.itemVectors().toFloats());
        assertThat(on.itemVectors().toFloats())
                .isNotEqualTo(masked.itemVectors().toFloats());
        assertThat(off.hasDiscriminator()).isFalse();
        assertThatThrownBy(() -> off.judge(Cycles.of(new long[] {3, 4}), new SplittableRandom(1)))
                .hasMessage(
                        "discriminator: none with task rtd (expected: rtd, with a weight of the discriminator above 0)");
        List.of(off, on, masked).forEach(SessionModel::release);
    }

    @Test
    void aDrawThatIsTheTrueItemCountsAsOriginal() {
        try (Scope scope = Scope.open()) {
            SessionModel model = model(SHARED);
            SplittableRandom random = new SplittableRandom(1);
            SequenceBatch batch = Cycles.sessions(50, random);
            MaskedBatch masked = model.mask(batch, Mode.TRAIN, random);
            BatchRows rows = BatchRows.all(masked);
            Targets targets = rows.targets();
            Tensor states = model.hidden(rows, targets.outputs(), Pass.inference());
            ReplacedItems replaced = ReplacedItems.draw(SHARED, model, rows, targets, states);
            long[] before = batch.longs("item_id");
            long[] after = replaced.rows().events().longs("item_id");
            assertThat(replaced.labels()).hasSize(before.length);
            int changed = 0;
            for (int i = 0; i < before.length; i++) {
                assertThat(replaced.labels()[i]).isEqualTo(before[i] != after[i]);
                assertThat(after[i]).isBetween((long) Cycles.FIRST_ITEM, model.itemCount() - 1);
                changed += before[i] != after[i] ? 1 : 0;
            }
            assertThat(changed).as("some draws hit the true item of nine").isBetween(1, targets.count() - 1);
        }
    }

    @Test
    void drawsFromTheBatchAreItsMaskedItems() {
        try (Scope scope = Scope.open()) {
            ReplacedItemMasking task = task("shared from the batch");
            SessionModel model = model(task);
            SplittableRandom random = new SplittableRandom(2);
            MaskedBatch masked =
                    model.mask(Cycles.of(new long[] {3, 4, 5, 6}, new long[] {7, 8, 9}), Mode.TRAIN, random);
            BatchRows rows = BatchRows.all(masked);
            Tensor states = model.hidden(rows, rows.targets().outputs(), Pass.inference());
            long[] after = ReplacedItems.draw(task, model, rows, rows.targets(), states)
                    .rows()
                    .events()
                    .longs("item_id");
            for (int position : masked.masked().positions()) {
                int row = position / masked.masked().length();
                int event = masked.batch().offsets()[row]
                        + position % masked.masked().length();
                assertThat(Arrays.stream(masked.masked().targets())).contains(after[event]);
            }
        }
    }

    /** With a sampled loss the step leaves rows of the item table alone that nothing used, the discriminator's included. */
    @ParameterizedTest
    @ValueSource(strings = {"shared", "separate", "shared from the batch"})
    void rowGradientsAreThoseOfTheWholeTable(String form) {
        try (Scope scope = Scope.open()) {
            LossConfig sampled = LossConfig.sampled(LossKind.SAMPLED_SOFTMAX, SamplerKind.UNIFORM, 4);
            SessionModel rows = SessionModel.create(Cycles.config("bert", task(form), sampled), Cycles.SCHEMA, 5);
            SessionModel dense = rows.replica();
            SplittableRandom random = new SplittableRandom(4);
            MaskedBatch drawn = rows.mask(Cycles.of(new long[] {3, 4, 5}, new long[] {6, 7}), Mode.TRAIN, random);
            MaskedBatch batch = drawn.withNegatives(Objects.requireNonNull(rows.newSampler(null)), random);
            try (ItemLoss loss = rows.newLoss(null)) {
                double one = rows.trainStep(batch, 0, 2, 2, Pass.inference().withRowGradients(), loss);
                double two = dense.trainStep(batch, 0, 2, 2, Pass.inference(), loss);
                assertThat(one).isEqualTo(two);
            }
            assertThat(rows.itemTable().value().gradient()).isNull();
            var used = Objects.requireNonNull(rows.itemTable().rowGradient());
            Tensor expected = Objects.requireNonNull(dense.itemTable().value().gradient());
            Tensor spread = Tensors.zerosLike(expected).indexAddInPlace(0, used.rows(), used.values());
            GoldenCase.assertNear("item rows", spread, expected, 1e-6);
        }
    }

    @Test
    void judgesOtherwiseTrainedSequencesTheSameForTheSameSeed() {
        SessionModel model = model(SHARED);
        SequenceBatch batch = Cycles.sessions(30, new SplittableRandom(9));
        Judgements first = model.judge(batch, new SplittableRandom(1));
        Judgements second = model.judge(batch, new SplittableRandom(1));
        assertThat(second.scores()).isEqualTo(first.scores());
        assertThat(second.labels()).isEqualTo(first.labels());
        assertThat(model.judge(batch, new SplittableRandom(2)).labels()).isNotEqualTo(first.labels());
        model.release();
    }

    @Test
    void sequencesOfOneItemOrNoneAreLeftOut() {
        SessionModel model = model(SHARED);
        Map<String, SequenceBatch> batches = new LinkedHashMap<>();
        batches.put("one item each", Cycles.of(new long[] {3}, new long[] {4}));
        batches.put("nothing but padding", Cycles.of(new long[0], new long[0]));
        batches.forEach((what, batch) -> {
            MaskedBatch masked = model.mask(batch, Mode.TRAIN, new SplittableRandom(1));
            try (ItemLoss loss = model.newLoss(null)) {
                assertThat(model.trainStep(masked, 0, 2, 1, Pass.inference(), loss))
                        .as(what)
                        .isZero();
            }
            assertThat(model.judge(batch, new SplittableRandom(1)).labels())
                    .as(what)
                    .isEmpty();
        });
        model.release();
    }
}
