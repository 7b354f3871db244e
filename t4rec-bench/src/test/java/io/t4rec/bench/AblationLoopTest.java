package io.t4rec.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.HeadConfig;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.model.TransformerSettings;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.nn.loss.CatalogueCrossEntropy;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import io.t4rec.train.Trainer;
import io.t4rec.train.TrainingConfig;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AblationLoopTest {
    private static final int ITEMS = 50;
    private static final int LENGTH = 8;

    /** Without dropout, so that how rows are put together changes no random number. */
    private static SessionModel model() {
        ModelConfig config = new ModelConfig(
                InputConfig.itemsOnly(),
                new CausalMasking(false),
                new TransformerSettings("gpt2", 16, 2, 1, LENGTH, "gelu", 0.02, 1e-5, 0, null),
                HeadConfig.defaults());
        return SessionModel.create(config, ZipfBatches.schema(ITEMS), 3);
    }

    private static BatchLoader loader() {
        SplittableRandom random = new SplittableRandom(5);
        long[][] rows = new long[40][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = random.longs(2 + random.nextInt(LENGTH - 1), 3, ITEMS).toArray();
        }
        return BatchLoader.of(
                SequenceBatch.of("item_id", rows), new LoaderConfig(16, LENGTH, false, 0, 100, false, false));
    }

    @ParameterizedTest
    @EnumSource(AblationLoop.Padding.class)
    void trainsToTheWeightsOfTheTrainerWhateverThePadding(AblationLoop.Padding padding) throws IOException {
        SessionModel trained = model();
        TrainingConfig config =
                TrainingConfig.defaults().edit().epochs(2).threads(1).build();
        try (BatchLoader loader = loader();
                Trainer trainer = new Trainer(trained, config, loader, List.of())) {
            trainer.run(null, null);
        }
        SessionModel own = model();
        try (BatchLoader loader = loader()) {
            assertThat(new AblationLoop(own, padding, LENGTH, 1).train(loader, 2))
                    .hasSize(2);
        }
        float[] expected = trained.itemTable().value().detach().toFloats();
        float[] actual = own.itemTable().value().detach().toFloats();
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i] - actual[i]));
        }
        // Adam's first steps are about as large as the rate, 1e-3, however small the gradient
        assertThat(largest).isLessThan(1e-4);
    }

    @Test
    void thePlainHeadHasTheLossAndGradientsOfTheChunkedOne() {
        Generator generator = new Generator(1);
        try (Scope scope = Scope.open();
                CatalogueCrossEntropy loss = new CatalogueCrossEntropy(1, 0)) {
            Tensor hidden = Tensors.empty(DataType.FLOAT32, 30, 8).normalInPlace(0, 1, generator);
            Tensor table = Tensors.empty(DataType.FLOAT32, ITEMS, 8).normalInPlace(0, 1, generator);
            Tensor targets =
                    Tensors.of(new SplittableRandom(1).longs(30, 0, ITEMS).toArray());
            Tensor tableGradient = Tensors.zeros(ITEMS, 8);
            CatalogueCrossEntropy.Result chunked = loss.lossAndGradients(hidden, table, targets, 30, tableGradient);
            hidden.requireGradient(true);
            table.requireGradient(true);
            double plain = PlainHead.step(hidden, table, targets);
            assertThat(plain).isCloseTo(chunked.lossSum() / 30, within(1e-5));
            assertThat(Objects.requireNonNull(hidden.gradient()).toFloats())
                    .containsExactly(chunked.hiddenGradient().toFloats(), within(1e-6f));
            assertThat(Objects.requireNonNull(table.gradient()).toFloats())
                    .containsExactly(tableGradient.toFloats(), within(1e-6f));
        }
    }
}
