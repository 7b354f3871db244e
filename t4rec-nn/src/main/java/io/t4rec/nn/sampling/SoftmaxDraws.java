package io.t4rec.nn.sampling;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;

/**
 * Draws a row of a table for each of many states, by the softmax of their products. Scores are made for a chunk of states at a time, so
 * that memory doesn't grow with the number of states. One uniform number is all the chance a draw takes: it is looked up in the
 * cumulative distribution.
 */
public final class SoftmaxDraws {
    /** Scores of a chunk, unless that makes fewer than one row. */
    static final long CHUNK_ELEMENTS = 128 * 40_000;

    private SoftmaxDraws() {}

    /**
     * Draws.
     *
     * @param states {@code [n, d]}
     * @param table {@code [items, d]}, at least one
     * @param temperature divides the scores; positive: low ones draw the best, high ones any
     * @param uniform from 0 to below 1, {@code [n]}
     * @return rows of the table, {@code [n]}; the last one where scores are no numbers
     */
    public static long[] of(Tensor states, Tensor table, double temperature, double[] uniform) {
        int n = Math.toIntExact(states.size(0));
        if (n != uniform.length) {
            throw new IllegalArgumentException("uniform: " + uniform.length + " (expected: " + n + ", one a state)");
        }
        long items = table.size(0);
        int chunk = (int) Math.max(1, Math.min(n, CHUNK_ELEMENTS / items));
        long[] drawn = new long[n];
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            Tensor vectors = table.detach().transpose(0, 1); // (d, items)
            Tensor scores = Tensors.empty(DataType.FLOAT32, chunk * items)
                    .to(states.device())
                    .reshape(chunk, items);
            for (int start = 0; start < n; start += chunk) {
                try (Scope inside = Scope.open()) {
                    int count = Math.min(chunk, n - start);
                    Tensor rows = states.detach().narrow(0, start, count).mul(1 / temperature);
                    Tensor some = scores.narrow(0, 0, count).matmulInto(rows, vectors);
                    double[] chances = Arrays.copyOfRange(uniform, start, start + count);
                    System.arraycopy(chunk(some, chances), 0, drawn, start, count);
                }
            }
        }
        return drawn;
    }

    /** @param scores {@code [c, items]}, overwritten */
    private static long[] chunk(Tensor scores, double[] uniform) {
        Tensor cumulative = scores.subInPlace(scores.max(1, true)).expInPlace().cumulativeSumInPlace(1); // (c, items)
        float[] shares = new float[uniform.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = (float) (1 - uniform[i]); // above 0, so that no item without a chance is drawn
        }
        Tensor total = cumulative.narrow(1, scores.size(1) - 1, 1); // (c, 1)
        Tensor wanted = Tensors.of(shares, shares.length, 1).to(scores.device()).mul(total);
        return wanted.positionsIn(cumulative).clamp(0, scores.size(1) - 1).toLongs();
    }
}
