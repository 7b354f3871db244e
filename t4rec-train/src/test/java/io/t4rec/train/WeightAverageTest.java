package io.t4rec.train;

import static io.t4rec.train.SmallRun.config;
import static io.t4rec.train.SmallRun.train;
import static io.t4rec.train.SmallRun.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.nn.optim.TableUpdate;
import io.t4rec.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightAverageTest {
    private static final double DECAY = 0.7;

    @TempDir
    Path folder;

    /** What the model has after each step. */
    private static final class Steps implements TrainingListener {
        private final SessionModel model;
        private final List<Map<String, List<Float>>> weights = new ArrayList<>();

        Steps(SessionModel model) {
            this.model = model;
        }

        @Override
        public void onStep(Step step) {
            weights.add(weights(model));
        }
    }

    private static SessionModel fresh() {
        return SessionModel.create(ModelConfig.defaults(), SmallRun.SCHEMA, 3);
    }

    private static Steps run(SessionModel model, TrainingConfig config, Trainer.Validation validation)
            throws IOException {
        Steps steps = new Steps(model);
        try (Trainer trainer = new Trainer(model, config, SmallRun.loader(), List.of(steps))) {
            trainer.run(validation, null);
        }
        return steps;
    }

    @Test
    void leavesTheMovingAverageOfAllSteps() throws IOException {
        SessionModel model = fresh();
        Map<String, List<Float>> before = weights(model);
        Steps steps = run(model, config().averaging(DECAY).build(), null);
        assertThat(steps.weights).hasSize(18);
        weights(model).forEach((name, values) -> {
            for (int i = 0; i < values.size(); i++) {
                double expected = before.get(name).get(i);
                for (int step = 1; step <= 18; step++) {
                    double kept = Math.min(DECAY, step / (step + 9.0));
                    expected = kept * expected
                            + (1 - kept) * steps.weights.get(step - 1).get(name).get(i);
                }
                assertThat((double) values.get(i)).as(name).isCloseTo(expected, Offset.offset(1e-6));
            }
        });
    }

    @Test
    void evaluatesTheAverageWhileTrainingGoesOnWithTheWeightsThemselves() throws IOException {
        Steps plain = run(fresh(), config().build(), null);
        SessionModel model = fresh();
        List<Map<String, List<Float>>> evaluated = new ArrayList<>();
        Trainer.Validation validation = new Trainer.Validation(
                () -> {
                    evaluated.add(weights(model));
                    return Map.of("ndcg@20", evaluated.size() == 1 ? 0.5 : 0.4);
                },
                "ndcg@20");
        Steps averaged = run(model, config().averaging(DECAY).build(), validation);
        assertThat(averaged.weights).isEqualTo(plain.weights);
        assertThat(evaluated).hasSize(2);
        assertThat(evaluated.get(0)).as("not the last step's").isNotEqualTo(plain.weights.get(8));
        assertThat(weights(model)).as("the average of the better epoch").isEqualTo(evaluated.get(0));
    }

    @Test
    void continuesBitByBitAfterAStop() throws IOException {
        TrainingConfig whole = config().schedule("constant").averaging(DECAY).build();
        Map<String, List<Float>> straight = weights(train(whole, null, null));
        Path checkpoints = folder.resolve("run");
        train(whole.edit().epochs(1).build(), null, checkpoints);
        assertThat(weights(train(whole, null, checkpoints))).isEqualTo(straight);
    }

    @Test
    void refusesToAverageATableOfWhichFewRowsAreUpdated() {
        TrainingConfig config = config().averaging(DECAY).tableOptimizer("lazy").build();
        assertThatThrownBy(() -> train(SmallRun.sampledSoftmax(), config, null, null))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("training.averaging: 0.7 (expected: 0, or training.tableOptimizer dense");
    }

    @Test
    void updatesLargeTablesAsAWholeUnlessToldOtherwise() {
        assertThat(config().averaging(DECAY).build().tableUpdate(TrainingConfig.LAZY_ROWS, true))
                .isEqualTo(TableUpdate.DENSE);
        assertThat(config().build().tableUpdate(TrainingConfig.LAZY_ROWS, true)).isEqualTo(TableUpdate.LAZY);
    }

    @Test
    void refusesADecayOutOfRange() {
        for (double decay : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> config().averaging(decay).build())
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("training.averaging: " + decay + " (expected: 0 <= decay < 1)");
        }
    }
}
