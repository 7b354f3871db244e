package io.t4rec.nn.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NegativeSamplerTest {
    private static final int FIRST = 3;
    private static final int ITEMS = 60;
    private static final int TRIALS = 20_000;

    /** Item i occurs 2 (60 - i) times; the last two never. */
    private static ItemFrequencies frequencies() {
        ItemFrequencies frequencies = new ItemFrequencies(ITEMS, FIRST);
        for (int item = 0; item < ITEMS - 2; item++) {
            long[] many = new long[2 * (ITEMS - item)];
            Arrays.fill(many, item);
            frequencies.add(many);
        }
        return frequencies;
    }

    private static NegativeSampler sampler(String kind, int negatives) {
        return switch (SamplerKind.of(kind)) {
            case UNIFORM -> new UniformSampler(ITEMS, FIRST, negatives);
            case LOG_UNIFORM -> new LogUniformSampler(ITEMS, FIRST, negatives);
            case POPULARITY -> new PopularitySampler(frequencies(), 0.75, negatives);
            case IN_BATCH -> new InBatchSampler(frequencies(), negatives);
            case CACHED -> new CachedSampler(frequencies(), negatives, 40);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "uniform,9,1",
        "uniform,50,2",
        "uniform,57,3",
        "log-uniform,9,4",
        "log-uniform,40,5",
        "popularity,9,6",
        "popularity,40,7",
        "in-batch,64,8",
        "cached,64,9"
    })
    void drawsEachItemAsOftenAsItSays(String kind, int negatives, long seed) {
        NegativeSampler sampler = sampler(kind, negatives);
        SplittableRandom random = new SplittableRandom(seed);
        PopularitySampler data = new PopularitySampler(frequencies(), 1, 1);
        int[] counts = new int[ITEMS];
        double[] expected = new double[ITEMS];
        for (int trial = 0; trial < TRIALS; trial++) {
            long[] targets = new long[20];
            Arrays.setAll(targets, i -> data.draw(targets, random).items()[0]);
            Negatives drawn = sampler.draw(targets, random);
            assertThat(drawn.items()).doesNotHaveDuplicates().isSorted();
            assertThat(drawn.items()[0]).isGreaterThanOrEqualTo(FIRST);
            for (long item : drawn.items()) {
                counts[(int) item]++;
            }
            if (trial == 5) { // the cache is full by now
                for (int item = FIRST; item < ITEMS - 2; item++) {
                    expected[item] = Math.exp(drawn.logInclusion(new long[] {item})[0]);
                }
            }
        }
        for (int item = FIRST; item < ITEMS - 2; item++) {
            assertThat(counts[item] / (double) TRIALS)
                    .as("%s: share of draws with item %s, seed %s", kind, item, seed)
                    .isCloseTo(expected[item], Offset.offset(0.02));
        }
    }

    @ParameterizedTest
    @CsvSource({"uniform", "log-uniform", "popularity", "in-batch", "cached"})
    void drawsTheSameForTheSameSeed(String kind) {
        long[] targets = {5, 9, 9, 44, 7, 8};
        assertThat(sampler(kind, 4).draw(targets, new SplittableRandom(2)).items())
                .isEqualTo(
                        sampler(kind, 4).draw(targets, new SplittableRandom(2)).items());
    }

    @Test
    void keepsAtMostAsManyOfTheBatchAsAskedFor() {
        long[] targets = {5, 9, 9, 44, 7, 8, 1, 2};
        Negatives all = sampler("in-batch", 6).draw(targets, new SplittableRandom(1));
        assertThat(all.items()).containsExactly(5, 7, 8, 9, 44);
        Negatives some = sampler("in-batch", 3).draw(targets, new SplittableRandom(1));
        assertThat(some.items()).hasSize(3);
        assertThat(all.items()).contains(some.items());
        assertThat(some.logInclusion(new long[] {9})[0])
                .isCloseTo(all.logInclusion(new long[] {9})[0] + (float) Math.log(0.6), Offset.offset(1e-6f));
        assertThat(sampler("in-batch", 3)
                        .draw(new long[] {1, 2}, new SplittableRandom(1))
                        .count())
                .as("special ids are no negatives")
                .isZero();
    }

    @Test
    void remembersTheNewestTargets() {
        CachedSampler sampler = new CachedSampler(frequencies(), 100, 4);
        SplittableRandom random = new SplittableRandom(1);
        sampler.draw(new long[] {5, 6, 7}, random);
        assertThat(sampler.draw(new long[] {8, 9}, random).items()).containsExactly(6, 7, 8, 9);
        CachedSampler continued = new CachedSampler(frequencies(), 100, 4);
        continued.restore(sampler.state());
        assertThat(continued.draw(new long[] {10}, random).items()).containsExactly(7, 8, 9, 10);
    }

    @Test
    void refusesMoreNegativesThanItems() {
        for (String kind : new String[] {"uniform", "log-uniform", "popularity"}) {
            assertThatThrownBy(() -> sampler(kind, ITEMS - FIRST + 1))
                    .hasMessageContaining("negatives: 58 (expected: 1 to 57");
            assertThatThrownBy(() -> sampler(kind, 0)).hasMessageContaining("negatives: 0");
        }
    }

    @Test
    void refusesPopularityThatIsAllZero() {
        ItemFrequencies none = new ItemFrequencies(10, FIRST);
        none.add(new long[] {0, 1, 2});
        assertThatThrownBy(() -> new PopularitySampler(none, 1, 2)).hasMessageContaining("popularity: all zero");
        assertThatThrownBy(() -> none.inverseWeights(1)).hasMessageContaining("all zero");
    }

    @Test
    void weighsFrequentTargetsLessAndOneOnAverage() {
        ItemFrequencies frequencies = frequencies();
        float[] weights = frequencies.inverseWeights(0.5);
        double sum = 0;
        for (int item = FIRST; item < ITEMS; item++) {
            sum += weights[item] * frequencies.count(item);
        }
        assertThat(sum / frequencies.total()).isCloseTo(1, Offset.offset(1e-6));
        assertThat(weights[50] / weights[10])
                .isCloseTo((float) Math.sqrt(50 / 10.0), Offset.offset(1e-5f)); // 100 and 20 times
    }

    @Test
    void neverDrawsItemsThatNeverOccurred() {
        NegativeSampler sampler = sampler("popularity", 57);
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < 2_000; i++) {
            assertThat(sampler.draw(new long[0], random).items()).doesNotContain(ITEMS - 2, ITEMS - 1);
        }
    }

    @Test
    void refusesItemsOutsideTheCatalogueAndAnEmptyCache() {
        ItemFrequencies counted = new ItemFrequencies(5, 3);
        counted.add(new long[] {0, 3, 4});
        assertThat(counted.total()).isEqualTo(2);
        for (long item : new long[] {5, -1}) {
            assertThatThrownBy(() -> counted.add(new long[] {item}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("item: " + item + " (expected: 0 to 4, the ids of the catalogue)");
        }
        assertThatThrownBy(() -> new CachedSampler(frequencies(), 3, 0)).hasMessage("size: 0 (expected: >= 1)");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -0.5})
    void refusesAnAlphaThatIsNoNumberOrNegative(double alpha) {
        ItemFrequencies frequencies = new ItemFrequencies(6, 3);
        frequencies.add(new long[] {3, 4, 4});
        assertThatThrownBy(() -> new PopularitySampler(frequencies, alpha, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("alpha: " + alpha + " (expected: a number >= 0)");
    }

    @Test
    void refusesFrequenciesOfNoCatalogue() {
        assertThatThrownBy(() -> new ItemFrequencies(-1, 3)).hasMessageContaining("itemCount: -1");
        assertThatThrownBy(() -> new ItemFrequencies(1L << 40, 3)).hasMessageContaining("itemCount: 1099511627776");
        assertThatThrownBy(() -> new ItemFrequencies(5, -3)).hasMessageContaining("firstItem: -3");
    }

    @Test
    void refusesANegativeFirstItem() {
        assertThatThrownBy(() -> new UniformSampler(6, -1, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("firstItem: -1 (expected: >= 0)");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.NEGATIVE_INFINITY})
    void refusesAPowerOfInverseWeightsThatIsNoNumber(double power) {
        ItemFrequencies frequencies = new ItemFrequencies(6, 3);
        frequencies.add(new long[] {3, 4, 4});
        assertThatThrownBy(() -> frequencies.inverseWeights(power))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("power: " + power + " (expected: a finite number)");
    }
}
