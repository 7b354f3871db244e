package io.t4rec.nn.loss;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * Softmax cross-entropy over a whole catalogue, in chunks of rows with a hand-made gradient: scores of one chunk at a time, in
 * one buffer that is used again and again. Equal to PyTorch's {@code CrossEntropyLoss} with label smoothing, and independent
 * of the number of rows in memory.
 *
 * <p>An instance belongs to one thread, keeps its buffer between calls and frees it on {@link #close()}. The technique is that
 * of cut cross-entropy (Wijmans et al. 2024) and Liger's fused linear cross-entropy.
 */
public final class CatalogueCrossEntropy implements AutoCloseable {
    /** Rows of a chunk: its scores stay in the cache of one core for usual catalogues. */
    private static final int CHUNK_ELEMENTS = 128 * 40_000;

    private static final int MIN_CHUNK_ROWS = 64;
    private static final int MAX_CHUNK_ROWS = 512;

    private final double temperature;
    private final double labelSmoothing;
    private @Nullable Tensor buffer;

    /**
     * @param temperature divides the scores; positive, 1 leaves them
     * @param labelSmoothing share of the target's weight spread over all items; 0 to below 1
     */
    public CatalogueCrossEntropy(double temperature, double labelSmoothing) {
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("temperature: " + temperature + " (expected: > 0)");
        }
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException("labelSmoothing: " + labelSmoothing + " (expected: 0 <= smoothing < 1)");
        }
        this.temperature = temperature;
        this.labelSmoothing = labelSmoothing;
    }

    /**
     * What a pass over the rows gives.
     *
     * @param lossSum sum of the rows' losses, not divided
     * @param hiddenGradient {@code [n, d]}, of the loss divided by the denominator
     */
    public record Result(double lossSum, Tensor hiddenGradient) {}

    /**
     * Computes loss and gradients.
     *
     * @param hidden {@code [n, d]}; its history is not touched: hand the gradient to {@code hidden.backward}
     * @param table {@code [items, d]}
     * @param targets {@code [n]} INT64, rows of the table
     * @param denominator what the summed loss is divided by, usually the number of targets in the whole batch
     * @param tableGradient {@code [items, d]}, to which the table's gradient is added
     */
    public Result lossAndGradients(
            Tensor hidden, Tensor table, Tensor targets, double denominator, Tensor tableGradient) {
        try (Autograd off = Autograd.disabled()) {
            Tensor rows = hidden.detach();
            Tensor items = table.detach();
            Tensor gradient = Tensors.emptyLike(rows);
            long n = rows.size(0);
            long v = items.size(0);
            Tensor scratch = buffer(chunkRows(n, v), v, rows);
            Tensor transposed = items.transpose(0, 1); // (d, V)
            double lossSum = 0;
            for (long start = 0; start < n; start += scratch.size(0)) {
                try (Scope chunk = Scope.open()) {
                    long count = Math.min(scratch.size(0), n - start);
                    lossSum += chunk(
                            rows.narrow(0, start, count),
                            items,
                            transposed,
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
            Tensor transposed,
            Tensor targets,
            Tensor scores,
            Tensor gradient,
            Tensor tableGradient,
            double denominator) {
        long v = items.size(0);
        Tensor scaled = temperature == 1 ? hidden : hidden.mul(1 / temperature);
        scores.matmulInto(scaled, transposed); // (c, V)
        Tensor index = targets.unsqueeze(1);
        Tensor targetScores = scores.gather(1, index).squeeze(1); // (c)
        double smoothedScores = labelSmoothing == 0 ? 0 : scores.sum().item() / v;
        Tensor max = scores.max(1, true); // (c, 1)
        scores.subInPlace(max).expInPlace();
        Tensor sum = scores.sum(1, true); // (c, 1)
        double normaliser = sum.log().add(max).sum().item();
        double loss = normaliser
                - (1 - labelSmoothing) * targetScores.to(DataType.FLOAT64).sum().item()
                - labelSmoothing * smoothedScores;
        // gradient of the loss with respect to the scores, scaled by 1 / (denominator * temperature)
        double weight = 1 / (denominator * temperature);
        scores.mulInPlace(sum.pow(-1).mulInPlace(weight));
        if (labelSmoothing > 0) {
            scores.addInPlace(-labelSmoothing * weight / v);
        }
        scores.scatterAddInPlace(
                1, index, Tensors.emptyLike(targetScores.unsqueeze(1)).fillInPlace(-(1 - labelSmoothing) * weight));
        gradient.matmulInto(scores, items); // (c, d)
        tableGradient.addMatmulInPlace(scores.transpose(0, 1), hidden, 1, 1); // (V, d)
        return loss;
    }

    /**
     * Ranks each row's target among all items.
     *
     * @param hidden {@code [n, d]}
     * @param table {@code [items, d]}
     * @param targets {@code [n]} INT64
     * @param excluded {@code [m, 2]} INT64 pairs of row and item that don't compete, or null; a target is never excluded
     * @param firstItem items below it don't compete
     * @return ranks from 1: one more than the number of competing items with a higher score, or an equal score and a lower id; a
     *     target whose score is no number ranks last
     */
    public int[] ranks(Tensor hidden, Tensor table, Tensor targets, @Nullable Tensor excluded, long firstItem) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            Tensor rows = hidden.detach();
            Tensor items = table.detach();
            long n = rows.size(0);
            long v = items.size(0);
            Tensor scratch = buffer(chunkRows(n, v), v, rows);
            Tensor ids = Tensors.range(0, v).to(rows.device());
            int[] ranks = new int[(int) n];
            for (long start = 0; start < n; start += scratch.size(0)) {
                try (Scope chunk = Scope.open()) {
                    long count = Math.min(scratch.size(0), n - start);
                    Tensor scores = scratch.narrow(0, 0, count);
                    scores.matmulInto(rows.narrow(0, start, count), items.transpose(0, 1));
                    Tensor target = targets.narrow(0, start, count).unsqueeze(1); // (c, 1)
                    Tensor own = scores.gather(1, target); // (c, 1)
                    hide(scores, excluded, start, count, firstItem);
                    Tensor ahead = scores.gt(own).or(scores.eq(own).and(ids.lt(target))); // (c, V)
                    long[] counts = ahead.to(DataType.INT64).sum(1, false).toLongs();
                    float[] ownScores = own.toFloats();
                    for (int i = 0; i < counts.length; i++) {
                        // nothing compares with a score that is no number, so without this it would come first
                        ranks[(int) start + i] = Float.isNaN(ownScores[i]) ? (int) v : (int) counts[i] + 1;
                    }
                }
            }
            return ranks;
        }
    }

    private static void hide(Tensor scores, @Nullable Tensor excluded, long start, long count, long firstItem) {
        if (firstItem > 0) {
            scores.narrow(1, 0, firstItem).fillInPlace(Double.NEGATIVE_INFINITY);
        }
        if (excluded != null) {
            Tensor row = excluded.select(1, 0);
            Tensor here = row.ge(start).and(row.lt(start + count));
            Tensor flat = row.sub(start)
                    .mul(scores.size(1))
                    .add(excluded.select(1, 1))
                    .maskedSelect(here);
            scores.flatten(0, 1).scatterInPlace(0, flat, Double.NEGATIVE_INFINITY);
        }
    }

    private static long chunkRows(long rows, long items) {
        long fit = Math.max(MIN_CHUNK_ROWS, Math.min(MAX_CHUNK_ROWS, CHUNK_ELEMENTS / Math.max(1, items)));
        return Math.max(1, Math.min(rows, fit));
    }

    private Tensor buffer(long rows, long items, Tensor like) {
        Tensor current = buffer;
        if (current == null || current.size(0) < rows || current.size(1) != items) {
            close();
            long keptRows = Math.max(rows, chunkRows(Long.MAX_VALUE, items));
            current = Scope.unscoped(
                    Tensors.empty(DataType.FLOAT32, keptRows, items).to(like.device()));
            buffer = current;
        }
        return current.narrow(0, 0, rows);
    }

    /** Frees the buffer; the next call allocates it anew. */
    @Override
    public void close() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }
}
