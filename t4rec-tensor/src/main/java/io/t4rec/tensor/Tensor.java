package io.t4rec.tensor;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A multi-dimensional array of libtorch, with automatic differentiation.
 *
 * <p>Operations return new tensors whose memory belongs to the innermost {@link Scope} of the calling thread; outside any
 * scope the garbage collector frees them, late. Operations whose name ends in {@code InPlace} overwrite. Shapes that don't
 * fit raise {@link ShapeException}, which shows them; a tensor whose memory was freed raises {@link IllegalStateException}. {@link Tensors}
 * makes tensors from Java arrays.
 */
public final class Tensor extends TensorShaping {
    Tensor(org.bytedeco.pytorch.Tensor handle) {
        super(handle);
    }

    @Override
    Tensor self() {
        return this;
    }

    /**
     * The largest elements along the last dimension, in falling order.
     *
     * @param values {@code [..., k]}
     * @param indices {@code [..., k]}, INT64
     */
    public record TopK(Tensor values, Tensor indices) {}

    /** Matrix product over the last two dimensions, broadcasting the others. */
    public Tensor matmul(Tensor other) {
        return with("matmul", other, () -> pointer().matmul(other.pointer()));
    }

    /** This matrix {@code [n, k]} times a vector {@code [k]}. */
    public Tensor matrixVector(Tensor vector) {
        return with("matrixVector", vector, () -> pointer().mv(vector.pointer()));
    }

    /** Writes the matrix {@code [n, k]} times the vector {@code [k]} into this tensor {@code [n]}. */
    public Tensor matrixVectorInto(Tensor matrix, Tensor vector) {
        with("matrixVectorInto", matrix, () -> torch.mv_out(pointer(), matrix.pointer(), vector.pointer()));
        return this;
    }

    /** Writes the matrix product {@code a b} into this tensor, which must have its shape. */
    public Tensor matmulInto(Tensor a, Tensor b) {
        with("matmulInto", a, () -> torch.mm_out(pointer(), a.pointer(), b.pointer()));
        return this;
    }

    /** This becomes {@code beta * this + alpha * a b}. */
    public Tensor addMatmulInPlace(Tensor a, Tensor b, double beta, double alpha) {
        with(
                "addMatmulInPlace",
                a,
                () -> pointer().addmm_(a.pointer(), b.pointer(), new Scalar(beta), new Scalar(alpha)));
        return this;
    }

    /**
     * Affine map of the last dimension, {@code x Wᵀ + b}.
     *
     * @param weight {@code [out, in]}
     * @param bias {@code [out]} or null
     */
    public Tensor linear(Tensor weight, @Nullable Tensor bias) {
        return with("linear", weight, () -> torch.linear(pointer(), weight.pointer(), optional(bias)));
    }

    /**
     * Convolution over the last dimension, with zeros beyond both ends.
     *
     * @param weight {@code [out, in / groups, kernel]}
     * @param bias {@code [out]} or null
     * @param padding zeros at each end; half of an odd kernel keeps the length
     * @param groups parts of the channels that are convolved apart
     * @return {@code [batch, out, length]} of this {@code [batch, in, length]}
     */
    public Tensor convolve(Tensor weight, @Nullable Tensor bias, long padding, long groups) {
        return with(
                "convolve",
                weight,
                () -> torch.conv1d(
                        pointer(),
                        weight.pointer(),
                        optional(bias),
                        new long[] {1},
                        new long[] {padding},
                        new long[] {1},
                        groups));
    }

    /**
     * Attention of these queries {@code [B, H, Lq, d]} in one operation: {@code softmax(q kᵀ / √d + added) v}.
     *
     * @param key {@code [B, H, Lk, d]}
     * @param value {@code [B, H, Lk, d]}
     * @param added to scaled scores, of the type of the queries and broadcastable to {@code [B, H, Lq, Lk]}, gets no gradient; null
     *     for nothing
     * @return {@code [B, H, Lq, d]}
     */
    public Tensor attend(Tensor key, Tensor value, @Nullable Tensor added) {
        return with(
                "attend",
                key,
                () -> torch.scaled_dot_product_attention(
                        pointer(),
                        key.pointer(),
                        value.pointer(),
                        optional(added),
                        0,
                        false,
                        new DoubleOptional(),
                        false));
    }

    /** Normalises the last dimension to mean 0 and variance 1, then scales and shifts. */
    public Tensor layerNorm(@Nullable Tensor weight, @Nullable Tensor bias, double epsilon) {
        long[] normalised = {size(-1)};
        return alone(
                "layerNorm",
                () -> torch.layer_norm(pointer(), normalised, optional(weight), optional(bias), epsilon, false));
    }

    /**
     * Rows of this table {@code [rows, width]} by index.
     *
     * @param indices INT64 of any shape
     * @param paddingIndex the row that gets no gradient; -1 for none
     * @return {@code [indices..., width]}
     */
    public Tensor embedding(Tensor indices, long paddingIndex) {
        return with(
                "embedding", indices, () -> torch.embedding(pointer(), indices.pointer(), paddingIndex, false, false));
    }

    /**
     * Zeroes elements with the given probability and scales the others by 1 / (1 - probability).
     *
     * @param probability from 0 to below 1
     */
    public Tensor dropout(double probability, Generator generator) {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("dropout: " + probability + " (expected: 0 <= probability < 1)");
        }
        if (probability == 0) {
            return this;
        }
        Tensor mask = DropoutMask.draw(probability, generator, shape());
        return wrap(pointer().mul(mask.to(device()).to(dataType()).pointer()));
    }

    /** The k largest along the last dimension, sorted. */
    public TopK topK(long k) {
        try {
            T_TensorTensor_T result = pointer().topk(k, -1, true, true);
            return new TopK(wrap(result.get0()), wrap(result.get1()));
        } catch (RuntimeException e) {
            throw ShapeException.of("topK of " + k, e, this);
        }
    }
}
