package io.t4rec.tensor;

import org.jspecify.annotations.Nullable;

/**
 * While one is open, what its thread makes of a shape alone (zeros, ones, and so fresh weights) has that shape but no memory: such
 * tensors can be asked for shape and type, not for elements. So a module tells its weights before anything is allocated.
 *
 * <p>Close it on the thread that opened it. One at a time.
 */
public final class ShapesOnly implements AutoCloseable {
    private static final ThreadLocal<@Nullable ShapesOnly> OPEN = new ThreadLocal<>();

    private long left;

    private ShapesOnly(long limit) {
        this.left = limit;
    }

    /**
     * Opens one.
     *
     * @param limit elements that may be made in all; an empty tensor counts as one
     */
    public static ShapesOnly open(long limit) {
        if (OPEN.get() != null) {
            throw new IllegalStateException("ShapesOnly: open already (expected: one at a time)");
        }
        ShapesOnly opened = new ShapesOnly(limit);
        OPEN.set(opened);
        return opened;
    }

    /** Whether tensors of this thread are without memory. */
    static boolean isOpen() {
        return OPEN.get() != null;
    }

    /** @throws IllegalArgumentException when the limit is passed */
    static void count(long[] shape) {
        ShapesOnly open = OPEN.get();
        if (open == null) {
            return;
        }
        long elements = 1;
        for (long size : shape) {
            elements = size == 0 ? elements : Math.multiplyExact(elements, size);
        }
        open.left -= elements;
        if (open.left < 0) {
            throw new IllegalArgumentException("elements: too many (expected: no more than the limit)");
        }
    }

    @Override
    public void close() {
        OPEN.remove();
    }
}
