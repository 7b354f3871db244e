package io.t4rec.model.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.GoldenCase;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.CatalogueCrossEntropy;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Transformers4Rec's head of three tasks. The original feeds the masked sequences to all of them and counts padding as events; the
 * states are computed here as it does, so that heads, weights and reduction are compared, not that.
 */
class MultiTaskGoldenTest {
    private static final TaskHeads.Told UNHEARD = (name, sum, count) -> {};
    private static final double TOLERANCE = 1e-5;
    private static final double[] WEIGHTS = {1, 0.5, 2};

    /** From the predictions that the file holds: two numbers a session as states, the logit of click and the value of watch. */
    @ParameterizedTest
    @ValueSource(strings = {"mean", "sum"})
    void weighsAndReducesAsTheOriginal(String reduction) throws IOException {
        try (Scope scope = Scope.open()) {
            GoldenCase golden = GoldenCase.open(
                    GoldenCase.files("multi_task.safetensors"::equals).get(0));
            String out = "out." + reduction + ".";
            double[] click =
                    golden.get(out + "click/binary_classification_task").toDoubles();
            double[] watch = golden.get(out + "watch/regression_task").toDoubles();
            float[] values = new float[2 * click.length];
            for (int row = 0; row < click.length; row++) {
                values[2 * row] = (float) Math.log(click[row] / (1 - click[row]));
                values[2 * row + 1] = (float) watch[row];
            }
            int[] lengths = new int[click.length];
            Arrays.fill(lengths, 1);
            States states = new States(Tensors.of(values, click.length, 1, 2), lengths);
            TaskHeads heads = heads(reduction, 2);
            heads.load(Map.of(
                    "click.output.weight", Tensors.of(new float[] {1, 0}, 1, 2),
                    "watch.output.weight", Tensors.of(new float[] {0, 1}, 1, 2),
                    "watch.output.bias", Tensors.zeros(1)));
            BatchTargets targets = heads.targets(batch(golden, click.length, 1), false);
            double others = heads.loss(states, targets, 0, click.length, Pass.training(new Generator(1)), UNHEARD)
                    .item();

            Tensor logits = golden.get(out + "next-item");
            Tensor identity = Tensors.ones(logits.size(1), logits.size(1))
                    .lowerTriangle(0)
                    .upperTriangle(0);
            double nextItem = loss(logits, identity, targets(golden.sequences("in.item_id")));
            assertThat(others + heads.nextItemFactor() * nextItem)
                    .isCloseTo(golden.get(out + "loss").item(), Offset.offset(TOLERANCE));
        }
    }

    /** Of the run that sums alone: the weights that the file has for the other are not those of its outputs. */
    @Test
    void predictsAsTheOriginal() throws IOException {
        String reduction = "sum";
        try (Scope scope = Scope.open()) {
            GoldenCase golden = GoldenCase.open(
                    GoldenCase.files("multi_task.safetensors"::equals).get(0));
            Map<String, Tensor> weights = golden.startingWith("w." + reduction + ".heads.0.");
            Tensor items = golden.get("in.item_id");
            int rows = (int) items.size(0);
            int length = (int) items.size(1);
            long[][] sessions = golden.sequences("in.item_id");
            Tensor hidden = states(golden, weights, sessions, length);

            TaskHeads heads = heads(reduction, (int) hidden.size(2));
            heads.load(Map.of(
                    "click.output.weight",
                    get(weights, "prediction_task_dict.click/binary_classification_task.pre.0.weight"),
                    "watch.output.weight",
                    get(weights, "prediction_task_dict.watch/regression_task.pre.0.weight"),
                    "watch.output.bias",
                    get(weights, "prediction_task_dict.watch/regression_task.pre.0.bias")));
            int[] lengths = new int[rows];
            Arrays.fill(lengths, length);
            States states = new States(hidden, lengths);
            BatchTargets targets = heads.targets(batch(golden, rows, length), false);
            Tensor others = heads.loss(states, targets, 0, rows, Pass.training(new Generator(1)), UNHEARD);

            List<double[]> predictions = heads.predictions(states, false);
            near(predictions.get(0), golden.get("out." + reduction + ".click/binary_classification_task"));
            near(predictions.get(1), golden.get("out." + reduction + ".watch/regression_task"));
            double nextItem = heads.nextItemFactor() * nextItemLoss(hidden, weights, sessions, length);
            assertThat(others.item() + nextItem)
                    .isCloseTo(golden.get("out." + reduction + ".loss").item(), Offset.offset(TOLERANCE));
        }
    }

