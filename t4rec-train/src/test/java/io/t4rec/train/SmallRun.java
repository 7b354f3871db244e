package io.t4rec.train;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.LossConfig;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.nn.loss.LossKind;
import io.t4rec.nn.sampling.SamplerKind;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A run of nine batches an epoch on invented sessions. */
final class SmallRun {
    static final Schema SCHEMA = Schema.of(
            ColumnSchema.categorical("item_id", 30).withTags(Tag.ITEM_ID).withShape(ColumnShape.ragged()));

    private SmallRun() {}

    static TrainingConfigEditor config() {
        return TrainingConfig.defaults()
                .edit()
                .epochs(2)
                .batchSize(16)
                .schedule("linear")
                .warmupSteps(2)
                .clipNorm(1)
                .threads(2)
                .seed(7)
                .checkpointSteps(3);
    }

    /** The default model: every item has a gradient. */
    static ModelConfig fullSoftmax() {
        return ModelConfig.defaults();
    }

    /** The default model trained on five drawn negatives: only used items have a gradient. */
    static ModelConfig sampledSoftmax() {
        ModelConfig full = fullSoftmax();
        LossConfig loss = LossConfig.sampled(LossKind.SAMPLED_SOFTMAX, SamplerKind.UNIFORM, 5);
        return new ModelConfig(
                full.input(), full.masking(), full.transformer(), full.head().withLoss(loss));
    }

    static SequenceBatch sessions() {
        SplittableRandom random = new SplittableRandom(5);
        long[][] sequences = new long[130][];
        for (int i = 0; i < sequences.length; i++) {
            sequences[i] = random.longs(2 + random.nextInt(9), 3, 31).toArray();
        }
        return SequenceBatch.of("item_id", sequences);
    }

    static BatchLoader loader() {
        return BatchLoader.of(sessions(), LoaderConfig.training(16, 20, 2));
    }

    static SessionModel train(
            TrainingConfig config,
            Trainer.@Nullable Validation validation,
            @Nullable Path checkpoints,
            TrainingListener... listeners)
            throws IOException {
        return train(fullSoftmax(), config, validation, checkpoints, listeners);
    }

    static SessionModel train(
            ModelConfig modelConfig,
            TrainingConfig config,
            Trainer.@Nullable Validation validation,
            @Nullable Path checkpoints,
            TrainingListener... listeners)
            throws IOException {
        SessionModel model = SessionModel.create(modelConfig, SCHEMA, 3);
        try (Trainer trainer = new Trainer(model, config, loader(), List.of(listeners))) {
            trainer.run(validation, checkpoints);
        }
        return model;
    }

    static Map<String, List<Float>> weights(SessionModel model) {
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
