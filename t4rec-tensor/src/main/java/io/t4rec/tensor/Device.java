package io.t4rec.tensor;

/**
 * Where a tensor lives and is computed.
 *
 * @param type {@code "cpu"} or {@code "cuda"}
 * @param index number of the device among those of its type, from 0
 */
public record Device(String type, int index) {
    /** The processor of this machine: the default everywhere. */
    public static final Device CPU = new Device("cpu", 0);

    /** @throws IllegalArgumentException for an unknown type or a negative index */
    public Device {
        if (!type.equals("cpu") && !type.equals("cuda")) {
            throw new IllegalArgumentException("device: " + type + " (expected: cpu or cuda)");
        }
        if (index < 0) {
            throw new IllegalArgumentException("device index: " + index + " (expected: >= 0)");
        }
    }

    /**
     * Reads {@code cpu}, {@code cuda} or {@code cuda:1}, whether this machine has it or not.
     *
     * @throws IllegalArgumentException when the text is none of these
     */
    public static Device parse(String text) {
        if (text.equals("cpu")) {
            return CPU;
        }
        if (!text.matches("cuda(:\\d{1,4})?")) {
            throw new IllegalArgumentException("device: " + text + " (expected: cpu, cuda or cuda:N)");
        }
        return new Device("cuda", text.equals("cuda") ? 0 : Integer.parseInt(text.substring("cuda:".length())));
    }

    /** Whether this is a CUDA device. */
    public boolean isCuda() {
        return type.equals("cuda");
    }

    /** Whether this build of libtorch and this machine have it. */
    public boolean isPresent() {
        return !isCuda() || index < Native.cudaDevices();
    }

    org.bytedeco.pytorch.Device toNative() {
        return new org.bytedeco.pytorch.Device(toString());
    }

    @Override
    public String toString() {
        return isCuda() ? type + ":" + index : type;
    }
}
