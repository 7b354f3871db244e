package io.t4rec.nn.transformer;

import io.t4rec.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a body computes on.
 *
 * @param embeddings {@code [batch, length, dModel]}
 * @param paddingMask {@code [batch, length]} BOOL, true = real position; null when every position is real. Padding is never
 *     attended to
 * @param pattern which positions may see which
 * @param times {@code [batch, length]} FLOAT64, seconds of each position from any common start; null where they are not known.
 *     At padding they mean nothing
 */
public record BodyInput(
        Tensor embeddings,
        @Nullable Tensor paddingMask,
        AttentionPattern pattern,
        @Nullable Tensor times) {
    /** Without times. */
    public BodyInput(Tensor embeddings, @Nullable Tensor paddingMask, AttentionPattern pattern) {
        this(embeddings, paddingMask, pattern, null);
    }
}
