package io.t4rec.data;

import java.util.concurrent.CancellationException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets a source work ahead on a thread of its own: while the taker uses one value, the next is made, and no further one. Values
 * come in the order of the source. For one taker; any thread may close it.
 */
final class Prefetcher<T> implements AutoCloseable {
    private static final long WAIT_MILLIS = 100;

    private final Source<T> source;
    private final SynchronousQueue<Outcome<T>> handover = new SynchronousQueue<>();
    private final Thread thread;
    private volatile @Nullable Outcome<T> last;

    /** Makes values; used and closed by the prefetching thread alone. It should give up soon when that is interrupted. */
    interface Source<T> extends AutoCloseable {
        /** The next value, or null when there is none any more. */
        @Nullable
        T next();

        @Override
        void close();
    }

    private record Outcome<T>(@Nullable T value, @Nullable Throwable failure) {}

    Prefetcher(String name, Source<T> source) {
        this.source = source;
        thread = new Thread(this::work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        try (source) {
            Outcome<T> outcome;
            do {
                outcome = outcome();
                handover.put(outcome);
            } while (outcome.value() != null);
        } catch (InterruptedException e) {
            // closed: nobody waits for what was made
        }
    }

    @SuppressWarnings("CatchingUnchecked") // an error, too, is the taker's to know
    private Outcome<T> outcome() {
        try {
            return new Outcome<>(source.next(), null);
        } catch (Throwable e) {
            return new Outcome<>(null, e);
        }
    }

    /**
     * The next value, or null when there is none any more.
     *
     * @throws RuntimeException what the source threw, again at every further call
     * @throws CancellationException when closed or interrupted
     */
    @Nullable
    T take() {
        Outcome<T> outcome = last;
        if (outcome == null) {
            outcome = await();
        }
        if (outcome.value() == null) {
            last = outcome;
        }
        if (outcome.failure() instanceof Error error) {
            throw error;
        }
        if (outcome.failure() instanceof RuntimeException exception) {
            throw exception;
        }
        return outcome.value();
    }

    private Outcome<T> await() {
        try {
            Outcome<T> outcome = handover.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            while (outcome == null) {
                if (!thread.isAlive()) {
                    throw new CancellationException(thread.getName() + ": closed");
                }
                outcome = handover.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            }
            return outcome;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException(thread.getName() + ": interrupted");
        }
    }

    /** Stops the thread and waits until it has ended. */
    @Override
    public void close() {
        if (last == null) {
            last = new Outcome<>(null, new CancellationException(thread.getName() + ": closed"));
        }
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the thread is still there, at work or waiting for its value to be taken. */
    boolean isRunning() {
        return thread.isAlive();
    }
}
