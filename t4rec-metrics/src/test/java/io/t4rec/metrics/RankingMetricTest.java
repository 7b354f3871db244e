package io.t4rec.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RankingMetricTest {
    @Test
    void scoresOneRelevantItemByItsRank() {
        int[] third = {3};
        assertThat(RankingMetric.RECALL.of(third, 2)).isZero();
        assertThat(RankingMetric.RECALL.of(third, 3)).isEqualTo(1);
        assertThat(RankingMetric.NDCG.of(third, 5)).isCloseTo(0.5, within(1e-12));
        assertThat(RankingMetric.MRR.of(third, 5)).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(RankingMetric.PRECISION.of(third, 5)).isCloseTo(0.2, within(1e-12));
        assertThat(RankingMetric.MAP.of(third, 5)).isCloseTo(1 / 3.0, within(1e-12));
    }

    @Test
    void takesTheIdealOverAllRelevantItems() {
        // two of three relevant items found, in places 1 and 3
        int[] ranks = {3, 0, 1};
        double ideal = 1 + 1 / (Math.log(3) / Math.log(2)) + 0.5;
        assertThat(RankingMetric.NDCG.of(ranks, 10)).isCloseTo(1.5 / ideal, within(1e-12));
        assertThat(RankingMetric.RECALL.of(ranks, 10)).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(RankingMetric.MAP.of(ranks, 10)).isCloseTo((1 + 2 / 3.0) / 3, within(1e-12));
    }

    @Test
    void countsACaseWithoutRelevantItemOrPlaceAsZero() {
        for (RankingMetric metric : RankingMetric.values()) {
            assertThat(metric.of(new int[0], 10)).isZero();
            assertThat(metric.of(new int[] {0}, 10)).isZero();
        }
        assertThatThrownBy(() -> RankingMetric.NDCG.of(new int[] {1}, 0)).hasMessageContaining("k: 0");
        assertThatThrownBy(() -> RankingMetric.NDCG.of(new int[] {-1}, 5)).hasMessageContaining("ranks: -1");
        assertThatThrownBy(() -> RankingMetric.MAP.of(new int[] {2, 2}, 5)).hasMessageContaining("ranks: 2");
    }

    @Test
    void averagesOverCases() {
        assertThat(RankingMetric.means(new int[] {1, 0, 30, 2}, 20)).containsEntry("recall@20", 0.5);
    }

    @Test
    void coversTheTrueMeanAboutAsOftenAsPromised() {
        SplittableRandom random = new SplittableRandom(11);
        int covered = 0;
        for (int trial = 0; trial < 200; trial++) {
            double[] cases = random.doubles(200).map(x -> x < 0.3 ? 1 : 0).toArray();
            Bootstrap.Interval interval = Bootstrap.mean(cases, 0.9, 300, random);
            covered += interval.low() <= 0.3 && 0.3 <= interval.high() ? 1 : 0;
        }
        assertThat(covered).isBetween(165, 195);
    }

    @Test
    void theIntervalNarrowsWithCasesAndHoldsTheMean() {
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double[] many = random.doubles(1_600).toArray();
            double[] few = Arrays.copyOf(many, 100);
            Bootstrap.Interval wide = Bootstrap.mean(few, 0.95, 400, random);
            Bootstrap.Interval narrow = Bootstrap.mean(many, 0.95, 400, random);
            assertThat(wide.mean()).as("seed %d", seed).isBetween(wide.low(), wide.high());
            assertThat((wide.high() - wide.low()) / (narrow.high() - narrow.low()))
                    .as("16 times the cases, a quarter of the width; seed %d", seed)
                    .isBetween(2.6, 6.0);
        }
        Bootstrap.Interval same = Bootstrap.mean(new double[] {0.3, 0.3}, 0.95, 10, new SplittableRandom(1));
        assertThat(same).isEqualTo(new Bootstrap.Interval(0.3, 0.3, 0.3));
        assertThat(Bootstrap.mean(new double[0], 0.95, 10, new SplittableRandom(1))
                        .low())
                .isNaN();
        assertThatThrownBy(() -> Bootstrap.mean(new double[] {1}, 1, 10, new SplittableRandom(1)))
                .hasMessageContaining("level 1.0");
    }

    @Test
    void theSameGeneratorGivesTheSameInterval() {
        double[] cases = {0, 1, 0.5, 0.25};
        assertThat(Bootstrap.mean(cases, 0.9, 100, new SplittableRandom(3)))
                .isEqualTo(Bootstrap.mean(cases, 0.9, 100, new SplittableRandom(3)));
    }
}
