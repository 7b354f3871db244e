package io.t4rec.nn.loss;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * Ranks targets among the whole catalogue, in chunks of rows. An instance belongs to one thread, keeps its buffer between calls and frees it
 * on {@link #close()}.
 */
public final class CatalogueRanks implements AutoCloseable {
    private final ScoreBuffer buffer = new ScoreBuffer(CatalogueCrossEntropy.CHUNK_ELEMENTS);

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
            Tensor scratch = buffer.chunk(n, v, rows);
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

    /** Frees the buffer; the next call allocates it anew. */
    @Override
    public void close() {
        buffer.close();
    }
}
