package io.t4rec.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/**
 * Loads libtorch once and sets its threads.
 *
 * <p>Every operator runs on one thread: libtorch's OpenMP threads and OpenBLAS's pool spin against each other and cost more
 * than they bring at the sizes of session models. Callers split the batch over threads of their own instead.
 */
public final class Native {
    private static final boolean LOADED;

    static {
        // JavaCPP refuses allocations above a share of the Java heap's limit unless told that native memory is its own
        // budget.
        setIfAbsent("org.bytedeco.javacpp.maxbytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxphysicalbytes", "0");
        setIfAbsent("org.bytedeco.openblas.load", "openblas");
        openblas_nolapack.blas_set_num_threads(1);
        torch.set_num_threads(1);
        LOADED = true;
    }

    private Native() {}

    private static void setIfAbsent(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    /** Loads the native libraries; called by everything that needs them, harmless to repeat. */
    public static void load() {
        if (!LOADED) {
            throw new IllegalStateException(
                    "libtorch: not loaded (expected: native libraries of this platform on the class path)");
        }
    }

    /** How many CUDA devices this build of libtorch can use; 0 for a build without CUDA. */
    public static int cudaDevices() {
        load();
        return torch.cuda_is_available() ? torch.cuda_device_count() : 0;
    }

    /** Resident memory of this process in bytes: Java heap, native tensors and libraries together. */
    public static long residentBytes() {
        return Pointer.physicalBytes();
    }
}
