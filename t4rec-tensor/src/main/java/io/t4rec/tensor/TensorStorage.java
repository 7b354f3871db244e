package io.t4rec.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** What a tensor is and holds: shape, type, device, elements, gradient. */
abstract sealed class TensorStorage permits TensorArithmetic {
    private final org.bytedeco.pytorch.Tensor handle;

    TensorStorage(org.bytedeco.pytorch.Tensor handle) {
        this.handle = handle;
    }

    /** @throws IllegalStateException when the memory was freed */
    final org.bytedeco.pytorch.Tensor pointer() {
        if (handle.isNull()) {
            throw new IllegalStateException(
                    "tensor: its memory was freed (expected: no use after release() or the end of its scope)");
        }
        return handle;
    }

    abstract Tensor self();

    static Tensor wrap(org.bytedeco.pytorch.Tensor handle) {
        return new Tensor(handle);
    }

    /** Sizes of the dimensions; empty for a scalar. */
    public final long[] shape() {
        long[] shape = new long[(int) pointer().dim()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = pointer().size(i);
        }
        return shape;
    }

    /**
     * Size of one dimension; negative numbers count from the last.
     *
     * @throws ShapeException for a dimension that there isn't
     */
    public final long size(int dimension) {
        if (dimension < -rank() || dimension >= rank()) {
            throw new ShapeException(
                    "dimension: " + dimension + " (expected: one of " + Arrays.toString(shape()) + ")");
        }
        return pointer().size(dimension);
    }

    /** Number of dimensions. */
    public final int rank() {
        return (int) pointer().dim();
    }

    /** Number of elements. */
    public final long elements() {
        return pointer().numel();
    }

    public final DataType dataType() {
        return DataType.of(pointer().scalar_type());
    }

    public final Device device() {
        return pointer().is_cuda() ? new Device("cuda", pointer().device().index()) : Device.CPU;
    }

    /** This tensor on another device; the same tensor when it is there already. */
    public final Tensor to(Device device) {
        return device.equals(device())
                ? self()
                : wrap(pointer().to(device.toNative(), pointer().scalar_type()));
    }

    /** This tensor in another element type; the same tensor when it has it already. */
    public final Tensor to(DataType type) {
        return type == dataType() ? self() : wrap(pointer().to(type.scalarType()));
    }

    /** All elements in row-major order, converted to float. */
    public final float[] toFloats() {
        try (Scope scope = Scope.open()) {
            float[] out = new float[Math.toIntExact(elements())];
            if (out.length > 0) {
                host(DataType.FLOAT32).data_ptr_float().get(out);
            }
            return out;
        }
    }

    /**
     * Copies all elements in row-major order, converted to float, to the front of an array.
     *
     * @throws IllegalArgumentException when the array is shorter
     */
    public final void readInto(float[] target) {
        int count = Math.toIntExact(elements());
        if (target.length < count) {
            throw new IllegalArgumentException(
                    "target: " + target.length + " elements (expected: at least " + count + ")");
        }
        try (Scope scope = Scope.open()) {
            if (count > 0) {
                host(DataType.FLOAT32).data_ptr_float().get(target, 0, count);
            }
        }
    }

    /** All elements in row-major order, converted to double. */
    public final double[] toDoubles() {
        try (Scope scope = Scope.open()) {
            double[] out = new double[Math.toIntExact(elements())];
            if (out.length > 0) {
                host(DataType.FLOAT64).data_ptr_double().get(out);
            }
            return out;
        }
    }

    /** All elements in row-major order, converted to long; booleans become 0 and 1. */
    public final long[] toLongs() {
        try (Scope scope = Scope.open()) {
            long[] out = new long[Math.toIntExact(elements())];
            if (out.length > 0) {
                host(DataType.INT64).data_ptr_long().get(out);
            }
            return out;
        }
    }