    private static Tensor get(Map<String, Tensor> weights, String name) {
        assertThat(weights).containsKey(name);
        return weights.get(name);
    }

    private static TaskHeads heads(String reduction, int width) {
        HeadTasks head = new HeadTasks(
                List.of(
                        new NextItemTask(WEIGHTS[0]),
                        new BinaryTask("click", "click", "mean", null, 0.0, WEIGHTS[1], 1.0, null),
                        new RegressionTask("watch", "watch", "last", null, 0.0, 1.0, "mse")),
                false,
                List.of(),
                Map.of("watch", WEIGHTS[2]),
                1.0,
                reduction);
        Schema schema =
                Schema.of(ColumnSchema.scalar("click", DType.FLOAT32), ColumnSchema.scalar("watch", DType.FLOAT32));
        return new TaskHeads(List.of(head), "mean", schema, width, new Generator(1));
    }

    private static SequenceBatch batch(GoldenCase golden, int rows, int length) {
        int[] offsets = new int[rows + 1];
        Arrays.setAll(offsets, row -> row * length);
        return new SequenceBatch(
                offsets,
                Map.of("item_id", new long[rows * length]),
                Map.of(),
                Map.of(),
                Map.of(
                        "click", golden.get("in.click").toFloats(),
                        "watch", golden.get("in.watch").toFloats()));
    }

    /** Concatenated embeddings through a layer, the mask vector where nothing is predicted, another layer. */
    private static Tensor states(GoldenCase golden, Map<String, Tensor> weights, long[][] sessions, int length) {
        String tables = "body.0.to_merge.categorical_module.embedding_tables.";
        Tensor joined = Tensors.concat(
                -1,
                get(weights, tables + "category.weight").embedding(golden.get("in.category"), -1),
                get(weights, tables + "item_id.weight").embedding(golden.get("in.item_id"), -1));
        String projection = "body.0.projection_module.0.0.";
        Tensor x = joined.linear(get(weights, projection + "weight"), get(weights, projection + "bias"))
                .relu();
        boolean[] masked = new boolean[sessions.length * length];
        Arrays.fill(masked, true);
        for (int row = 0; row < sessions.length; row++) {
            Arrays.fill(masked, row * length, row * length + sessions[row].length - 1, false);
        }
        Tensor where = Tensors.of(masked, sessions.length, length).unsqueeze(-1);
        x = get(weights, "body.0._masking.masked_item_embedding").where(where, x);
        return x.linear(get(weights, "body.1.0.0.weight"), get(weights, "body.1.0.0.bias"))
                .relu();
    }

    private static double nextItemLoss(Tensor hidden, Map<String, Tensor> weights, long[][] sessions, int length) {
        List<Long> positions = new ArrayList<>();
        for (int row = 0; row < sessions.length; row++) {
            for (int column = 0; column + 1 < sessions[row].length; column++) {
                positions.add((long) row * length + column);
            }
        }
        Tensor table = get(weights, "body.0.to_merge.categorical_module.embedding_tables.item_id.weight");
        Tensor picked = hidden.flatten(0, 1)
                .indexSelect(
                        0,
                        Tensors.of(positions.stream().mapToLong(Long::longValue).toArray()));
        return loss(picked, table, targets(sessions));
    }

    private static long[] targets(long[][] sessions) {
        return Arrays.stream(sessions)
                .flatMapToLong(session -> Arrays.stream(session).skip(1))
                .toArray();
    }

    private static double loss(Tensor hidden, Tensor table, long[] targets) {
        try (CatalogueCrossEntropy loss = new CatalogueCrossEntropy(1, 0, null)) {
            ItemLoss.Result result = loss.lossAndGradients(
                    hidden, table, Tensors.of(targets), targets.length, Tensors.zerosLike(table), DataType.FLOAT32);
            return result.lossSum() / targets.length;
        }
    }

    private static void near(double[] actual, Tensor expected) {
        assertThat(actual).containsExactly(expected.toDoubles(), Offset.offset(TOLERANCE));
    }
}
