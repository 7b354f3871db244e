package io.t4rec.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BinaryMetricsTest {
    @Test
    void countsAtAThreshold() {
        double[] predictions = {0.9, 0.5, 0.4, 0.8, 0.1};
        boolean[] labels = {true, true, true, false, false};
        BinaryMetrics.Confusion counts = BinaryMetrics.at(0.5, predictions, labels);
        assertThat(counts).isEqualTo(new BinaryMetrics.Confusion(2, 1, 1, 1));
        assertThat(counts.precision()).isEqualTo(2 / 3.0);
        assertThat(counts.recall()).isEqualTo(2 / 3.0);
        assertThat(counts.f1()).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(counts.accuracy()).isEqualTo(0.6);
    }

    @Test
    void nothingPredictedOrNothingToFindGives0() {
        BinaryMetrics.Confusion nothing = BinaryMetrics.at(2, new double[] {0.1}, new boolean[] {false});
        assertThat(nothing.precision()).isZero();
        assertThat(nothing.recall()).isZero();
        assertThat(nothing.f1()).isZero();
        assertThat(BinaryMetrics.at(0, new double[0], new boolean[0]).accuracy())
                .isZero();
    }

    @Test
    void countsATieAsHalfAPair() {
        assertThat(BinaryMetrics.auc(new double[] {1, 1, 1}, new boolean[] {true, false, true}))
                .isEqualTo(0.5);
        assertThat(BinaryMetrics.auc(new double[] {1, 2, 2, 3}, new boolean[] {false, false, true, true}))
                .isEqualTo(0.875);
        assertThat(BinaryMetrics.auc(new double[] {-0.0, 0.0}, new boolean[] {true, false}))
                .isEqualTo(0.5);
        assertThat(BinaryMetrics.auc(new double[] {1, 2}, new boolean[] {true, true}))
                .isNaN();
    }

    @Test
    void aucIsTheShareOfPairsInTheRightOrder() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int count = random.nextInt(2, 40);
            double[] scores =
                    random.ints(count, -4, 5).mapToDouble(score -> score / 3.0).toArray();
            boolean[] labels = new boolean[count];
            for (int i = 0; i < count; i++) {
                labels[i] = random.nextBoolean();
            }
            double right = 0;
            int pairs = 0;
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < count; j++) {
                    if (labels[i] && !labels[j]) {
                        pairs++;
                        right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                    }
                }
            }
            double auc = BinaryMetrics.auc(scores, labels);
            if (pairs == 0) {
                assertThat(auc).as("seed %d", seed).isNaN();
            } else {
                assertThat(auc).as("seed %d", seed).isCloseTo(right / pairs, within(1e-12));
                double[] turned = Arrays.stream(scores).map(score -> -score).toArray();
                assertThat(BinaryMetrics.auc(turned, labels))
                        .as("seed %d, turned", seed)
                        .isCloseTo(1 - auc, within(1e-12));
            }
        }
    }

    @Test
    void logLossIsTheMeanNegativeLogLikelihood() {
        double[] probabilities = {0.8, 0.3};
        assertThat(BinaryMetrics.logLoss(probabilities, new boolean[] {true, false}))
                .isCloseTo(-(Math.log(0.8) + Math.log(0.7)) / 2, within(1e-12));
        assertThat(BinaryMetrics.logLoss(new double[] {0, 1}, new boolean[] {false, true}))
                .isZero();
        assertThat(BinaryMetrics.logLoss(new double[] {0}, new boolean[] {true}))
                .isCloseTo(34.539, within(1e-3));
        assertThat(BinaryMetrics.logLoss(new double[0], new boolean[0])).isNaN();
        assertThatThrownBy(() -> BinaryMetrics.logLoss(new double[] {1.5}, new boolean[] {true}))
                .hasMessageContaining("probability 0: 1.5 (expected: 0 to 1)");
    }

    @Test
    void rmseIsTheRootOfTheMeanSquare() {
        assertThat(BinaryMetrics.rmse(new double[] {1, 2, 5}, new double[] {1, 4, 4}))
                .isCloseTo(Math.sqrt(5 / 3.0), within(1e-12));
    }

    @Test
    void refusesWhatIsNoNumberAndLengthsThatDiffer() {
        assertThatThrownBy(() -> BinaryMetrics.auc(new double[] {Double.NaN, 1}, new boolean[] {true, false}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prediction 0: NaN");
        assertThatThrownBy(() -> BinaryMetrics.rmse(new double[1], new double[2]))
                .hasMessageContaining("predictions: 1 (expected: 2");
    }
}
