package io.t4rec.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * Frees native memory deterministically: whatever the opening thread allocates until {@link #close()} is freed then, unless
 * {@link #keep kept}. Scopes nest; open one per training step, batch or request, in try-with-resources.
 *
 * <pre>{@code
 * try (Scope step = Scope.open()) {
 *     Tensor loss = model.loss(batch);
 *     loss.backward();
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<Deque<Scope>> OPEN = ThreadLocal.withInitial(ArrayDeque::new);

    private final PointerScope pointers;
    private final @Nullable Scope parent;

    private Scope(@Nullable Scope parent) {
        this.parent = parent;
        this.pointers = new PointerScope();
    }

    /** Opens a scope on this thread. */
    public static Scope open() {
        Native.load();
        Deque<Scope> open = OPEN.get();
        Scope scope = new Scope(open.peek());
        open.push(scope);
        return scope;
    }

    /**
     * Hands a tensor over to the enclosing scope, or to the garbage collector when there is none, so that it outlives this
     * one.
     *
     * @return the same tensor
     */
    public Tensor keep(Tensor tensor) {
        Pointer pointer = tensor.pointer();
        if (parent != null) {
            parent.pointers.attach(pointer);
        } else {
            pointer.retainReference();
        }
        pointers.detach(pointer);
        return tensor;
    }

    /**
     * Takes a tensor out of every open scope of this thread: it lives until {@link Tensor#release()} or until the garbage
     * collector finds it unreachable. For parameters and optimiser state.
     *
     * @return the same tensor
     */
    public static Tensor unscoped(Tensor tensor) {
        Pointer pointer = tensor.pointer();
        for (Scope scope : OPEN.get()) {
            // detach gives up one reference whether or not the scope held the pointer
            pointer.retainReference();
            scope.pointers.detach(pointer);
        }
        return tensor;
    }

    /**
     * Frees what was allocated since the scope was opened and not kept.
     *
     * @throws IllegalStateException when closed out of order or on another thread
     */
    @Override
    public void close() {
        Deque<Scope> open = OPEN.get();
        if (open.peek() != this) {
            throw new IllegalStateException(
                    "scope: closed out of order (expected: the innermost scope of this thread)");
        }
        open.pop();
        pointers.close();
    }
}
