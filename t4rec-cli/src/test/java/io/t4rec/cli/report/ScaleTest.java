package io.t4rec.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScaleTest {
    @Test
    void holdsAllValuesBetweenRoundEndsWithAHandfulOfTicks() {
        for (long seed = 1; seed <= 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double size = Math.pow(10, random.nextInt(-6, 7));
            double[] values = random.doubles(1 + random.nextInt(5), -size, size).toArray();
            Scale scale = Scale.of(values).rounded(5);
            double[] ticks = scale.ticks(5);
            assertThat(ticks.length).as("seed %d", seed).isBetween(2, 9);
            for (double value : values) {
                assertThat(scale.share(value)).as("seed %d", seed).isBetween(-1e-9, 1 + 1e-9);
            }
        }
    }

    @Test
    void labelsAreShort() {
        assertThat(Scale.label(0)).isEqualTo("0");
        assertThat(Scale.label(20)).isEqualTo("20");
        assertThat(Scale.label(0.30000000000000004)).isEqualTo("0.3");
        assertThat(Scale.label(-1.5)).isEqualTo("-1.5");
        assertThat(Scale.label(1e-6)).isEqualTo("1.0e-06");
        assertThat(Scale.label(2_500_000)).isEqualTo("2.5e+06");
    }
}
