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
     * Reads {@code cpu}, {@code cuda} or {@code cuda:1}.
     *
     * @throws IllegalArgumentException when the text is none of these
     * @throws IllegalStateException when CUDA is asked for and this build or machine has none
     */
    public static Device parse(String text) {
        int colon = text.indexOf(':');
        String type = colon < 0 ? text : text.substring(0, colon);
        int index;
        try {
            index = colon < 0 ? 0 : Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("device: " + text + " (expected: cpu, cuda or cuda:N)", e);
        }
        Device device = new Device(type, index);
        if (device.isCuda() && !Native.cudaAvailable()) {
            throw new IllegalStateException("device: " + text
                    + " (expected: cpu; no CUDA device is usable, build with -Pgpu on a machine that has one)");
        }
        return device;
    }

    /** Whether this is a CUDA device. */
    public boolean isCuda() {
        return type.equals("cuda");
    }

    org.bytedeco.pytorch.Device toNative() {
        return new org.bytedeco.pytorch.Device(toString());
    }

    @Override
    public String toString() {
        return isCuda() ? type + ":" + index : type;
    }
}
