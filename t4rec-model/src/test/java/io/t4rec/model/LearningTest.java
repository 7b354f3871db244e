package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every body learns every task that it may be trained on. */
class LearningTest {
    private static final int BURST = 50;
    private static final int MOST_STEPS = 800;

    /** All pairs but those of bodies that other tests register, whose names begin so. */
    static Stream<Arguments> pairs() {
        return TransformerRegistry.tasks().entrySet().stream()
                .filter(body -> !body.getKey().startsWith("my-"))
                .flatMap(body -> body.getValue().stream().sorted().map(task -> Arguments.of(body.getKey(), task)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void ranksTheNextOfThreeItemsFirst(String body, String task) {
        SessionModel model = SessionModel.create(Cycles.config(body, Cycles.task(task)), Cycles.SCHEMA, 5);
        double hits = 0;
        for (int steps = 0; steps < MOST_STEPS && hits < 0.9; steps += BURST) {
            Cycles.train(model, BURST, 11 + steps);
            hits = Cycles.hits(model, false);
        }
        assertThat(hits)
                .as("share of 200 sessions whose last item is ranked first, of nine")
                .isGreaterThanOrEqualTo(0.9);
        assertThat(Cycles.hits(model, true))
                .as("share of all items but the first of those sessions")
                .isGreaterThanOrEqualTo(0.8);
        model.release();
    }
}
