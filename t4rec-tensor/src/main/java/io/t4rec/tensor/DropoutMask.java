package io.t4rec.tensor;

import java.nio.IntBuffer;

/**
 * Masks for dropout: 0 with a probability p, else 1 / (1 - p).
 *
 * <p>libtorch draws one number after the other from a Mersenne Twister. Here one draw of it keys a hash of the element's position
 * (the finaliser of MurmurHash3), which the JIT compiler turns into vector instructions: less than a
 * quarter of the time for a whole dropout.
 */
final class DropoutMask {
    /** Elements written at a time: the array stays in the first cache. */
    private static final int CHUNK = 4_096;

    private static final int BITS = 24;
    private static final ThreadLocal<int[]> CHUNKS = ThreadLocal.withInitial(() -> new int[CHUNK]);

    private DropoutMask() {}

    /** FLOAT32 on the CPU. */
    static Tensor draw(double probability, Generator generator, long... shape) {
        Tensor mask = Tensors.empty(DataType.FLOAT32, shape);
        int elements = Math.toIntExact(mask.elements());
        if (elements > 0) {
            int threshold = (int) Math.round(probability * (1 << BITS));
            int kept = Float.floatToRawIntBits((float) (1 / (1 - probability)));
            IntBuffer out = mask.byteBuffer().asIntBuffer();
            int[] chunk = CHUNKS.get();
            long key = generator.nextLong();
            for (int start = 0; start < elements; start += CHUNK) {
                fill(chunk, start, (int) key, (int) (key >>> 32), threshold, kept);
                out.put(chunk, 0, Math.min(CHUNK, elements - start));
            }
        }
        return mask;
    }

    /** The bits of the floats. Without branches, so that several elements are computed at once. */
    private static void fill(int[] chunk, int start, int key, int second, int threshold, int kept) {
        for (int i = 0; i < CHUNK; i++) {
            int hash = (start + i) * 0x9E3779B9 + key;
            hash = (hash ^ (hash >>> 16)) * 0x85EBCA6B + second;
            hash = (hash ^ (hash >>> 13)) * 0xC2B2AE35;
            hash = (hash ^ (hash >>> 16)) >>> (Integer.SIZE - BITS);
            chunk[i] = kept & ~((hash - threshold) >> 31);
        }
    }
}
