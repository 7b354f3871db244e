package io.t4rec.tensor;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Lets matrix products of this thread compute in a narrower type until closed, while weights stay as they are and sums, norms
 * and softmax stay wide: PyTorch's automatic mixed precision. Gradients come back in the weights' own type. In
 * try-with-resources, around forward passes only.
 */
public final class Autocast implements AutoCloseable {
    private final DeviceType device;
    private final boolean before;
    private final ScalarType typeBefore;
    private final boolean cacheBefore;

    private Autocast(Device device) {
        this.device = device.isCuda() ? DeviceType.CUDA : DeviceType.CPU;
        before = torch.is_autocast_enabled(this.device);
        typeBefore = torch.get_autocast_dtype(this.device);
        cacheBefore = torch.is_autocast_cache_enabled();
    }

    /**
     * Begins.
     *
     * @param type FLOAT16 or BFLOAT16
     * @param device whose operations are meant
     * @throws IllegalArgumentException for another type
     */
    public static Autocast to(DataType type, Device device) {
        if (type != DataType.FLOAT16 && type != DataType.BFLOAT16) {
            throw new IllegalArgumentException("autocast type: " + type + " (expected: FLOAT16 or BFLOAT16)");
        }
        Native.load();
        Autocast narrow = new Autocast(device);
        torch.set_autocast_dtype(narrow.device, type.scalarType());
        // narrowed copies of weights would live on until the cache is told that a step changed them
        torch.set_autocast_cache_enabled(false);
        torch.set_autocast_enabled(narrow.device, true);
        return narrow;
    }

    /** Lets nothing be narrowed until closed, also inside of another. */
    static Autocast off(Device device) {
        Autocast wide = new Autocast(device);
        torch.set_autocast_enabled(wide.device, false);
        return wide;
    }

    @Override
    public void close() {
        torch.set_autocast_enabled(device, before);
        torch.set_autocast_dtype(device, typeBefore);
        torch.set_autocast_cache_enabled(cacheBefore);
    }
}
