package io.t4rec.data;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How far the work of a thread has come, for another one that shows it. Every statement of a {@link Database} is shown here, and so are the
 * stages of other engines.
 */
public final class OngoingWork {
    private static final Map<Thread, Supplier<@Nullable Position>> BY_THREAD = new ConcurrentHashMap<>();

    private static final AtomicLong PARTS = new AtomicLong();

    private OngoingWork() {}

    /** A number of a part that no part had before. */
    public static long newPart() {
        return PARTS.incrementAndGet();
    }

    /**
     * A moment of work.
     *
     * @param part number of the part that runs: work that consists of several begins anew with each
     * @param share of the part that is done, from 0 to 1; not-a-number while it is not known
     * @param rows of the part that are done; 0 where they are not known
     */
    public record Position(long part, double share, long rows) {}

    /** Work that is shown until it is closed. */
    public interface Shown extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Shows work of this thread in place of what is shown of it, which comes back at the end.
     *
     * @param position asked by other threads; gives null where nothing is known
     */
    public static Shown show(Supplier<@Nullable Position> position) {
        Thread thread = Thread.currentThread();
        Supplier<@Nullable Position> before = BY_THREAD.put(thread, position);
        return () -> {
            if (before == null) {
                BY_THREAD.remove(thread);
            } else {
                BY_THREAD.put(thread, before);
            }
        };
    }

    /** How far a thread's work has come; null when nothing is known of it. */
    public static @Nullable Position of(Thread thread) {
        Supplier<@Nullable Position> shown = BY_THREAD.get(thread);
        return shown == null ? null : shown.get();
    }
}
