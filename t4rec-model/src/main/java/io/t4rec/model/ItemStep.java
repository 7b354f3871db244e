package io.t4rec.model;

import io.t4rec.nn.LocalRows;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.CatalogueCrossEntropy;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.loss.SampledLoss;
import io.t4rec.nn.sampling.Negatives;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One step of learning to predict the items at the targets: forward pass, loss against the item table, backward pass.
 *
 * @param targets of the rows, at least one
 */
record ItemStep(SessionModel model, BatchRows rows, Targets targets, Pass pass, ItemLoss loss) {
    /**
     * What a step gives.
     *
     * @param lossSum sum of the targets' losses, not divided
     * @param hidden what was compared with the items, {@code [targets, width]}
     */
    record Outcome(double lossSum, Tensor hidden) {}

    /** The loss of some targets, all of one weight. */
    @FunctionalInterface
    private interface Compared {
        ItemLoss.Result of(Tensor hidden, long[] items, double denominator);
    }

    /** Sends the gradient of the loss with respect to the states back through the network. */
    @FunctionalInterface
    interface Backward {
        void of(Tensor hidden, Tensor gradient);
    }

    /** As {@link #run(double, Function, Backward)}, with nothing else to be learned from the states. */
    Outcome run(double denominator, Function<Pass, Tensor> forward) {
        return run(denominator, forward, pass::backward);
    }

    /**
     * Computes hidden states, compares them with the items, and back-propagates.
     *
     * @param denominator the summed loss is divided by it for the gradients
     * @param forward gives the states that predict, {@code [targets, width of the item table]}
     */
    Outcome run(double denominator, Function<Pass, Tensor> forward, Backward backward) {
        return loss instanceof SampledLoss sampled
                ? sampled(sampled, denominator, forward, backward)
                : whole((CatalogueCrossEntropy) loss, denominator, forward, backward);
    }

    private Outcome whole(
            CatalogueCrossEntropy whole, double denominator, Function<Pass, Tensor> forward, Backward backward) {
        Tensor hidden = forward.apply(pass); // (n, width)
        Parameter table = model.itemTable();
        ItemLoss.Result result = weighted(
                hidden,
                denominator,
                (states, items, divisor) -> whole.lossAndGradients(
                        states,
                        table.value(),
                        Tensors.of(items).to(states.device()),
                        divisor,
                        table.isTrainable() ? table.denseGradient() : null,
                        pass.precision()));
        backward.of(hidden, result.hiddenGradient());
        return new Outcome(result.lossSum(), hidden);
    }

    /** Nothing touches the catalogue beyond inputs, targets and negatives. */
    private Outcome sampled(
            SampledLoss sampled, double denominator, Function<Pass, Tensor> forward, Backward backward) {
        Negatives negatives = Objects.requireNonNull(
                rows.whole().negatives(), "negatives: none (expected: a batch with negatives, for a sampled loss)");
        long[] inputs = model.inputItems(rows);
        boolean tied = model.isTied();
        LocalRows output =
                LocalRows.of(model.itemTable(), targets.items(), negatives.items(), tied ? inputs : new long[0]);
        List<LocalRows> used = tied ? List.of(output) : List.of(output, LocalRows.of(model.inputTable(), inputs));
        Tensor hidden = forward.apply(pass.withLocalRows(used)); // (n, width)
        ItemLoss.Result result = weighted(
                hidden,
                denominator,
                (states, items, divisor) -> sampled.lossAndGradients(states, output, items, negatives, divisor));
        backward.of(hidden, result.hiddenGradient());
        used.forEach(local -> local.addGradientToTable(pass.rowGradients()));
        return new Outcome(result.lossSum(), hidden);
    }

    /** The loss in two parts where last items count more or less than others. */
    private ItemLoss.Result weighted(Tensor hidden, double denominator, Compared compared) {
        double lastWeight = rows.masked().lastItemWeight();
        if (lastWeight == 1) {
            return compared.of(hidden, targets.items(), denominator);
        }
        Tensor gradient = Tensors.zerosLike(hidden.detach());
        double lossSum = 0;
        for (boolean last : new boolean[] {false, true}) {
            int[] part = IntStream.range(0, targets.count())
                    .filter(i -> targets.last()[i] == last)
                    .toArray();
            if (part.length > 0) {
                double weight = last ? lastWeight : 1;
                long[] items =
                        IntStream.of(part).mapToLong(i -> targets.items()[i]).toArray();
                Tensor numbers =
                        Tensors.of(IntStream.of(part).asLongStream().toArray()).to(hidden.device());
                ItemLoss.Result result =
                        compared.of(hidden.detach().indexSelect(0, numbers), items, denominator / weight);
                gradient.indexCopyInPlace(0, numbers, result.hiddenGradient());
                lossSum += weight * result.lossSum();
            }
        }
        return new ItemLoss.Result(lossSum, gradient);
    }
}
