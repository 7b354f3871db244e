package io.t4rec.train.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MedianRuleTest {
    private static final List<List<Double>> OTHERS =
            List.of(List.of(0.1, 0.3, 0.2), List.of(0.2, 0.4), List.of(0.3, 0.5, 0.6));

    @Test
    void givesUpWhatIsBelowTheMedianOfThoseThatCameAsFar() {
        MedianRule rule = new MedianRule(2, 3);
        assertThat(rule.isHopeless(List.of(0.1, 0.39), OTHERS)).isTrue();
        assertThat(rule.isHopeless(List.of(0.1, 0.4), OTHERS))
                .as("as good as the median")
                .isFalse();
        assertThat(rule.isHopeless(List.of(0.45, 0.1), OTHERS))
                .as("its best counts")
                .isFalse();
        assertThat(rule.isHopeless(List.of(0.01), OTHERS)).as("grace").isFalse();
        assertThat(rule.isHopeless(List.of(0.01, 0.02, 0.03), OTHERS))
                .as("only two came as far")
                .isFalse();
        assertThat(new MedianRule(2, 2).isHopeless(List.of(0.1, 0.2, 0.44), OTHERS))
                .as("the mean of 0.3, the best of the first, and 0.6")
                .isTrue();
        assertThat(new MedianRule(2, 2).isHopeless(List.of(0.1, 0.2, 0.46), OTHERS))
                .isFalse();
    }

    @Test
    void refusesGraceOfNothing() {
        assertThatThrownBy(() -> new MedianRule(0, 3))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("grace: 0");
    }
}
