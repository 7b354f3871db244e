package io.t4rec.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TallyTest {
    @Test
    void binaryCasesOneByOneGiveWhatAllAtOnceGive() {
        SplittableRandom random = new SplittableRandom(4);
        int count = 1_000;
        double[] probabilities = new double[count];
        boolean[] labels = new boolean[count];
        BinaryTally tally = new BinaryTally();
        for (int i = 0; i < count; i++) {
            probabilities[i] = random.nextInt(50) / 50.0;
            labels[i] = random.nextDouble() < probabilities[i];
            tally.add(probabilities[i], labels[i]);
        }
        BinaryMetrics.Confusion counts = BinaryMetrics.at(0.5, probabilities, labels);
        Map<TaskMetric, Double> metrics = tally.metrics();
        assertThat(metrics.keySet()).containsExactlyElementsOf(TaskMetric.ofBinary());
        assertThat(tally.cases()).isEqualTo(count);
        assertThat(tally.confusion()).isEqualTo(counts);
        assertThat(metrics)
                .containsEntry(TaskMetric.ACCURACY, counts.accuracy())
                .containsEntry(TaskMetric.PRECISION, counts.precision())
                .containsEntry(TaskMetric.RECALL, counts.recall())
                .containsEntry(TaskMetric.F1, counts.f1())
                .containsEntry(TaskMetric.AUC, BinaryMetrics.auc(probabilities, labels));
        assertThat(metrics.get(TaskMetric.LOG_LOSS))
                .isCloseTo(BinaryMetrics.logLoss(probabilities, labels), within(1e-12));
        assertThat(tally.labelled("click")).containsEntry("click/f1", counts.f1());
    }

    @Test
    void ofOneClassAloneTheAreaIsNotANumberAndTheRestIsDefined() {
        BinaryTally tally = new BinaryTally();
        tally.add(0.2, false);
        tally.add(0.4, false);
        assertThat(tally.metrics().get(TaskMetric.AUC)).isNaN();
        assertThat(tally.metrics()).containsEntry(TaskMetric.ACCURACY, 1.0).containsEntry(TaskMetric.RECALL, 0.0);
    }

    @Test
    void withoutACaseNothingIsKnown() {
        for (Tally tally : new Tally[] {new BinaryTally(), new NumberTally(), new ClassTally(3)}) {
            assertThat(tally.cases()).isZero();
            assertThat(tally.metrics().values())
                    .allSatisfy(value -> assertThat(value).isNaN());
        }
    }

    @Test
    void numbersGiveSquaredAndAbsoluteErrors() {
        NumberTally tally = new NumberTally();
        tally.add(1, 1);
        tally.add(2, 4);
        tally.add(5, 4);
        assertThat(tally.metrics().keySet()).containsExactlyElementsOf(TaskMetric.ofNumber());
        assertThat(tally.metrics().get(TaskMetric.MSE)).isCloseTo(5 / 3.0, within(1e-12));
        assertThat(tally.metrics().get(TaskMetric.RMSE)).isCloseTo(Math.sqrt(5 / 3.0), within(1e-12));
        assertThat(tally.metrics()).containsEntry(TaskMetric.MAE, 1.0);
    }

    /** Labels 0 0 1 2, predictions 0 1 1 1: class 3 never occurs. */
    @Test
    void classesCountAlikeWhicheverIsFrequent() {
        ClassTally tally = new ClassTally(4);
        tally.add(new double[] {9, 0.7, 0.1, 0.1, 0.1}, 1, 0);
        tally.add(new double[] {0.3, 0.5, 0.1, 0.1}, 0, 0);
        tally.add(new double[] {0.1, 0.8, 0.1, 0}, 0, 1);
        tally.add(new double[] {0.1, 0.6, 0.2, 0.1}, 0, 2);
        Map<TaskMetric, Double> metrics = tally.metrics();
        assertThat(metrics.keySet()).containsExactlyElementsOf(TaskMetric.ofClasses());
        assertThat(metrics.get(TaskMetric.ACCURACY)).isEqualTo(0.5);
        assertThat(metrics.get(TaskMetric.PRECISION)).isCloseTo((1 + 1 / 3.0 + 0) / 3, within(1e-12));
        assertThat(metrics.get(TaskMetric.RECALL)).isCloseTo((0.5 + 1 + 0) / 3, within(1e-12));
        assertThat(metrics.get(TaskMetric.F1)).isCloseTo((2 / 3.0 + 0.5 + 0) / 3, within(1e-12));
        assertThat(metrics.get(TaskMetric.LOG_LOSS))
                .isCloseTo(-(Math.log(0.7) + Math.log(0.3) + Math.log(0.8) + Math.log(0.2)) / 4, within(1e-12));
    }

    @Test
    void refusesWhatIsNoProbabilityNumberOrClass() {
        assertThatThrownBy(() -> new BinaryTally().add(1.2, true)).hasMessage("probability: 1.2 (expected: 0 to 1)");
        assertThatThrownBy(() -> new BinaryTally().add(Double.NaN, true)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new NumberTally().add(1, Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new ClassTally(2).add(new double[] {0.5, 0.5}, 0, 2))
                .hasMessage("label: 2 (expected: 0 to 1)");
        assertThatThrownBy(() -> new ClassTally(1)).hasMessage("classes: 1 (expected: >= 2)");
    }

    @Test
    void knowsOfLabelsWhetherLowerIsBetter() {
        assertThat(TaskMetric.isLowerBetter("click/log-loss")).isTrue();
        assertThat(TaskMetric.isLowerBetter("rating/mse")).isTrue();
        assertThat(TaskMetric.isLowerBetter("click/auc")).isFalse();
        assertThat(TaskMetric.isLowerBetter("ndcg@20")).isFalse();
        assertThat(TaskMetric.isOfTask("ndcg@20")).isFalse();
        assertThat(TaskMetric.isOfTask(TaskMetric.AUC.label("click"))).isTrue();
    }
}
