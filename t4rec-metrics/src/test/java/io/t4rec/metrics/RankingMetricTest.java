package io.t4rec.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
}
