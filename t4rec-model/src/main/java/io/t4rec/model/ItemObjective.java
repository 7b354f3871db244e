package io.t4rec.model;

import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.ItemLoss;

/** Predicting the items at the targets, and nothing else: causal, masked and permutation tasks. */
final class ItemObjective implements TrainingObjective {
    @Override
    public double step(
            SessionModel model, BatchRows rows, double denominator, Pass pass, ItemLoss loss, TrainingFigures figures) {
        Targets targets = rows.targets();
        return targets.count() == 0
                ? 0
                : new ItemStep(model, rows, targets, pass, loss)
                        .run(denominator, in -> model.hidden(rows, targets.outputs(), in))
                        .lossSum();
    }
}
