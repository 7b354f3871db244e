package io.t4rec.model;

import io.t4rec.model.masking.ReplacedItemMasking;
import io.t4rec.nn.LocalRows;
import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.loss.SampledLoss;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Predicting masked items, and telling which items of a sequence were put there by that prediction: the objective of
 * {@link ReplacedItemMasking}.
 */
final class ReplacedItemObjective extends Module implements TrainingObjective {
    private final ReplacedItemMasking task;
    private final ItemDiscriminator discriminator;
    /** Null where the model's own body draws. */
    private final @Nullable ItemGenerator generator;

    ReplacedItemObjective(
            ReplacedItemMasking task,
            ModelConfig model,
            TransformerBody body,
            int hiddenWidth,
            int itemWidth,
            Generator generator) {
        this.task = task;
        double deviation = model.transformer().initializerRange();
        discriminator = child("discriminator_predictions", new ItemDiscriminator(hiddenWidth, deviation, generator));
        TransformerSettings smaller = model.generator();
        this.generator = smaller == null
                ? null
                : child("generator", new ItemGenerator(smaller, body.inputWidth(), itemWidth, generator));
    }

    @Override
    public MaskedBatch drawn(MaskedBatch batch, RandomGenerator random) {
        return hasDiscriminator() ? batch.withChances(random) : batch;
    }

    @Override
    public double step(
            SessionModel model, BatchRows rows, double denominator, Pass pass, ItemLoss loss, TrainingFigures figures) {
        Targets targets = rows.targets();
        if (targets.count() == 0) {
            return 0;
        }
        ItemStep items = new ItemStep(model, rows, targets, pass, loss);
        double divisor = denominator / task.generatorWeight();
        ItemStep.Outcome own = items.run(divisor, in -> model.hidden(rows, targets.outputs(), in));
        figures.add("item/loss", own.lossSum(), targets.count());
        double total = task.generatorWeight() * own.lossSum();
        if (!hasDiscriminator()) {
            return total;
        }
        ItemStep.Outcome drawing = own;
        if (generator != null) {
            drawing = items.run(divisor, in -> generator.hidden(model.bodyInput(rows, in), targets.outputs(), in));
            figures.add("generator/loss", drawing.lossSum(), targets.count());
            total += task.generatorWeight() * drawing.lossSum();
        }
        ReplacedItems replaced = ReplacedItems.draw(task, model, rows, targets, drawing.hidden());
        // the discriminator's mean is over all items judged in the batch, the generator's over its targets
        double share = ReplacedItems.judged(rows.masked()) / rows.whole().targetWeight();
        double weight = task.discriminatorWeight() / share;
        return total + weight * judge(model, replaced, denominator / weight, pass, loss, figures);
    }

    /** Forward pass over the sequences with replaced items, loss and backward pass; returns the sum of the losses. */
    private double judge(
            SessionModel model,
            ReplacedItems replaced,
            double denominator,
            Pass pass,
            ItemLoss loss,
            TrainingFigures figures) {
        List<LocalRows> used = loss instanceof SampledLoss
                ? List.of(LocalRows.of(model.inputTable(), model.inputItems(replaced.rows())))
                : List.of();
        Tensor logits = logits(model, replaced, pass.withLocalRows(used)); // (m)
        Tensor scores = logits.detach();
        Tensor labels = Tensors.of(replaced.labelValues()).to(scores.device());
        pass.backward(logits, scores.sigmoid().sub(labels).div(denominator));
        used.forEach(local -> local.addGradientToTable(pass.rowGradients()));
        Judgements judgements = new Judgements(scores.toFloats(), replaced.labels());
        int count = judgements.labels().length;
        double lossSum = scores.softplus()
                .sub(labels.mul(scores))
                .to(DataType.FLOAT64)
                .sum()
                .item();
        figures.add("discriminator/log-loss", lossSum, count);
        figures.add("discriminator/accuracy", judgements.right(), count);
        figures.add("discriminator/replaced", judgements.replaced(), count);
        return lossSum;
    }

    private Tensor logits(SessionModel model, ReplacedItems replaced, Pass pass) {
        return discriminator.forward(
                model.states(replaced.rows(), replaced.rows().targets().outputs(), pass));
    }

    /** Whether there is a discriminator that learns. */
    boolean hasDiscriminator() {
        return task.discriminatorWeight() > 0;
    }

    /** Judges a batch without learning. Call inside a scope and without gradients. */
    Judgements judgements(SessionModel model, MaskedBatch batch) {
        BatchRows rows = BatchRows.all(batch);
        Targets targets = rows.targets();
        if (targets.count() == 0) {
            return new Judgements(new float[0], new boolean[0]);
        }
        Pass pass = Pass.inference();
        Tensor drawing = generator == null
                ? model.hidden(rows, targets.outputs(), pass)
                : generator.hidden(model.bodyInput(rows, pass), targets.outputs(), pass);
        ReplacedItems replaced = ReplacedItems.draw(task, model, rows, targets, drawing);
        return new Judgements(logits(model, replaced, pass).toFloats(), replaced.labels());
    }
}