    /** The elements' bytes in row-major order, little-endian, in the tensor's own type. */
    public final byte[] toBytes() {
        try (Scope scope = Scope.open()) {
            byte[] out = new byte[Math.toIntExact(elements() * dataType().bytes())];
            if (out.length > 0) {
                new BytePointer(host(dataType()).data_ptr()).get(out);
            }
            return out;
        }
    }

    /**
     * The only element of a one-element tensor.
     *
     * @throws ShapeException when it has more or none
     */
    public final double item() {
        requireOne("item");
        return pointer().item_double();
    }

    /**
     * The only element of a one-element integer tensor.
     *
     * @throws ShapeException when it has more or none
     */
    public final long itemLong() {
        requireOne("item");
        return pointer().item_long();
    }

    private void requireOne(String operation) {
        if (elements() != 1) {
            throw new ShapeException(
                    operation + ": " + Arrays.toString(shape()) + dataType() + " (expected: one element)");
        }
    }

    final void checkCount(long count) {
        if (count != elements()) {
            throw new IllegalArgumentException(
                    "values: " + count + " (expected: " + elements() + " for shape " + Arrays.toString(shape()) + ")");
        }
    }

    /** A view of the native bytes of a contiguous CPU tensor, valid as long as the tensor is. */
    final ByteBuffer byteBuffer() {
        BytePointer bytes = new BytePointer(pointer().data_ptr());
        return bytes.capacity(elements() * dataType().bytes()).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private org.bytedeco.pytorch.Tensor host(DataType type) {
        return to(Device.CPU).to(type).pointer().contiguous();
    }

    // ---- gradients

    public final boolean requiresGradient() {
        return pointer().requires_grad();
    }

    /** Makes this leaf tensor collect a gradient, or not. */
    public final Tensor requireGradient(boolean required) {
        pointer().set_requires_grad(required);
        return self();
    }

    /** The gradient collected by {@link #backward()}, or null when there is none. */
    public final @Nullable Tensor gradient() {
        org.bytedeco.pytorch.Tensor gradient = pointer().grad();
        return gradient.defined() ? wrap(gradient) : null;
    }

    /** Sets the gradient to a tensor, which is then shared, or drops it. */
    public final void setGradient(@Nullable Tensor gradient) {
        pointer().mutable_grad().put(gradient == null ? new org.bytedeco.pytorch.Tensor() : gradient.pointer());
    }

    /**
     * Back-propagates from this scalar.
     *
     * @throws ShapeException when it has more elements than one, or none
     * @throws IllegalStateException when it was computed from nothing that requires a gradient
     */
    public final void backward() {
        if (!requiresGradient()) {
            throw new IllegalStateException(
                    "backward: no tensor that it was computed from requires a gradient (expected: one, and autograd enabled)");
        }
        requireOne("backward");
        pointer().backward();
    }

    /** Back-propagates from this tensor, given the gradient of the loss with respect to it. */
    public final void backward(Tensor gradient) {
        Objects.requireNonNull(gradient, "gradient");
        pointer().backward(gradient.pointer(), new BoolOptional(), false, new TensorArrayRefOptional());
    }

    /** The same elements without history; writes go through to this tensor. */
    public final Tensor detach() {
        return wrap(pointer().detach());
    }

    /** Frees the native memory now. For tensors taken out of all scopes; the tensor must not be used afterwards. */
    public final void release() {
        handle.deallocate();
    }

    static TensorOptional optional(@Nullable Tensor tensor) {
        return tensor == null ? new TensorOptional() : new TensorOptional(tensor.pointer());
    }

    /** Whether two tensors have the same shape, type and elements. */
    public final boolean contentEquals(Tensor other) {
        return dataType() == other.dataType()
                && Arrays.equals(shape(), other.shape())
                && torch.equal(pointer(), other.pointer());
    }

    @Override
    public String toString() {
        return "Tensor" + Arrays.toString(shape()) + dataType() + "@" + device();
    }
}
