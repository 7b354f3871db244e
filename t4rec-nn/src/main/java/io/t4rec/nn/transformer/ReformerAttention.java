package io.t4rec.nn.transformer;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;

/** One of Reformer's two kinds of attention. */
interface ReformerAttention {
    /** What scores of hidden keys are set to, the original's. */
    double HIDDEN = -1e9;

    /**
     * Attends.
     *
     * @param x {@code [B, L, D]}
     * @param lengths real positions of each row; padding follows them
     * @param causal whether later positions are hidden
     * @return {@code [B, H, L, d]}
     */
    Tensor attend(Tensor x, long[] lengths, boolean causal, Pass pass);

    /**
     * Keys that a query may not see.
     *
     * @param queries places of the queries, {@code [..., q]}
     * @param keys places of the keys, {@code [..., k]}
     * @param rank of the scores, whose first dimension is the batch
     * @return BOOL, true = hidden, broadcastable to {@code [..., q, k]}
     */
    static Tensor hidden(Tensor queries, Tensor keys, long[] lengths, boolean causal, int rank) {
        long[] perRow = new long[rank];
        Arrays.fill(perRow, 1);
        perRow[0] = lengths.length;
        Tensor ends = Tensors.of(lengths, perRow).to(keys.device());
        Tensor padding = keys.unsqueeze(-2).ge(ends); // (B, ..., 1, k)
        return causal ? padding.or(keys.unsqueeze(-2).gt(queries.unsqueeze(-1))) : padding;
    }

    /** With so many zeros after the third dimension, the length. */
    static Tensor lengthened(Tensor x, long padding) {
        if (padding == 0) {
            return x;
        }
        long[] shape = x.shape();
        shape[2] = padding;
        return Tensors.concat(2, x, Tensors.zeros(x.dataType(), shape).to(x.device()));
    }
}
