package io.t4rec.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.NoGradGuard;

/** Switches the recording of operations for back-propagation on this thread. */
public final class Autograd implements AutoCloseable {
    private final Pointer guard;

    private Autograd(Pointer guard) {
        this.guard = guard;
        guard.retainReference();
    }

    /**
     * Records nothing until closed: for evaluation, inference and parameter updates. In try-with-resources, on one thread.
     */
    public static Autograd disabled() {
        Native.load();
        return new Autograd(new NoGradGuard());
    }

    @Override
    public void close() {
        guard.deallocate();
    }
}
