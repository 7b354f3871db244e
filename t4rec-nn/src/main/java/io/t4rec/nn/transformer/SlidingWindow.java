package io.t4rec.nn.transformer;

import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Attention;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * Attention of each position to those at most w places away (Beltagy et al. 2020), in time and memory that grow with the length
 * instead of its square: queries in chunks of w meet the keys of their own and the neighbouring chunks. Sequences that are hardly
 * longer than that are computed at once. Made for one batch, used by all layers of the same reach.
 *
 * <p>Letters: B batch, H heads, L length, d width of a head, n chunks, k neighbouring keys (2 w where causal, else 3 w).
 */
final class SlidingWindow {
    private final long reach;
    private final long length;
    private final boolean causal;
    private final boolean chunked;
    private final Tensor hidden;
    private final @Nullable Tensor padding;

    /**
     * @param input {@code [B, L, D]}, whose length and device count
     * @param paddingMask {@code [B, L]} BOOL, true = real, or null
     * @param reach w, at least 1
     * @param causal whether later positions are hidden too
     */
    SlidingWindow(Tensor input, @Nullable Tensor paddingMask, long reach, boolean causal) {
        this.reach = reach;
        this.length = input.size(1);
        this.causal = causal;
        this.chunked = length > (causal ? 2 : 3) * reach;
        this.padding =
                paddingMask == null ? null : paddingMask.not().unsqueeze(1).unsqueeze(-1); // (B, 1, L, 1)
        this.hidden = chunked ? hiddenInChunks(input, paddingMask) : hiddenAtOnce(input, paddingMask);
    }

    private Tensor hiddenAtOnce(Tensor input, @Nullable Tensor paddingMask) {
        Tensor far = outside(Tensors.ones(length, length), -reach, causal ? 0 : reach)
                .to(input.device()); // (L, L)
        return paddingMask == null ? far : far.or(paddingMask.not().unsqueeze(1).unsqueeze(1)); // (B, 1, L, L)
    }

    private Tensor hiddenInChunks(Tensor input, @Nullable Tensor paddingMask) {
        long keys = (causal ? 2 : 3) * reach;
        // key j of a chunk's neighbourhood lies j - w places after the chunk's first query
        Tensor far = outside(Tensors.ones(reach, keys), 0, causal ? reach : 2 * reach)
                .to(input.device()); // (w, k)
        Tensor real =
                paddingMask == null ? Tensors.ones(1, length).to(input.device()).ne(0) : paddingMask;
        Tensor around = neighbourhoods(real.unsqueeze(1).unsqueeze(-1)); // (B or 1, 1, n, k, 1)
        return around.not().transpose(-2, -1).or(far); // (B or 1, 1, n, w, k)
    }

    /** True outside the band of diagonals from {@code first} to {@code last}. */
    private static Tensor outside(Tensor ones, long first, long last) {
        return ones.upperTriangle(Math.toIntExact(first))
                .lowerTriangle(Math.toIntExact(last))
                .eq(0);
    }

    /** {@code [B, H, L, ...]} to {@code [B, H, n, k, ...]}: what lies around each chunk, zeros beyond the ends. */
    private Tensor neighbourhoods(Tensor x) {
        long chunks = chunks();
        Tensor all = extend(x, reach, chunks * reach - length + (causal ? 0 : reach))
                .unflatten(2, -1, reach); // (B, H, n + 1 or n + 2, w, ...)
        Tensor before = all.narrow(2, 0, chunks);
        Tensor own = all.narrow(2, 1, chunks);
        return causal
                ? Tensors.concat(3, before, own)
                : Tensors.concat(3, before, own, all.narrow(2, 2, chunks)); // (B, H, n, k, ...)
    }

    private long chunks() {
        return (length + reach - 1) / reach;
    }

    /** With so many zeros before and after the third dimension. */
    private static Tensor extend(Tensor x, long before, long after) {
        long[] shape = x.shape();
        shape[2] = before;
        Tensor front = Tensors.zeros(x.dataType(), shape).to(x.device());
        shape[2] = after;
        Tensor back = Tensors.zeros(x.dataType(), shape).to(x.device());
        return Tensors.concat(2, front, x, back);
    }

    /**
     * Attends. What padding sees is zero, as the original has it.
     *
     * @param query {@code [B, H, L, d]}
     * @param key {@code [B, H, L, d]}
     * @param value {@code [B, H, L, d]}
     * @param dropout probability for attention weights
     * @return {@code [B, H, L, d]}
     */
    Tensor attend(Tensor query, Tensor key, Tensor value, double dropout, Pass pass) {
        Tensor context = chunked
                ? inChunks(query, key, value, dropout, pass)
                : Attention.attend(query, key, value, hidden, dropout, pass);
        return padding == null ? context : context.maskedFill(padding, 0);
    }

    private Tensor inChunks(Tensor query, Tensor key, Tensor value, double dropout, Pass pass) {
        Tensor queries = extend(query, 0, chunks() * reach - length).unflatten(2, -1, reach); // (B, H, n, w, d)
        Tensor context = Attention.attend(queries, neighbourhoods(key), neighbourhoods(value), hidden, dropout, pass);
        return context.flatten(2, 3).narrow(2, 0, length); // (B, H, L, d)
    }
}
