package io.t4rec.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutMaskTest {
    private static final int SIZE = 200_003;

    private static boolean[] dropped(double probability, Generator generator) {
        try (Scope scope = Scope.open()) {
            float[] values = DropoutMask.draw(probability, generator, SIZE).toFloats();
            float kept = (float) (1 / (1 - probability));
            boolean[] dropped = new boolean[SIZE];
            for (int i = 0; i < SIZE; i++) {
                assertThat(values[i] == 0 || values[i] == kept).isTrue();
                dropped[i] = values[i] == 0;
            }
            return dropped;
        }
    }

    /** Share of the positions at which both are dropped, the second one {@code lag} later. */
    private static double both(boolean[] one, boolean[] two, int lag) {
        int count = 0;
        for (int i = 0; i + lag < SIZE; i++) {
            count += one[i] && two[i + lag] ? 1 : 0;
        }
        return (double) count / (SIZE - lag);
    }

    /** Five standard deviations of a share of that expectation. */
    private static double band(double share) {
        return 5 * Math.sqrt(share * (1 - share) / SIZE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.1, 0.3, 0.5, 0.9})
    void dropsEachElementWithTheProbabilityWhateverBecomesOfTheOthers(double p) {
        Generator generator = new Generator(31);
        boolean[] before = dropped(p, generator);
        for (int mask = 0; mask < 8; mask++) {
            boolean[] now = dropped(p, generator);
            assertThat(both(now, now, 0)).isCloseTo(p, within(band(p)));
            for (int lag : new int[] {1, 2, 3, 4, 8, 16, 20, 64, 1_280, 4_096, 65_536}) {
                assertThat(both(now, now, lag)).as("lag " + lag).isCloseTo(p * p, within(1.5 * band(p * p)));
                assertThat(both(before, now, lag)).as("masks, lag " + lag).isCloseTo(p * p, within(1.5 * band(p * p)));
            }
            assertThat(both(before, now, 0)).as("masks").isCloseTo(p * p, within(band(p * p)));
            before = now;
        }
    }

    @Test
    void givesTheSameMaskForTheSameGenerator() {
        assertThat(dropped(0.3, new Generator(5))).isEqualTo(dropped(0.3, new Generator(5)));
        assertThat(dropped(0.3, new Generator(5))).isNotEqualTo(dropped(0.3, new Generator(6)));
    }
}
