package io.t4rec.model;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.model.task.BatchTargets;
import io.t4rec.model.task.States;
import io.t4rec.nn.LocalRows;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of learning the {@linkplain SessionModel#heads tasks that have a target} on some rows of a batch, from whole sequences of which
 * nothing is masked, as they are when predictions are asked for. Gradients add to those that the model's parameters have.
 *
 * @param model replica of the worker
 * @param batch rows of at most {@code totalSeqLength} events
 * @param targets of the whole batch, all events
 * @param from first row
 * @param to row after the last
 * @param divisor gradients are divided by it: the batches that are summed up for one step of the optimiser
 * @param figures to which is added what each task loses, not weighted: {@code click/loss}
 */
public record TaskStep(
        SessionModel model,
        SequenceBatch batch,
        BatchTargets targets,
        int from,
        int to,
        double divisor,
        Pass pass,
        TrainingFigures figures) {
    /**
     * What a step gives.
     *
     * @param itemLossSum sum of the losses of the next items, not divided and not weighted
     * @param taskLoss what the rows add to the loss of the batch by the tasks that have a target
     */
    public record Outcome(double itemLossSum, double taskLoss) {}

    /**
     * A pass for these tasks alone.
     *
     * @return what the rows add to the loss of the batch
     */
    public double alone() {
        BatchRows rows = rows(null);
        LocalRows used = pass.rowGradients() ? LocalRows.of(model.inputTable(), model.inputItems(rows)) : null;
        Pass own = used == null ? pass : pass.withLocalRows(List.of(used));
        Tensor loss = loss(model.wholeStates(rows, own), own);
        if (loss == null) {
            return 0;
        }
        own.backward(loss, Tensors.full(1 / divisor).to(loss.device()));
        if (used != null) {
            used.addGradientToTable(true);
        }
        return loss.item();
    }

    /**
     * One pass for these tasks and the next item, where {@link SessionModel#sharesPasses}.
     *
     * @param masked the same rows with the next items as targets
     * @param denominator the summed loss of the next items is divided by it for the gradients
     * @param loss of the next items
     */
    public Outcome shared(MaskedBatch masked, double denominator, ItemLoss loss) {
        Targets next = Targets.of(masked.masked(), from, to);
        if (next.count() == 0) {
            return new Outcome(0, alone());
        }
        BatchRows rows = rows(masked);
        Shared shared =
                new Shared(rows, placed(next.positions(), masked.masked().longest(from, to), rows.columns()));
        double sum = new ItemStep(model, rows, next, pass, loss)
                .run(denominator, shared::forward, shared::backward)
                .lossSum();
        return new Outcome(sum, shared.taskLoss);
    }

    /** @param negatives of these, where the next item is learned too */
    private BatchRows rows(@Nullable MaskedBatch negatives) {
        MaskedSequences whole =
                MaskedSequences.whole(batch.offsets(), model.config().masking().pattern());
        MaskedBatch unmasked = new MaskedBatch(batch, whole, negatives == null ? null : negatives.negatives(), null);
        return new BatchRows(unmasked, from, to);
    }

    private @Nullable Tensor loss(States states, Pass own) {
        return model.heads().loss(states, targets, from, to, own, figures::add);
    }

    /** The same places among rows of another number of columns. */
    private static long[] placed(long[] positions, int columns, int wider) {
        long[] placed = new long[positions.length];
        for (int i = 0; i < placed.length; i++) {
            placed[i] = positions[i] / columns * wider + positions[i] % columns;
        }
        return placed;
    }

    /** The states of one pass, compared with items and with targets, and sent back together. */
    private final class Shared {
        private final BatchRows rows;
        private final long[] predicting;
        private @Nullable States states;
        private double taskLoss;

        Shared(BatchRows rows, long[] predicting) {
            this.rows = rows;
            this.predicting = predicting;
        }

        Tensor forward(Pass own) {
            States whole = model.wholeStates(rows, own);
            states = whole;
            Tensor picked = whole.hidden()
                    .flatten(0, 1)
                    .indexSelect(0, Tensors.of(predicting).to(whole.hidden().device()));
            return model.toItems(picked);
        }

        /** @param gradient of the next items' loss with respect to {@code hidden} */
        void backward(Tensor hidden, Tensor gradient) {
            Tensor all = hidden.mul(gradient).sum();
            Tensor others = states == null ? null : loss(states, pass);
            if (others != null) {
                taskLoss = others.item();
                all = all.add(others.mul(1 / divisor));
            }
            pass.backward(all, Tensors.full(1).to(all.device()));
        }
    }
}
