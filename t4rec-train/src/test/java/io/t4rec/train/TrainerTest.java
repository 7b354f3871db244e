package io.t4rec.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Native;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.categorical("item_id", 30).withTags(Tag.ITEM_ID).withShape(ColumnShape.ragged()));

    @TempDir
    Path folder;

    private static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void givesTheSameWeightsForTheSameSeed() throws IOException {
        assertThat(weights(train(config(2, 0.001), null, -1))).isEqualTo(weights(train(config(2, 0.001), null, -1)));
    }

    @Test
    void continuesBitByBitAfterBeingStoppedAtAnyStep() throws IOException {
        Map<String, List<Float>> straight = weights(train(config(2, 0.001), null, -1));
        for (int stop : new int[] {1, 6, 9, 14}) {
            Path checkpoints = folder.resolve("stop-" + stop);
            assertThatThrownBy(() -> train(config(2, 0.001), checkpoints, stop)).isInstanceOf(Stop.class);
            assertThat(weights(train(config(2, 0.001), checkpoints, -1)))
                    .as("stopped at " + stop)
                    .isEqualTo(straight);
        }
    }

    @Test
    void namesStepAndBatchWhenTheLossIsNoNumberAnyMore() {
        assertThatThrownBy(() -> train(config(2, 1e30), null, -1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("learningRate: 1.0E30")
                .hasMessageContaining("step");
    }

    @Test
    void holdsResidentMemoryFlat() throws IOException {
        List<Long> resident = new ArrayList<>();
        TrainingListener watch = new TrainingListener() {
            @Override
            public void onEpoch(Epoch epoch) {
                resident.add(Native.residentBytes());
            }
        };
        SessionModel model = SessionModel.create(ModelConfig.defaults(), SCHEMA, 3);
        TrainingConfig config = new TrainingConfig(60, 16, 0.001, "adam", 0, "constant", 0, 0, 1, 2, 7, 0, 0);
        try (Trainer trainer = new Trainer(model, config, loader(), List.of(watch))) {
            trainer.run(null, null);
        }
        // 320 steps after the warm-up
        assertThat(resident.get(59) - resident.get(20)).isLessThan(48L << 20);
    }

    private static TrainingConfig config(int epochs, double rate) {
        return new TrainingConfig(epochs, 16, rate, "adam", 0, "linear", 2, 1, 1, 2, 7, 0, 3);
    }

    private static BatchLoader loader() {
        SplittableRandom random = new SplittableRandom(5);
        long[][] sequences = new long[130][];
        for (int i = 0; i < sequences.length; i++) {
            sequences[i] = random.longs(2 + random.nextInt(9), 3, 31).toArray();
        }
        return BatchLoader.of(SequenceBatch.of("item_id", sequences), LoaderConfig.training(16, 20, 2));
    }

    private static SessionModel train(TrainingConfig config, Path checkpoints, int stopAt) throws IOException {
        SessionModel model = SessionModel.create(ModelConfig.defaults(), SCHEMA, 3);
        TrainingListener stopper = new TrainingListener() {
            @Override
            public void onStep(Step step) {
                if (step.step() == stopAt) {
                    throw new Stop();
                }
            }
        };
        try (Trainer trainer = new Trainer(model, config, loader(), List.of(stopper))) {
            trainer.run(null, checkpoints);
        }
        return model;
    }

    private static Map<String, List<Float>> weights(SessionModel model) {
        Map<String, List<Float>> all = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> entry : model.state().entrySet()) {
            List<Float> values = new ArrayList<>();
            for (float value : entry.getValue().toFloats()) {
                values.add(value);
            }
            all.put(entry.getKey(), values);
        }
        return all;
    }
}
