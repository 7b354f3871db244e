package io.t4rec.nn.optim;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearningRateScheduleTest {
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -0.5})
    void refusesCyclesThatAreNoNumberOrNegative(double cycles) {
        assertThatThrownBy(() -> new LearningRateSchedule(LearningRateSchedule.Kind.COSINE, 0, 10, cycles))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("schedule cycles: " + cycles + " (expected: a finite number >= 0)");
    }
}
