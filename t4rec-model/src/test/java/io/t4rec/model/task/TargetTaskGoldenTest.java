package io.t4rec.model.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.SequenceBatch;
import io.t4rec.metrics.BinaryTally;
import io.t4rec.metrics.NumberTally;
import io.t4rec.metrics.Tally;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.model.GoldenCase;
import io.t4rec.nn.Pass;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Transformers4Rec's binary and regression tasks on given hidden states: predictions, loss, gradient and metrics. The original's summaries
 * take padding for events, so every session here has all positions.
 */
class TargetTaskGoldenTest {
    private static final TaskHeads.Told UNHEARD = (name, sum, count) -> {};
    private static final double TOLERANCE = 1e-5;
    private static final Map<String, TaskMetric> METRICS = Map.of(
            "binary_accuracy", TaskMetric.ACCURACY,
            "binary_precision", TaskMetric.PRECISION,
            "binary_recall", TaskMetric.RECALL,
            "mean_squared_error", TaskMetric.MSE);

    /** In the order in which the original ran: its metrics are shared by all its tasks of a kind, and go on counting. */
    @ParameterizedTest
    @ValueSource(strings = {"binary", "regression"})
    void predictsAndLearnsAsTheOriginal(String kind) throws IOException {
        Path file = GoldenCase.files("binary_regression.safetensors"::equals).get(0);
        Tally tally = kind.equals("binary") ? new BinaryTally() : new NumberTally();
        for (String summary : List.of("first", "first.block", "last", "last.block", "mean", "mean.block")) {
            check(file, kind + "." + summary, tally);
        }
        assertThat(tally.cases()).isEqualTo(6 * 5);
    }

    private static void check(Path file, String key, Tally tally) throws IOException {
        try (Scope scope = Scope.open()) {
            GoldenCase golden = GoldenCase.open(file);
            boolean binary = key.startsWith("binary");
            Tensor hidden = golden.get("in.hidden").copy().requireGradient(true);
            int rows = (int) hidden.size(0);
            int length = (int) hidden.size(1);
            float[] targets = golden.get(binary ? "in.binary" : "in.real").toFloats();
            SequenceBatch batch = batch(rows, length, targets);
            TaskHeads heads = heads(key, binary, (int) hidden.size(2));
            heads.load(weights(golden, key));

            int[] lengths = new int[rows];
            Arrays.fill(lengths, length);
            States states = new States(hidden, lengths);
            BatchTargets wanted = heads.targets(batch, false);
            Tensor loss = heads.loss(states, wanted, 0, rows, Pass.training(new Generator(1)), UNHEARD);
            loss.backward();
            assertThat(loss.item()).isCloseTo(golden.get("out." + key + ".loss").item(), Offset.offset(TOLERANCE));
            GoldenCase.assertNear("gradient", hidden.gradient(), golden.get("grad." + key + ".hidden"), TOLERANCE);

            double[] predictions = heads.predictions(states, false).get(0);
            assertThat(predictions)
                    .containsExactly(golden.get("out." + key + ".predictions").toDoubles(), Offset.offset(TOLERANCE));
            heads.output(0).add(tally, predictions, wanted.values(0));
            golden.startingWith("out." + key + ".metric.")
                    .forEach((name, value) -> assertThat(tally.metrics().get(METRICS.get(name)))
                            .as(key + " " + name)
                            .isCloseTo(value.item(), Offset.offset(TOLERANCE)));
        }
    }

    private static SequenceBatch batch(int rows, int length, float[] targets) {
        int[] offsets = new int[rows + 1];
        Arrays.setAll(offsets, row -> row * length);
        return new SequenceBatch(
                offsets, Map.of("item_id", new long[rows * length]), Map.of(), Map.of(), Map.of("target", targets));
    }

    private static TaskHeads heads(String key, boolean binary, int width) {
        String summary = key.split("\\.")[1];
        List<Integer> block = key.endsWith(".block") ? List.of(4) : List.of();
        TargetTask task = binary
                ? new BinaryTask("task", "target", summary, block, 0.0, 1.0, 1.0, null)
                : new RegressionTask("task", "target", summary, block, 0.0, 1.0, "mse");
        Schema schema = Schema.of(ColumnSchema.scalar("target", DType.FLOAT32));
        return new TaskHeads(List.of(HeadTasks.of(task)), "mean", schema, width, new Generator(1));
    }

    private static Map<String, Tensor> weights(GoldenCase golden, String key) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        golden.startingWith("w." + key + ".").forEach((name, tensor) -> {
            if (name.startsWith("pre.0.") || name.startsWith("task_block.0.0.")) {
                weights.put(name.replace("pre.0.", "task.output.").replace("task_block.0.0.", "task.block.0."), tensor);
            }
        });
        return weights;
    }
}
