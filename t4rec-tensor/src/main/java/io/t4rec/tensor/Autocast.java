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

    private Autocast(DeviceType device, ScalarType type) {
        this.device = device;
        before = torch.is_autocast_enabled(device);
        typeBefore = torch.get_autocast_dtype(device);
        cacheBefore = torch.is_autocast_cache_enabled();
        torch.set_autocast_dtype(device, type);
        // narrowed copies of weights would live on until the cache is told that a step changed them
        torch.set_autocast_cache_enabled(false);
        torch.set_autocast_enabled(device, true);
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
        return new Autocast(device.isCuda() ? DeviceType.CUDA : DeviceType.CPU, type.scalarType());
    }

    @Override
    public void close() {
        torch.set_autocast_enabled(device, before);
        torch.set_autocast_dtype(device, typeBefore);
        torch.set_autocast_cache_enabled(cacheBefore);
    }
}
