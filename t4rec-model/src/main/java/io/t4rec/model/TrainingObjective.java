package io.t4rec.model;

import io.t4rec.model.masking.Masking;
import io.t4rec.model.masking.ReplacedItemMasking;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.tensor.Generator;
import java.util.random.RandomGenerator;

/** What training does with a masked batch: forward passes, losses and backward passes. One kind for several tasks. */
sealed interface TrainingObjective permits ItemObjective, ReplacedItemObjective {
    /**
     * The objective of a task, with fresh weights where it has some.
     *
     * @param body that it trains
     * @param hiddenWidth of the states by which it predicts
     * @param itemWidth of the item table
     */
    static TrainingObjective of(
            ModelConfig model, TransformerBody body, int hiddenWidth, int itemWidth, Generator generator) {
        Masking task = model.masking();
        return task instanceof ReplacedItemMasking replaced
                ? new ReplacedItemObjective(replaced, model, body, hiddenWidth, itemWidth, generator)
                : new ItemObjective();
    }

    /** Draws what is needed for training beside the masking, once for the whole batch. */
    default MaskedBatch drawn(MaskedBatch batch, RandomGenerator random) {
        return batch;
    }

    /**
     * Adds the gradients of some rows' losses to those of the model; see {@link SessionModel#trainStep}.
     *
     * @param denominator the summed loss of targets is divided by it for the gradients
     * @return what the rows add to the loss of the batch, not divided
     */
    double step(
            SessionModel model, BatchRows rows, double denominator, Pass pass, ItemLoss loss, TrainingFigures figures);
}
