package io.t4rec.tensor;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.LayoutOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Makes tensors, and joins several into one. */
public final class Tensors {
    static {
        Native.load();
    }

    private Tensors() {}

    /** A tensor of the given elements in row-major order; without a shape, one dimension. */
    public static Tensor of(float[] values, long... shape) {
        Tensor tensor = allocate(values.length, DataType.FLOAT32, shape);
        if (values.length > 0) {
            tensor.pointer().data_ptr_float().put(values);
        }
        return tensor;
    }

    /** A tensor of the given elements in row-major order; without a shape, one dimension. */
    public static Tensor of(double[] values, long... shape) {
        Tensor tensor = allocate(values.length, DataType.FLOAT64, shape);
        if (values.length > 0) {
            tensor.pointer().data_ptr_double().put(values);
        }
        return tensor;
    }

    /** A tensor of the given elements in row-major order; without a shape, one dimension. */
    public static Tensor of(long[] values, long... shape) {
        Tensor tensor = allocate(values.length, DataType.INT64, shape);
        if (values.length > 0) {
            tensor.pointer().data_ptr_long().put(values);
        }
        return tensor;
    }

    /** A tensor of booleans in row-major order; without a shape, one dimension. */
    public static Tensor of(boolean[] values, long... shape) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) (values[i] ? 1 : 0);
        }
        return ofBytes(bytes, DataType.BOOL, shape.length == 0 ? new long[] {values.length} : shape);
    }

    /** A FLOAT32 scalar. */
    public static Tensor scalar(double value) {
        return of(new float[] {(float) value}).reshape();
    }

    /** A tensor of the given bytes, which are its elements in row-major order, little-endian. */
    public static Tensor ofBytes(byte[] bytes, DataType type, long... shape) {
        Tensor tensor = empty(type, shape);
        long needed = tensor.elements() * type.bytes();
        if (needed != bytes.length) {
            throw new IllegalArgumentException("bytes: " + bytes.length + " (expected: " + needed + ")");
        }
        if (bytes.length > 0) {
            new BytePointer(tensor.pointer().data_ptr()).put(bytes);
        }
        return tensor;
    }

    private static Tensor allocate(int count, DataType type, long... shape) {
        Tensor tensor = empty(type, shape.length == 0 ? new long[] {count} : shape);
        tensor.checkCount(count);
        return tensor;
    }

    /**
     * The beginning of a file as elements, in memory that is the file: pages are read when they are used.
     *
     * @param elements how many there are in the file at least
     */
    static Tensor mapped(Path file, long elements, DataType type) {
        return new Tensor(torch.from_file(
                file.toAbsolutePath().toString(),
                new BoolOptional(false), // writes would stay in this process
                new LongOptional(elements),
                new ScalarTypeOptional(type.scalarType()),
                new LayoutOptional(),
                new DeviceOptional(),
                new BoolOptional()));
    }

    /** Memory that has not been written yet. */
    public static Tensor empty(DataType type, long... shape) {
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("shape: " + Arrays.toString(shape) + " (expected: sizes >= 0)");
            }
        }
        return empty(type, new DeviceOptional(), shape);
    }

    private static Tensor empty(DataType type, DeviceOptional device, long... shape) {
        return new Tensor(torch.empty(
                shape,
                new ScalarTypeOptional(type.scalarType()),
                new LayoutOptional(),
                device,
                new BoolOptional(),
                new MemoryFormatOptional()));
    }

    public static Tensor zeros(DataType type, long... shape) {
        return filled(type, 0, shape);
    }

    public static Tensor zeros(long... shape) {
        return zeros(DataType.FLOAT32, shape);
    }

    public static Tensor ones(long... shape) {
        return full(1, shape);
    }

    public static Tensor full(double value, long... shape) {
        return filled(DataType.FLOAT32, value, shape);
    }

    private static Tensor filled(DataType type, double value, long... shape) {
        if (ShapesOnly.isOpen()) {
            ShapesOnly.count(shape);
            return empty(type, new DeviceOptional(new org.bytedeco.pytorch.Device("meta")), shape);
        }
        return empty(type, shape).fillInPlace(value);
    }

    /** Uninitialised memory of the shape, type and device of another tensor. */
    public static Tensor emptyLike(Tensor tensor) {
        return new Tensor(torch.empty_like(tensor.pointer()));
    }

    public static Tensor zerosLike(Tensor tensor) {
        return new Tensor(torch.zeros_like(tensor.pointer()));
    }

    /** The integers {@code start .. end - 1} as INT64. */
    public static Tensor range(long start, long end) {
        return new Tensor(torch.arange(new Scalar(start), new Scalar(end)));
    }

    /** Joins along an existing dimension. */
    public static Tensor concat(int dimension, Tensor... tensors) {
        try {
            return new Tensor(torch.cat(vector(tensors), dimension));
        } catch (RuntimeException e) {
            throw ShapeException.of("concat", e, tensors);
        }
    }

    /** Joins along an existing dimension. */
    public static Tensor concat(int dimension, List<Tensor> tensors) {
        return concat(dimension, tensors.toArray(Tensor[]::new));
    }

    static TensorVector vector(Tensor... tensors) {
        org.bytedeco.pytorch.Tensor[] handles = new org.bytedeco.pytorch.Tensor[tensors.length];
        for (int i = 0; i < tensors.length; i++) {
            handles[i] = tensors[i].pointer();
        }
        return new TensorVector(handles);
    }
}
