package io.t4rec.nn.layer;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import org.jspecify.annotations.Nullable;

/** Scaled dot-product attention (Vaswani et al. 2017) and the masks it takes. */
public final class Attention {
    /** What hidden scores are set to: far below any real score, finite so that a row of nothing but padding stays finite. */
    public static final double HIDDEN = -1e30;

    private Attention() {}

    /**
     * Positions that may not be seen.
     *
     * @param input {@code [B, L, D]}, whose length and device count
     * @param paddingMask {@code [B, L]} BOOL, true = real, or null
     * @param causal whether later positions are hidden too
     * @return BOOL, true = hidden, broadcastable to {@code [B, H, L, L]}; null when nothing is hidden
     */
    public static @Nullable Tensor hidden(Tensor input, @Nullable Tensor paddingMask, boolean causal) {
        long length = input.size(1);
        Tensor hidden = null;
        if (causal && length > 1) {
            hidden = Tensors.ones(length, length)
                    .to(input.device())
                    .upperTriangle(1)
                    .ne(0); // (L, L)
        }
        if (paddingMask != null) {
            Tensor padding = paddingMask.not().unsqueeze(1).unsqueeze(1); // (B, 1, 1, L)
            hidden = hidden == null ? padding : padding.or(hidden);
        }
        return hidden;
    }

    /** {@code [B, L, H * d]} to {@code [B, H, L, d]}. */
    public static Tensor split(Tensor input, int heads) {
        return input.unflatten(-1, heads, -1).transpose(1, 2);
    }

    /** {@code [B, H, L, d]} to {@code [B, L, H * d]}. */
    public static Tensor join(Tensor input) {
        return input.transpose(1, 2).flatten(2, 3);
    }

    /**
     * Attends.
     *
     * @param query {@code [B, H, Lq, d]}
     * @param key {@code [B, H, Lk, d]}
     * @param value {@code [B, H, Lk, d]}
     * @param hidden BOOL broadcastable to {@code [B, H, Lq, Lk]}, or null
     * @param dropout probability for attention weights
     * @return {@code [B, H, Lq, d]}
     */
    public static Tensor attend(
            Tensor query, Tensor key, Tensor value, @Nullable Tensor hidden, double dropout, Pass pass) {
        return attend(query, key, value, null, hidden, dropout, pass);
    }

    /**
     * As {@link #attend(Tensor, Tensor, Tensor, Tensor, double, Pass)}, with something added to the scaled scores.
     *
     * @param bias broadcastable to {@code [B, H, Lq, Lk]}, or null
     */
    public static Tensor attend(
            Tensor query,
            Tensor key,
            Tensor value,
            @Nullable Tensor bias,
            @Nullable Tensor hidden,
            double dropout,
            Pass pass) {
        boolean drops = pass.isTraining() && dropout > 0;
        if (!drops && query.rank() == 4 && (bias == null || !bias.requiresGradient())) {
            return query.attend(key, value, added(query, bias, hidden));
        }
        Tensor scores = query.mul(1 / Math.sqrt(query.size(-1))).matmul(key.transpose(-2, -1)); // (B, H, Lq, Lk)
        if (bias != null) {
            scores = scores.add(bias);
        }
        if (hidden != null) {
            scores = hide(scores, hidden);
        }
        return pass.dropout(scores.softmax(-1), dropout).matmul(value);
    }

    /**
     * Sets scores that may not count to {@link #HIDDEN}. It adds, where that gives the same, since filling takes several times as long,
     * forward and backward. Where all scores of a query are hidden, they still get gradients.
     *
     * @param hidden BOOL broadcastable to the scores, true = hidden
     */
    public static Tensor hide(Tensor scores, Tensor hidden) {
        if (scores.dataType() == DataType.FLOAT16) { // a sum may be beyond its range
            return scores.maskedFill(hidden, HIDDEN);
        }
        return scores.add(summand(scores, hidden));
    }

    /** What hides, of the type of the queries or scores. */
    private static Tensor summand(Tensor like, Tensor hidden) {
        return Tensors.zeros(like.dataType(), hidden.shape()).to(like.device()).maskedFill(hidden, HIDDEN);
    }

    /** Bias and what hides as one summand in the type of the queries. */
    private static @Nullable Tensor added(Tensor query, @Nullable Tensor bias, @Nullable Tensor hidden) {
        if (bias == null) {
            return hidden == null ? null : summand(query, hidden);
        }
        Tensor summand = bias.to(query.dataType());
        return hidden == null ? summand : summand.maskedFill(hidden, HIDDEN);
    }
}
