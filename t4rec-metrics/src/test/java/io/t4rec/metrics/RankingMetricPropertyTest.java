package io.t4rec.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What must hold for any ranking. */
class RankingMetricPropertyTest {
    private static final int SEEDS = 500;

    /** A random ranking of some items of which some are relevant; a few relevant ones aren't ranked. */
    private record Case(int[] ranks, int items) {
        static Case draw(SplittableRandom random) {
            int items = random.nextInt(1, 40);
            int[] places = shuffled(items, random);
            int[] ranks = Arrays.copyOf(places, random.nextInt(0, items + 1));
            for (int i = 0; i < ranks.length; i++) {
                ranks[i] = random.nextInt(5) == 0 ? 0 : ranks[i];
            }
            return new Case(ranks, items);
        }
    }

    @Test
    void valuesLieBetween0And1() {
        forAll((seed, random) -> {
            Case drawn = Case.draw(random);
            for (RankingMetric metric : RankingMetric.values()) {
                for (int k = 1; k <= drawn.items + 2; k++) {
                    double value = metric.of(drawn.ranks, k);
                    assertThat(value).as("%s, seed %d", metric.label(k), seed).isNotNegative();
                    if (metric != RankingMetric.DCG) {
                        assertThat(value)
                                .as("%s, seed %d", metric.label(k), seed)
                                .isLessThanOrEqualTo(1 + 1e-12);
                    }
                }
            }
        });
    }

    @Test
    void morePlacesNeverLowerRecallMrrAndGain() {
        forAll((seed, random) -> {
            Case drawn = Case.draw(random);
            for (RankingMetric metric : List.of(RankingMetric.RECALL, RankingMetric.MRR, RankingMetric.DCG)) {
                for (int k = 1; k <= drawn.items; k++) {
                    assertThat(metric.of(drawn.ranks, k + 1))
                            .as("%s, seed %d", metric.label(k), seed)
                            .isGreaterThanOrEqualTo(metric.of(drawn.ranks, k));
                }
            }
            int[] one = {1 + random.nextInt(30)};
            for (RankingMetric metric : List.of(RankingMetric.NDCG, RankingMetric.MAP)) {
                for (int k = 1; k < 32; k++) {
                    assertThat(metric.of(one, k + 1))
                            .as("%s, seed %d", metric.label(k), seed)
                            .isGreaterThanOrEqualTo(metric.of(one, k));
                }
            }
        });
    }

    @Test
    void theBestOrderScoresHighest() {
        forAll((seed, random) -> {
            int relevant = random.nextInt(1, 20);
            int[] best = IntStream.rangeClosed(1, relevant).toArray();
            for (int k = 1; k < 25; k++) {
                String as = "seed " + seed + ", k " + k;
                assertThat(RankingMetric.NDCG.of(best, k)).as(as).isCloseTo(1, within(1e-12));
                assertThat(RankingMetric.MAP.of(best, k)).as(as).isCloseTo(1, within(1e-12));
                assertThat(RankingMetric.MRR.of(best, k)).as(as).isEqualTo(1);
                assertThat(RankingMetric.RECALL.of(best, k)).as(as).isEqualTo(Math.min(1, k / (double) relevant));
                assertThat(RankingMetric.PRECISION.of(best, k)).as(as).isEqualTo(Math.min(1, relevant / (double) k));
            }
        });
    }

    @Test
    void movingARelevantItemUpNeverLowersAnything() {
        forAll((seed, random) -> {
            Case drawn = Case.draw(random);
            for (int i = 0; i < drawn.ranks.length; i++) {
                int up = drawn.ranks[i] - 1;
                if (up < 1 || Arrays.stream(drawn.ranks).anyMatch(rank -> rank == up)) {
                    continue;
                }
                int[] better = drawn.ranks.clone();
                better[i] = up;
                for (RankingMetric metric : RankingMetric.values()) {
                    for (int k = 1; k <= drawn.items; k++) {
                        assertThat(metric.of(better, k))
                                .as("%s, seed %d", metric.label(k), seed)
                                .isGreaterThanOrEqualTo(metric.of(drawn.ranks, k) - 1e-12);
                    }
                }
            }
        });
    }

    /** A list that finds all it shows but misses relevant items isn't ideal. */
    @Test
    void theIdealHoldsTheRelevantItemsThatAreNotRanked() {
        assertThat(RankingMetric.NDCG.of(new int[] {1, 0, 0}, 10))
                .isCloseTo(1 / (1.5 + 1 / 1.584962500721156), within(1e-12));
        assertThat(RankingMetric.NDCG.of(new int[] {1, 0, 0}, 1)).isEqualTo(1);
    }

    @Test
    void ranksAreWorstCaseWhenScoresTie() {
        double[] same = new double[10];
        assertThat(Ranks.worstCase(same, 4)).containsExactly(10);
        assertThat(Ranks.worstCase(same, 4, 2)).containsExactly(9, 10);
        assertThat(Ranks.worstCase(new double[] {1, 3, 2, 3}, 1)).containsExactly(2);
        assertThat(Ranks.worstCase(new double[] {0.0, -0.0}, 0)).containsExactly(2);
        assertThat(Ranks.worstCase(new double[] {Double.NaN, -1e300, Double.NaN}, 0, 1))
                .containsExactly(3, 1);
    }

    @Test
    void ranksFollowTheSortedScores() {
        forAll((seed, random) -> {
            int items = random.nextInt(1, 30);
            double[] scores = random.ints(items, 0, 8).asDoubleStream().toArray();
            int[] relevant = Arrays.copyOf(
                    Arrays.stream(shuffled(items, random))
                            .map(place -> place - 1)
                            .toArray(),
                    random.nextInt(1, items + 1));
            int[] ranks = Ranks.worstCase(scores, relevant);
            assertThat(ranks).as("seed %d", seed).doesNotHaveDuplicates();
            for (int i = 0; i < relevant.length; i++) {
                double own = scores[relevant[i]];
                long above = Arrays.stream(scores).filter(score -> score > own).count();
                long equal = Arrays.stream(scores).filter(score -> score == own).count();
                long tied = Arrays.stream(relevant)
                        .filter(item -> scores[item] == own)
                        .count();
                assertThat((long) ranks[i]).as("seed %d", seed).isBetween(above + equal - tied + 1, above + equal);
            }
        });
    }

    private static int[] shuffled(int count, SplittableRandom random) {
        int[] places = IntStream.rangeClosed(1, count).toArray();
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int place = places[i];
            places[i] = places[j];
            places[j] = place;
        }
        return places;
    }

    private interface Property {
        void check(long seed, SplittableRandom random);
    }

    private static void forAll(Property property) {
        for (long seed = 0; seed < SEEDS; seed++) {
            property.check(seed, new SplittableRandom(seed));
        }
    }
}
