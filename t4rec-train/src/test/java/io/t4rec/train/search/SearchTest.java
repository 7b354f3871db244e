package io.t4rec.train.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ConfigException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SearchTest {
    private static final SearchSpace SPACE = space();

    private static SearchSpace space() {
        Map<String, Domain> domains = new LinkedHashMap<>();
        domains.put("dropout", new Domain.Uniform(0, 0.5));
        domains.put("rate", new Domain.LogUniform(1e-4, 1e-1));
        domains.put("layers", new Domain.Integers(1, 4));
        domains.put("type", new Domain.Choice(List.of("a", "b", "c")));
        return new SearchSpace(domains);
    }

    /** Best at dropout 0.1, rate 0.003, 3 layers, type b: at most 0. */
    private static double value(Map<String, Object> settings) {
        double dropout = (Double) settings.get("dropout") - 0.1;
        double rate = Math.log10((Double) settings.get("rate") / 0.003);
        double layers = (Long) settings.get("layers") - 3;
        return -10 * dropout * dropout
                - rate * rate
                - 0.2 * layers * layers
                - ("b".equals(settings.get("type")) ? 0 : 0.5);
    }

    private static List<Trial> run(Search search, int trials) {
        List<Trial> history = new ArrayList<>();
        for (int i = 0; i < trials; i++) {
            Map<String, Object> settings = search.next(SPACE, history);
            history.add(new Trial(settings, value(settings)));
        }
        return history;
    }

    private static double best(List<Trial> trials) {
        return trials.stream().mapToDouble(Trial::value).max().orElseThrow();
    }

    @Test
    void theSameSeedGivesTheSameSequence() {
        for (String method : List.of("random", "tpe")) {
            assertThat(run(Search.of(method, 4, 5), 25)).isEqualTo(run(Search.of(method, 4, 5), 25));
            assertThat(run(Search.of(method, 4, 5), 25)).isNotEqualTo(run(Search.of(method, 5, 5), 25));
        }
    }

    @Test
    void aSearchThatGoesOnFindsWhatItWouldHaveFound() {
        List<Trial> whole = run(new TreeParzen(4, 5), 25);
        assertThat(new TreeParzen(4, 5).next(SPACE, whole.subList(0, 17)))
                .isEqualTo(whole.get(17).settings());
    }

    @Test
    void theBayesianSearchFindsBetterSettingsThanChance() {
        double[] sums = new double[2];
        for (int seed = 0; seed < 20; seed++) {
            sums[0] += best(run(new RandomSearch(seed), 60)) / 20;
            sums[1] += best(run(new TreeParzen(seed, 10), 60)) / 20;
        }
        assertThat(sums[1]).as("random reaches %s", sums[0]).isGreaterThan(sums[0] / 2);
    }

    @Test
    void trialsWithoutAValueCountAsTheWorst() {
        List<Trial> history = new ArrayList<>();
        TreeParzen search = new TreeParzen(1, 10);
        for (int i = 0; i < 60; i++) {
            Map<String, Object> settings = search.next(SPACE, history);
            boolean unusable = !"c".equals(settings.get("type"));
            history.add(new Trial(settings, unusable ? Double.NaN : 1));
        }
        assertThat(history.subList(30, 60).stream()
                        .filter(trial -> trial.value() == 1)
                        .count())
                .isGreaterThan(20);
    }

    @Test
    void valuesLieWithinTheirDomainAndKeepTheirPlace() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 2_000; i++) {
            double place = i == 0 ? 0 : i == 1 ? 1 : random.nextDouble();
            SPACE.domains().forEach((name, domain) -> {
                Object value = domain.at(place);
                if (domain instanceof Domain.Ordered ordered) {
                    double back = ordered.place((Number) value);
                    assertThat(back).as(name).isBetween(0.0, 1.0);
                    double width = domain instanceof Domain.Integers ? 0.125 + 1e-9 : 1e-3;
                    assertThat(back).as(name).isCloseTo(place, Offset.offset(width));
                }
                if (value instanceof Double number) {
                    assertThat(new BigDecimal(number.toString())
                                    .stripTrailingZeros()
                                    .precision())
                            .isLessThanOrEqualTo(4);
                }
            });
        }
        assertThat(new Domain.Integers(1, 3).at(1)).isEqualTo(3L);
        assertThat(new Domain.Choice(List.of(5, 6)).at(1)).isEqualTo(6);
    }

    @Test
    void theDensityIntegratesToOneAndIsHighWherePointsAre() {
        Parzen density = new Parzen(new double[] {0.2, 0.21, 0.22, 0.23, 0.24, 0.9});
        double sum = 0;
        for (int i = 0; i < 10_000; i++) {
            sum += density.density((i + 0.5) / 10_000) / 10_000;
        }
        assertThat(sum).isCloseTo(1, Offset.offset(1e-5));
        assertThat(density.density(0.22)).isGreaterThan(2 * density.density(0.6));
        assertThat(new Parzen(new double[0]).density(0.3)).isEqualTo(1);
    }

    @Test
    void drawsFollowTheDensity() {
        Parzen density = new Parzen(new double[] {0.1, 0.15, 0.8});
        SplittableRandom random = new SplittableRandom(9);
        int[] counts = new int[10];
        for (int i = 0; i < 200_000; i++) {
            counts[(int) (density.draw(random) * 10)]++;
        }
        for (int bin = 0; bin < 10; bin++) {
            double expected = 0;
            for (int i = 0; i < 1_000; i++) {
                expected += density.density((bin + (i + 0.5) / 1_000) / 10) / 10_000;
            }
            assertThat(counts[bin] / 200_000.0).isCloseTo(expected, Offset.offset(0.006));
        }
    }

    @Test
    void knowsTheNormalDistribution() {
        assertThat(Parzen.cumulative(0)).isCloseTo(0.5, Offset.offset(1e-7));
        assertThat(Parzen.cumulative(1.959963985)).isCloseTo(0.975, Offset.offset(1e-7));
        assertThat(Parzen.cumulative(-1)).isCloseTo(0.158655254, Offset.offset(1e-7));
    }

    @Test
    void refusesDomainsThatHoldNothing() {
        assertThatThrownBy(() -> new Domain.Uniform(1, 0)).hasMessageContaining("uniform: [1.0, 0.0]");
        assertThatThrownBy(() -> new Domain.LogUniform(0, 1)).hasMessageContaining("both above 0");
        assertThatThrownBy(() -> new Domain.Integers(2, 1)).hasMessageContaining("integer: [2, 1]");
        assertThatThrownBy(() -> new Domain.Choice(List.of())).hasMessageContaining("choice: []");
        assertThatThrownBy(() -> new Domain.Choice(List.of(1, 1))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new SearchSpace(Map.of())).hasMessageContaining("space: empty");
        assertThatThrownBy(() -> Search.of("tep", 1, 10)).hasMessageContaining("did you mean tpe?");
        assertThatThrownBy(() -> Search.of("tpe", 1, 1)).hasMessageContaining("search.startup: 1");
    }
}
