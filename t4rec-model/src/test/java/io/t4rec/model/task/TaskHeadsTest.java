package io.t4rec.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.SequenceBatch;
import io.t4rec.metrics.Tally;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.nn.Pass;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.FloatDomain;
import io.t4rec.schema.IntDomain;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskHeadsTest {
    private static final TaskHeads.Told UNHEARD = (name, sum, count) -> {};
    private static final int WIDTH = 6;
    private static final int LENGTH = 4;
    private static final int[] LENGTHS = {3, 1, 0, 4};

    private static Schema schema() {
        return Schema.of(
                ColumnSchema.scalar("bought", DType.INT64).withTags(Tag.TARGET, Tag.BINARY_CLASSIFICATION),
                ColumnSchema.ragged("rating", DType.FLOAT32)
                        .withTags(Tag.REGRESSION)
                        .withFloatDomain(FloatDomain.of(1, 5)),
                ColumnSchema.scalar("segment", DType.INT64)
                        .withTags(Tag.MULTI_CLASS)
                        .withIntDomain(IntDomain.of(0, 4)),
                ColumnSchema.scalar("free", DType.INT64));
    }

    private static SequenceBatch batch() {
        return batch(new long[] {1, 0, 1, 0}, new float[] {1, 2, 3, 4, 5, 1, 2, 3}, new long[] {2, 4, 0, 3});
    }

    private static SequenceBatch batch(long[] bought, float[] rating, long[] segment) {
        int[] offsets = {0, 3, 4, 4, 8};
        return new SequenceBatch(
                offsets,
                Map.of("item_id", new long[8]),
                Map.of("rating", rating),
                Map.of("bought", bought, "segment", segment, "free", segment),
                Map.of());
    }

    /** Positions beyond the lengths hold large numbers, which must not count. */
    private static States states(long seed) {
        Tensor hidden = Tensors.zeros(LENGTHS.length, LENGTH, WIDTH).normalInPlace(0, 1, new Generator(seed));
        for (int row = 0; row < LENGTHS.length; row++) {
            if (LENGTHS[row] < LENGTH) {
                hidden.select(0, row)
                        .narrow(0, LENGTHS[row], LENGTH - LENGTHS[row])
                        .fillInPlace(1e6);
            }
        }
        return new States(hidden, LENGTHS);
    }

    private static TaskHeads heads(Task... tasks) {
        return new TaskHeads(List.of(HeadTasks.of(tasks)), "mean", schema(), WIDTH, new Generator(3));
    }

    private static BinaryTask summarised(String summary) {
        return new BinaryTask("bought", "bought", summary, null, 0.0, 1.0, 1.0, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"last", "first", "mean", "attention"})
    void summariesSeeRealEventsAlone(String summary) {
        try (Scope scope = Scope.open()) {
            TaskHeads heads = heads(summarised(summary));
            States whole = states(1);
            double[] together = heads.predictions(whole, false).get(0);
            assertThat(together).as("the session without events has no case").hasSize(3);
            int at = 0;
            for (int row = 0; row < LENGTHS.length; row++) {
                if (LENGTHS[row] > 0) {
                    Tensor own = whole.hidden().narrow(0, row, 1).narrow(1, 0, LENGTHS[row]);
                    double[] alone = heads.predictions(new States(own, new int[] {LENGTHS[row]}), false)
                            .get(0);
                    assertThat(together[at++]).isCloseTo(alone[0], within(1e-6));
                }
            }
        }
    }

    @Test
    void freshAttentionIsTheMean() {
        try (Scope scope = Scope.open()) {
            TaskHeads attention = heads(summarised("attention"));
            TaskHeads mean = heads(summarised("mean"));
            mean.load(Map.of("bought.output.weight", attention.state().get("bought.output.weight")));
            assertThat(attention.predictions(states(1), false).get(0))
                    .containsExactly(mean.predictions(states(1), false).get(0), within(1e-6));
        }
    }

    @Test
    void makesTasksOfTags() {
        TaskHeads heads = new TaskHeads(List.of(HeadTasks.fromSchemaTags()), "mean", schema(), WIDTH, new Generator(3));
        assertThat(heads.names()).containsExactly("bought", "rating", "segment");
        assertThat(heads.isPerEvent(0)).isFalse();
        assertThat(heads.isPerEvent(1)).isTrue();
        assertThat(heads.output(2).width()).isEqualTo(5);
        assertThat(TaskHeads.metricLabels(List.of(HeadTasks.fromSchemaTags()), schema()))
                .contains("bought/auc", "rating/mse", "segment/accuracy");
        assertThat(TaskHeads.decisiveLabel(List.of(HeadTasks.fromSchemaTags()), schema()))
                .isEqualTo("bought/log-loss");
        assertThat(heads.targetColumns()).containsExactlyInAnyOrder("bought", "rating", "segment");
        assertThat(heads.nextItemFactor()).isZero();
    }

    @Test
    void aTaskByHandTakesThePlaceOfTheOneOfTheTags() {
        HeadTasks head = new HeadTasks(
                List.of(summarised("mean"), new NextItemTask(1.0)),
                true,
                List.of(5),
                Map.of("rating", 4.0),
                1.0,
                "sum");
        TaskHeads heads = new TaskHeads(List.of(head), "mean", schema(), WIDTH, new Generator(3));
        assertThat(heads.names()).containsExactly("bought", "rating", "segment");
        assertThat(heads.nextItemFactor()).isEqualTo(1);
        assertThat(heads.parameters().keySet()).contains("bought.block.0.weight", "segment.block.0.bias");
    }

    /** The loss of a batch does not depend on how its rows are divided. */
    @Test
    void partsOfABatchAddUp() {
        try (Scope scope = Scope.open()) {
            TaskHeads heads = new TaskHeads(
                    List.of(HeadTasks.fromSchemaTags(), HeadTasks.of(new NextItemTask(1.0))),
                    "mean",
                    schema(),
                    WIDTH,
                    new Generator(3));
            States whole = states(1);
            BatchTargets targets = heads.targets(batch(), false);
            Pass pass = Pass.training(new Generator(1));
            double once = heads.loss(whole, targets, 0, 4, pass, UNHEARD).item();
            double parts = 0;
            for (int row : new int[] {0, 1, 3}) {
                States part = new States(whole.hidden().narrow(0, row, 1), new int[] {LENGTHS[row]});
                parts += heads.loss(part, targets, row, row + 1, pass, UNHEARD).item();
            }
            assertThat(parts).isCloseTo(once, within(1e-6));
            States none = new States(whole.hidden().narrow(0, 2, 1), new int[] {0});
            assertThat(heads.loss(none, targets, 2, 3, pass, UNHEARD)).isNull();
        }
    }

    @Test
    void weightsOfHeadsTasksAndReductionsMultiply() {
        try (Scope scope = Scope.open()) {
            double alone = loss("mean", 1, 1, "mean");
            assertThat(loss("mean", 3, 2, "mean")).isCloseTo(3 * alone, within(1e-6));
            assertThat(loss("sum", 3, 2, "sum")).isCloseTo(12 * alone, within(1e-5));
        }
    }

    /** Two heads with the same two tasks of one weight, and the same fresh weights: each loses as much as one alone. */
    private static double loss(String reduction, double taskWeight, double headWeight, String headReduction) {
        HeadTasks head = new HeadTasks(
                List.of(
                        new RegressionTask("a", "rating", null, null, 0.0, taskWeight, "mse"),
                        new RegressionTask("b", "rating", null, null, 0.0, taskWeight, "mse")),
                false,
                List.of(),
                Map.of(),
                headWeight,
                reduction);
        TaskHeads heads = new TaskHeads(List.of(head), headReduction, schema(), WIDTH, new Generator(3));
        heads.state().forEach((name, tensor) -> tensor.detach().fillInPlace(0.1));
        Tensor loss =
                heads.loss(states(1), heads.targets(batch(), false), 0, 4, Pass.training(new Generator(1)), UNHEARD);
        return loss.item() / (headReduction.equals("mean") ? headWeight : 1);
    }

    @Test
    void positiveWeightCountsYesMoreAndTheMeanStaysOverCases() {
        try (Scope scope = Scope.open()) {
            double plain = summarisedLoss(1.0, new long[] {0, 0, 1, 0});
            assertThat(summarisedLoss(3.0, new long[] {0, 0, 1, 0})).isEqualTo(plain);
            double yes = summarisedLoss(1.0, new long[] {1, 1, 1, 1});
            assertThat(summarisedLoss(3.0, new long[] {1, 1, 1, 1})).isCloseTo(3 * yes, within(1e-6));
        }
    }

    private static double summarisedLoss(double positiveWeight, long[] bought) {
        TaskHeads heads = heads(new BinaryTask("bought", "bought", "last", null, 0.0, 1.0, positiveWeight, null));
        SequenceBatch batch = batch(bought, new float[] {1, 2, 3, 4, 5, 1, 2, 3}, new long[4]);
        return heads.loss(states(1), heads.targets(batch, false), 0, 4, Pass.training(new Generator(1)), UNHEARD)
                .item();
    }

    /** Sessions with events have classes 2, 4 and 3; the mean is over their weights. */
    @Test
    void classWeightsWeighAndSmallerIdsAreMissing() {
        try (Scope scope = Scope.open()) {
            TaskHeads plain = heads(classes(3L, null));
            TaskHeads weighted = heads(classes(3L, List.of(1.0, 4.0)));
            weighted.load(plain.state());
            Pass pass = Pass.training(new Generator(1));
            BatchTargets targets = plain.targets(batch(), false);
            assertThat(targets.values(0)).containsExactly(Double.NaN, 1, 0);
            double[] probabilities = plain.predictions(states(1), false).get(0);
            double four = -Math.log(probabilities[2 + 1]);
            double three = -Math.log(probabilities[4]);
            assertThat(plain.loss(states(1), targets, 0, 4, pass, UNHEARD).item())
                    .isCloseTo((four + three) / 2, within(1e-6));
            assertThat(weighted.loss(states(1), weighted.targets(batch(), false), 0, 4, pass, UNHEARD)
                            .item())
                    .isCloseTo((4 * four + three) / 5, within(1e-6));
            Tally tally = plain.output(0).newTally();
            plain.output(0).add(tally, probabilities, targets.values(0));
            assertThat(tally.cases()).as("a missing target is not judged").isEqualTo(2);
        }
    }

    private static MultiClassTask classes(Long first, List<Double> weights) {
        return new MultiClassTask("segment", "segment", "mean", null, 0.0, 1.0, first, weights);
    }

    /** Ids of categorify: 0 pads, 1 is null, 2 unknown. */
    @Test
    void classesOfIdsBeginWhereCategorifyBegins() {
        Schema ids = Schema.of(ColumnSchema.categorical("segment", 4).withTags(Tag.MULTI_CLASS));
        TaskHeads heads = new TaskHeads(List.of(HeadTasks.fromSchemaTags()), "mean", ids, WIDTH, new Generator(3));
        assertThat(heads.output(0).width()).isEqualTo(2);
        assertThat(heads.targets(batch(new long[4], new float[8], new long[] {1, 4, 0, 3}), false)
                        .values(0))
                .containsExactly(Double.NaN, 1, 0);
        assertThatThrownBy(() -> heads.targets(batch(new long[4], new float[8], new long[] {0, 4, 0, 3}), false))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("say firstClass: 0");
    }

    @Test
    void judgesTheLastEventAloneWhereAsked() {
        try (Scope scope = Scope.open()) {
            TaskHeads heads = heads(RegressionTask.of("rating"));
            assertThat(heads.targets(batch(), false).values(0)).containsExactly(1, 2, 3, 4, 5, 1, 2, 3);
            assertThat(heads.targets(batch(), true).values(0)).containsExactly(3, 4, 3);
            double[] all = heads.predictions(states(1), false).get(0);
            assertThat(heads.predictions(states(1), true).get(0)).containsExactly(all[2], all[3], all[7]);
        }
    }

    @Test
    void aThresholdMakesYesOrNoOfANumber() {
        BinaryTask liked = new BinaryTask("liked", "rating", null, null, 0.0, 1.0, 1.0, 4.0);
        assertThat(heads(liked).targets(batch(), false).values(0)).containsExactly(0, 0, 0, 1, 1, 0, 0, 0);
    }

    @Test
    void refusesTargetsOutsideTheirDomain() {
        refuses(summarised("last"), batch(new long[] {1, 2, 0, 0}, new float[8], new long[4]))
                .hasMessageContaining("target bought, session 1 of a batch: 2.0 (expected: 0 or 1");
        float[] ratings = {1, 2, 3, 4, 5, 6, 1, 1};
        refuses(RegressionTask.of("rating"), batch(new long[4], ratings, new long[4]))
                .hasMessageContaining("target rating, session 3 of a batch: 6.0")
                .hasMessageContaining("from 1.0 to 5.0");
        refuses(MultiClassTask.of("segment"), batch(new long[4], new float[8], new long[] {0, 5, 0, 0}))
                .hasMessageContaining("target segment, session 1 of a batch: 5.0")
                .hasMessageContaining("from 0 to 4");
    }

    @Test
    void refusesATargetThatIsNoNumber() {
        float[] ratings = {1, 2, Float.NaN, 4, 5, 1, 1, 1};
        SequenceBatch batch = batch(new long[4], ratings, new long[4]);
        refuses(RegressionTask.of("rating"), batch).hasMessageContaining("NaN (expected: a finite number");
        refuses(new BinaryTask("liked", "rating", null, null, 0.0, 1.0, 1.0, 4.0), batch)
                .hasMessageContaining("NaN");
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> refuses(
            Task task, SequenceBatch batch) {
        return assertThatThrownBy(() -> heads(task).targets(batch, false)).isInstanceOf(DataException.class);
    }

    @Test
    void ofASingleClassTheAreaIsNotANumber() {
        TaskHeads heads = heads(summarised("last"));
        Tally tally = heads.output(0).newTally();
        heads.output(0).add(tally, new double[] {0.3, 0.6}, new double[] {1, 1});
        assertThat(tally.metrics().get(TaskMetric.AUC)).isNaN();
        assertThat(tally.metrics().get(TaskMetric.ACCURACY)).isEqualTo(0.5);
    }

    @Test
    void refusesTargetsThatAreMissingOrDontSuit() {
        assertThatThrownBy(() -> heads(BinaryTask.of("bougth")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("task bougth: target bougth")
                .hasMessageContaining("did you mean bought?");
        assertThatThrownBy(() -> heads(MultiClassTask.of("free")))
                .hasMessageContaining("target free has no int domain");
        assertThatThrownBy(() -> heads(summarised("none")))
                .hasMessageContaining("summary none for the target bought with one value a session");
        assertThatThrownBy(() -> heads(new RegressionTask("rating", "rating", "mean", null, 0.0, 1.0, "mse")))
                .hasMessageContaining("with a value for each event (expected: none)");
        assertThatThrownBy(() -> heads(BinaryTask.of("bought"), BinaryTask.of("bought")))
                .hasMessageContaining("two tasks named bought");
        assertThatThrownBy(() -> heads(classes(null, List.of(1.0))))
                .hasMessageContaining("1 classWeights (expected: 5, one for each class from 0 to 4");
        Schema plain = Schema.of(ColumnSchema.scalar("free", DType.INT64));
        assertThatThrownBy(() ->
                        new TaskHeads(List.of(HeadTasks.fromSchemaTags()), "mean", plain, WIDTH, new Generator(3)))
                .hasMessageContaining("fromSchema with columns [free]");
    }

    @Test
    void refusesSettingsOutOfRangeAndSuggestsNames() {
        refusesYaml("{tasks: [{task: binary-clasification, target: a}]}", "did you mean binary-classification?");
        refusesYaml(
                "{tasks: [{task: regression, target: a, weight: 0}]}",
                "task a: weight: 0.0 (expected: finite and > 0)");
        refusesYaml("{tasks: [{task: next-item, weight: -1}]}", "next-item: weight: -1.0");
        refusesYaml("{tasks: [{task: binary-classification, target: a, positiveWeight: 0}]}", "positiveWeight: 0.0");
        refusesYaml(
                "{tasks: [{task: multi-class-classification, target: a, classWeights: [1, 0]}]}", "classWeights: 0.0");
        refusesYaml("{tasks: [{task: regression, target: a}], weight: -2}", "heads: weight: -2.0");
        refusesYaml("{tasks: [{task: regression, target: a, summary: avg}]}", "summary: avg (expected: one of");
        refusesYaml("{tasks: [{task: regression, target: a, loss: msse}]}", "did you mean mse?");
        refusesYaml("{tasks: [{task: regression, target: a, block: [0]}]}", "block: [0] (expected: widths >= 1)");
        refusesYaml("{tasks: [{task: regression, target: a, dropout: 1}]}", "dropout: 1.0");
        refusesYaml("{tasks: [{task: regression, target: a}], lossReduction: main}", "did you mean mean?");
        refusesYaml("{tasks: []}", "heads: no tasks");
        refusesYaml("{tasks: [{task: regression, target: session}]}", "name: session (expected: none of");
        refusesYaml("{tasks: [{task: regression, target: a/b}]}", "name: a/b (expected: a text without /");
        refusesYaml("{tasks: [{task: regression}]}", "target: null (expected: the column");
        refusesYaml("{tasks: [{task: regression, target: a, wieght: 1}]}", "did you mean weight?");
        assertThatThrownBy(() -> new TaskHeads(
                        List.of(new HeadTasks(
                                List.of(BinaryTask.of("bought")), false, List.of(), Map.of("bougt", 2.0), 1.0, "mean")),
                        "mean",
                        schema(),
                        WIDTH,
                        new Generator(3)))
                .hasMessageContaining("taskWeights.bougt (expected: one of [bought]; did you mean bought?");
        assertThatThrownBy(() ->
                        TaskHeads.check(List.of(HeadTasks.of(new NextItemTask(1.0), new NextItemTask(2.0))), "mean"))
                .hasMessageContaining("2 tasks next-item");
    }

    private static void refusesYaml(String yaml, String message) {
        assertThatThrownBy(() -> ConfigFiles.parseYaml(yaml, HeadTasks.class))
                .as(yaml)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void readsSettingsAsTheyAreWritten() {
        HeadTasks head = ConfigFiles.parseYaml(
                "{tasks: [{task: next-item}, {task: binary-classification, target: bought, block: [8]}], lossReduction: sum}",
                HeadTasks.class);
        assertThat(head.tasks())
                .containsExactly(
                        new NextItemTask(1.0),
                        new BinaryTask("bought", "bought", null, List.of(8), 0.0, 1.0, 1.0, null));
        assertThat(ConfigFiles.parseYaml(ConfigFiles.toYaml(head), HeadTasks.class))
                .isEqualTo(head);
        assertThat(Arrays.asList(head.weight(), head.lossReduction())).containsExactly(1.0, "sum");
    }
}
