package io.t4rec.nn.loss;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Softmax cross-entropy over a whole catalogue, in chunks of rows with a hand-made gradient: scores of one chunk at a time, in
 * one buffer that is used again and again. Equal to PyTorch's {@code CrossEntropyLoss} with label smoothing and class
 * weights, except for what the sum is divided by, which the caller says. Memory doesn't depend on the number of rows.
 *
 * <p>An instance belongs to one thread, keeps its buffer between calls and frees it on {@link #close()}. The technique is that
 * of cut cross-entropy (Wijmans et al. 2024) and Liger's fused linear cross-entropy.
 */
public final class CatalogueCrossEntropy implements ItemLoss {
    /** Scores of a chunk: they stay in the cache of one core for usual catalogues. */
    static final long CHUNK_ELEMENTS = 128 * 40_000;

    private final double temperature;
    private final double labelSmoothing;
    private final float @Nullable [] classWeights;
    private final ScoreBuffer buffer = new ScoreBuffer(CHUNK_ELEMENTS);
    private final ScoreBuffer narrowBuffer = new ScoreBuffer(CHUNK_ELEMENTS);
    private @Nullable Tensor weights;

    /** A loss in which all items weigh the same. */
    public CatalogueCrossEntropy(double temperature, double labelSmoothing) {
        this(temperature, labelSmoothing, null);
    }

    /**
     * @param temperature divides the scores; positive, 1 leaves them
     * @param labelSmoothing share of the target's weight spread over all items; 0 to below 1
     * @param classWeights by id, {@code [items]}: an item's part of the loss is multiplied by its weight; null for 1
     */
    public CatalogueCrossEntropy(double temperature, double labelSmoothing, float @Nullable [] classWeights) {
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("temperature: " + temperature + " (expected: > 0)");
        }
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException("labelSmoothing: " + labelSmoothing + " (expected: 0 <= smoothing < 1)");
        }
        this.temperature = temperature;
        this.labelSmoothing = labelSmoothing;
        this.classWeights = classWeights == null ? null : classWeights.clone();
    }

    /** {@link #lossAndGradients(Tensor, Tensor, Tensor, double, Tensor, DataType)} in FLOAT32. */
    public Result lossAndGradients(
            Tensor hidden, Tensor table, Tensor targets, double denominator, @Nullable Tensor tableGradient) {
        return lossAndGradients(hidden, table, targets, denominator, tableGradient, DataType.FLOAT32);
    }

    /**
     * Computes loss and gradients.
     *
     * @param hidden {@code [n, d]}; its history is not touched: hand the gradient to {@code hidden.backward}
     * @param table {@code [items, d]}
     * @param targets {@code [n]} INT64, rows of the table
     * @param denominator what the summed loss is divided by, usually the number of targets in the whole batch
     * @param tableGradient {@code [items, d]}, to which the table's gradient is added; null for a table that isn't trained
     * @param precision of the three matrix products: FLOAT32, BFLOAT16 or FLOAT16; all else is FLOAT32
     */
    public Result lossAndGradients(
            Tensor hidden,
            Tensor table,
            Tensor targets,
            double denominator,
            @Nullable Tensor tableGradient,
            DataType precision) {
        try (Autograd off = Autograd.disabled()) {
            Tensor rows = hidden.detach();
            Tensor items = table.detach();
            Tensor gradient = Tensors.emptyLike(rows);
            long n = rows.size(0);
            long v = items.size(0);
            Tensor scratch = buffer.chunk(n, v, rows);
            ChunkProducts products = ChunkProducts.of(precision, items, narrowBuffer);
            double lossSum = 0;
            for (long start = 0; start < n; start += scratch.size(0)) {
                try (Scope chunk = Scope.open()) {
                    long count = Math.min(scratch.size(0), n - start);
                    lossSum += chunk(
                            rows.narrow(0, start, count),
                            items,
                            products,
                            targets.narrow(0, start, count),
                            scratch.narrow(0, 0, count),
                            gradient.narrow(0, start, count),
                            tableGradient,
                            denominator);
                }
            }
            return new Result(lossSum, gradient);
        }
    }

    private double chunk(
            Tensor hidden,
            Tensor items,
            ChunkProducts products,
            Tensor targets,
            Tensor scores,
            Tensor gradient,
            @Nullable Tensor tableGradient,
            double denominator) {
        long v = items.size(0);
        Tensor scaled = temperature == 1 ? hidden : hidden.mul(1 / temperature);
        products.scores(scaled, scores); // (c, V)
        Tensor index = targets.unsqueeze(1);
        Tensor targetScores = scores.gather(1, index).squeeze(1); // (c)
        Tensor itemWeights = weights(items);
        Tensor rowWeights = itemWeights == null ? null : itemWeights.indexSelect(0, targets); // (c)
        double total = itemWeights == null ? v : itemWeights.sum().item();
        double smoothing = labelSmoothing / v;
        double smoothedScores = labelSmoothing == 0 ? 0 : weightedSum(scores, itemWeights);
        Tensor max = scores.max(1, true); // (c, 1)
        scores.subInPlace(max).expInPlace();
        Tensor sum = scores.sum(1, true); // (c, 1)
        Tensor normaliser = sum.log().add(max).squeeze(1); // (c)
        double loss = (1 - labelSmoothing) * weightedSum(normaliser.sub(targetScores), rowWeights)
                + smoothing * (total * exactSum(normaliser) - smoothedScores);
        // gradient of the loss with respect to the scores, scaled by 1 / (denominator * temperature)
        double factor = 1 / (denominator * temperature);
        Tensor scale = sum.pow(-1).mulInPlace(factor); // (c, 1)
        Tensor ofTarget = Tensors.emptyLike(scale).fillInPlace(-(1 - labelSmoothing) * factor);
        if (rowWeights != null) {
            Tensor weight = rowWeights.unsqueeze(1);
            scale.mulInPlace(weight.mul(1 - labelSmoothing).addInPlace(smoothing * total));
            ofTarget.mulInPlace(weight);
        }
        scores.mulInPlace(scale);
        if (labelSmoothing > 0 && itemWeights == null) {
            scores.addInPlace(-smoothing * factor);
        } else if (labelSmoothing > 0) {
            scores.addInPlace(Objects.requireNonNull(itemWeights), -smoothing * factor);
        }
        scores.scatterAddInPlace(1, index, ofTarget);
        products.gradients(scores, hidden, gradient, tableGradient);
        return loss;
    }

    private @Nullable Tensor weights(Tensor items) {
        if (classWeights == null || weights != null) {
            return weights;
        }
        if (classWeights.length != items.size(0)) {
            throw new IllegalArgumentException("class weights: " + classWeights.length + " (expected: " + items.size(0)
                    + ", one for each item of the catalogue)");
        }
        weights = Scope.unscoped(Tensors.of(classWeights).to(items.device()));
        return weights;
    }

    /** Sum over the last dimension weighted, in double precision over the others. */
    private static double weightedSum(Tensor values, @Nullable Tensor weights) {
        if (values.rank() == 1) {
            return exactSum(weights == null ? values : values.mul(weights));
        }
        return exactSum(weights == null ? values.sum(1, false) : values.matrixVector(weights));
    }

    private static double exactSum(Tensor values) {
        return values.to(DataType.FLOAT64).sum().item();
    }

    /** Frees the buffer; the next call allocates it anew. */
    @Override
    public void close() {
        buffer.close();
        narrowBuffer.close();
        if (weights != null) {
            weights.release();
            weights = null;
        }
    }
}
