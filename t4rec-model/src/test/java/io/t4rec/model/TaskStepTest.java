package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.masking.Masking;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.task.BatchTargets;
import io.t4rec.model.task.BinaryTask;
import io.t4rec.model.task.HeadTasks;
import io.t4rec.model.task.NextItemTask;
import io.t4rec.model.task.RegressionTask;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.loss.LossKind;
import io.t4rec.nn.sampling.SamplerKind;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskStepTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.categorical("item_id", 20).withTags(Tag.ITEM_ID).withShape(ColumnShape.ragged()),
            ColumnSchema.ragged("rating", DType.FLOAT32),
            ColumnSchema.scalar("bought", DType.INT64));

    private static SequenceBatch batch() {
        return new SequenceBatch(
                new int[] {0, 1, 4, 6, 11},
                Map.of("item_id", new long[] {7, 3, 4, 5, 9, 8, 3, 6, 7, 12, 13}),
                Map.of("rating", new float[] {1, 2, 3, 4, 5, 4, 3, 2, 1, 2, 3}),
                Map.of("bought", new long[] {1, 0, 1, 0}),
                Map.of());
    }

    private static ModelConfig config(String type, Masking masking, LossConfig loss) {
        TransformerSettings body = new TransformerSettings(type, 12, 2, 2, 8, "gelu", 0.2, 1e-5, 0.0, null);
        return new ModelConfig(
                        new InputConfig(6, Map.of(), 2, 0.3, null, "concat", true, false, 0, 0),
                        masking,
                        body,
                        HeadConfig.defaults().withLoss(loss))
                .withHeads(HeadTasks.of(new NextItemTask(2.0), RegressionTask.of("rating"), BinaryTask.of("bought")));
    }

    /** Gradients of rows 0 to 3 in two groups, as workers compute them. */
    private static Map<String, float[]> gradients(SessionModel model, boolean shared, boolean rows, double[] losses) {
        SequenceBatch batch = batch();
        BatchTargets targets = model.heads().targets(batch, false);
        SplittableRandom random = new SplittableRandom(3);
        MaskedBatch drawn = model.mask(batch, Mode.TRAIN, random);
        var sampler = model.newSampler(null);
        MaskedBatch masked = sampler == null ? drawn : drawn.withNegatives(sampler, random);
        double denominator = masked.targetWeight() / model.heads().nextItemFactor();
        Pass plain = Pass.training(new Generator(1));
        Pass pass = rows ? plain.withRowGradients() : plain;
        try (ItemLoss loss = model.newLoss(null)) {
            for (int from : new int[] {0, 2}) {
                TaskStep step = new TaskStep(model, batch, targets, from, from + 2, 1, pass, new TrainingFigures());
                TaskStep.Outcome outcome = shared
                        ? step.shared(masked, denominator, loss)
                        : new TaskStep.Outcome(
                                model.trainStep(masked, from, from + 2, denominator, pass, loss), step.alone());
                losses[0] += outcome.itemLossSum();
                losses[1] += outcome.taskLoss();
            }
        }
        Map<String, float[]> gradients = new LinkedHashMap<>();
        model.parameters().forEach((name, parameter) -> gradients.put(name, gradient(parameter)));
        model.parameters().values().forEach(parameter -> {
            parameter.value().setGradient(null);
            parameter.setRowGradient(null);
        });
        return gradients;
    }

    private static float[] gradient(Parameter parameter) {
        Tensor dense = parameter.denseGradient().copy();
        var rows = parameter.rowGradient();
        if (rows != null) {
            dense.indexAddInPlace(0, rows.rows(), rows.values());
        }
        return dense.toFloats();
    }

    @ParameterizedTest
    @CsvSource({"gpt2,false,false", "gpt2,true,false", "gpt2,true,true", "xlnet,false,false", "gru,true,true"})
    void onePassLearnsWhatTwoPassesLearn(String type, boolean sampled, boolean rows) {
        LossConfig loss =
                sampled ? LossConfig.sampled(LossKind.SAMPLED_SOFTMAX, SamplerKind.UNIFORM, 4) : LossConfig.defaults();
        try (Scope scope = Scope.open()) {
            SessionModel model = SessionModel.create(config(type, new CausalMasking(false), loss), SCHEMA, 5);
            assertThat(model.sharesPasses()).isTrue();
            double[] once = new double[2];
            double[] twice = new double[2];
            Map<String, float[]> one = gradients(model, true, rows, once);
            Map<String, float[]> two = gradients(model, false, rows, twice);
            assertThat(once).containsExactly(twice, within(1e-4));
            assertThat(one.keySet()).isEqualTo(two.keySet());
            two.forEach(
                    (name, expected) -> assertThat(one.get(name)).as(name).containsExactly(expected, within(1e-5f)));
            assertThat(one.get("heads.rating.output.weight"))
                    .as("something is learned")
                    .isNotEqualTo(new float[12]);
        }
    }

    /** With the items hidden, or with states that depend on how many follow, one pass would learn something else. */
    @Test
    void passesAreNotSharedWhereTheyDiffer() {
        LossConfig loss = LossConfig.defaults();
        assertThat(SessionModel.create(config("bert", new MaskedMasking(0.2), loss), SCHEMA, 5)
                        .sharesPasses())
                .isFalse();
        ModelConfig sasrec = config("sasrec", new CausalMasking(false), loss);
        for (String positions : List.of("first", "last")) {
            ModelConfig other =
                    sasrec.withTransformer(sasrec.transformer().withOptions(Map.of("positions", positions)));
            assertThat(SessionModel.create(other, SCHEMA, 5).sharesPasses())
                    .as(positions)
                    .isEqualTo(positions.equals("first"));
        }
    }
}
