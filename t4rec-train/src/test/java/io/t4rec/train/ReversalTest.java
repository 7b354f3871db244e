package io.t4rec.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.ConfigException;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Sessions walk upwards through a ring of 28 items, from anywhere. */
class ReversalTest {
    private static final int ITEMS = 28;
    private static final int FIRST = 3;

    private static SequenceBatch walks(int step) {
        SplittableRandom random = new SplittableRandom(5);
        long[][] walks = new long[400][];
        for (int i = 0; i < walks.length; i++) {
            walks[i] = new long[3 + random.nextInt(5)];
            int at = random.nextInt(ITEMS);
            for (int j = 0; j < walks[i].length; j++) {
                walks[i][j] = FIRST + Math.floorMod(at + step * j, ITEMS);
            }
        }
        return SequenceBatch.of("item_id", walks);
    }

    /** Share of walks whose last step is foretold. */
    private static double foretold(SessionModel model, int step) {
        try (BatchLoader loader = BatchLoader.of(walks(step), LoaderConfig.evaluation(64, 20))) {
            return Evaluator.lastItem().rank(model, loader).means(1).get("recall@1");
        }
    }

    private static SessionModel trained(double reversal) throws IOException {
        TrainingConfig config = TrainingConfig.defaults()
                .edit()
                .epochs(25)
                .batchSize(32)
                .learningRate(3e-3)
                .reversal(reversal)
                .build();
        SessionModel model = SessionModel.create(ModelConfig.defaults(), SmallRun.SCHEMA, 3);
        try (BatchLoader loader = BatchLoader.of(walks(1), config.loading(20));
                Trainer trainer = new Trainer(model, config, loader, List.of())) {
            trainer.run(null, null);
        }
        return model;
    }

    @Test
    void learnsToGoBackwardsFromSessionsThatAreReadBackwards() throws IOException {
        SessionModel forwards = trained(0);
        assertThat(foretold(forwards, 1)).isGreaterThan(0.95);
        assertThat(foretold(forwards, -1)).isLessThan(0.2);
        SessionModel both = trained(0.5);
        assertThat(foretold(both, 1)).isGreaterThan(0.9);
        assertThat(foretold(both, -1)).isGreaterThan(0.9);
        forwards.release();
        both.release();
    }

    @Test
    void refusesWhatIsNoProbability() {
        for (double reversal : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() ->
                            TrainingConfig.defaults().edit().reversal(reversal).build())
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("training.reversal: " + reversal + " (expected: 0 to 1)");
        }
    }
}
