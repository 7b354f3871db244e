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

    @Test
    void intervalsHoldTheValueOfLargeDataAsOftenAsTheySay() {
        int held = 0;
        int rounds = 60;
        for (int round = 0; round < rounds; round++) {
            SplittableRandom random = new SplittableRandom(round);
            Bootstrap.Interval interval =
                    calibrated(400, random).intervals(0.95, 200, random).get(TaskMetric.AUC);
            held += interval.low() <= 5 / 6.0 && 5 / 6.0 <= interval.high() ? 1 : 0;
            assertThat(interval.high() - interval.low()).isBetween(0.04, 0.12);
        }
        assertThat(held).isBetween(50, rounds);
    }

    /** Labels drawn with the probabilities, which are uniform: the area is 5/6. */
    private static BinaryTally calibrated(int cases, SplittableRandom random) {
        BinaryTally tally = new BinaryTally();
        for (int i = 0; i < cases; i++) {
            double probability = random.nextDouble();
            tally.add(probability, random.nextDouble() < probability);
        }
        return tally;
    }

    @Test
    void ofMeansTheIntervalsAreThoseOfTheMean() {
        SplittableRandom random = new SplittableRandom(1);
        NumberTally numbers = new NumberTally();
        ClassTally classes = new ClassTally(3);
        double[] squares = new double[300];
        double[] hits = new double[300];
        for (int i = 0; i < squares.length; i++) {
            double error = random.nextDouble() - 0.5;
            numbers.add(error, 0);
            squares[i] = error * error;
            int label = random.nextInt(3);
            double own = random.nextDouble();
            double[] probabilities = {(1 - own) / 2, (1 - own) / 2, (1 - own) / 2};
            probabilities[label] = own;
            classes.add(probabilities, 0, label);
            hits[i] = own > (1 - own) / 2 ? 1 : 0;
        }
        assertThat(numbers.resampled(new SplittableRandom(2)).cases()).isEqualTo(300);
        assertClose(numbers, TaskMetric.MSE, squares);
        assertClose(classes, TaskMetric.ACCURACY, hits);
    }

    private static void assertClose(Tally tally, TaskMetric metric, double[] cases) {
        Bootstrap.Interval found =
                tally.intervals(0.95, 2_000, new SplittableRandom(3)).get(metric);
        Bootstrap.Interval expected = Bootstrap.mean(cases, 0.95, 2_000, new SplittableRandom(4));
        double width = expected.high() - expected.low();
        assertThat(found.mean()).isCloseTo(expected.mean(), within(1e-12));
        assertThat(found.low()).isCloseTo(expected.low(), within(width / 10));
        assertThat(found.high()).isCloseTo(expected.high(), within(width / 10));
    }

    @Test
    void anIntervalOfNothingIsNoNumber() {
        BinaryTally tally = new BinaryTally();
        tally.add(0.5, true);
        Map<TaskMetric, Bootstrap.Interval> intervals = tally.intervals(0.95, 10, new SplittableRandom(1));
        assertThat(intervals.get(TaskMetric.AUC).low()).isNaN();
        assertThat(intervals.get(TaskMetric.RECALL)).isEqualTo(new Bootstrap.Interval(1, 1, 1));
        assertThat(new ClassTally(2)
                        .intervals(0.95, 10, new SplittableRandom(1))
                        .get(TaskMetric.F1)
                        .mean())
                .isNaN();
    }

    @Test
    void refusesALevelThatIsNoShareOfTheCases() {
        BinaryTally tally = new BinaryTally();
        tally.add(0.7, true);
        assertThatThrownBy(() -> tally.intervals(95, 10, new SplittableRandom(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("level 95.0");
        assertThatThrownBy(() -> tally.intervals(0.95, 0, new SplittableRandom(1)))
                .hasMessageContaining("resamples 0 (expected: 0 < level < 1, resamples >= 1)");
    }
}
