package io.t4rec.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntConsumer;

/**
 * Workers that share a batch. Each piece of work is told its number, and the result must not depend on when or where it runs: no
 * more threads run than there are cores, however many workers there are.
 */
final class Workers implements AutoCloseable {
    /** Held while work runs. When the JVM ends, libtorch's globals go first: a thread that is still inside it would crash. */
    private static final ReadWriteLock RUNNING = new ReentrantReadWriteLock();

    private static final long MOST_SECONDS_TO_END = 10;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Workers::stopForGood, "t4rec-workers-end"));
    }

    private final ExecutorService threads;
    private final int count;

    Workers(int count) {
        this(count, threads(Math.min(count, Runtime.getRuntime().availableProcessors())));
    }

    Workers(int count, ExecutorService threads) {
        this.count = count;
        this.threads = threads;
    }

    /** @throws IllegalArgumentException for a number of threads that is neither one nor 0, which stands for one a core */
    static void check(int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 0; 0 for one a core)");
        }
    }

    private static ExecutorService threads(int count) {
        return Executors.newFixedThreadPool(count, runnable -> {
            Thread thread = new Thread(runnable, "t4rec-worker");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Waits for the work that runs, and lets none begin after it. */
    private static void stopForGood() {
        try {
            RUNNING.writeLock().tryLock(MOST_SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Number of workers, each with a replica of its own. */
    int count() {
        return count;
    }

    /** Runs the pieces {@code 0 .. pieces - 1} and waits for all. The first failure is thrown. */
    void run(int pieces, IntConsumer work) {
        List<Future<?>> futures = new ArrayList<>(pieces);
        for (int i = 0; i < pieces; i++) {
            int piece = i;
            futures.add(threads.submit(() -> guarded(work, piece)));
        }
        Throwable failure = null;
        for (Future<?> future : futures) {
            try {
                future.get();
            } catch (ExecutionException e) {
                failure = failure == null ? e.getCause() : failure;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = new IllegalStateException("training: interrupted", e);
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw failure instanceof RuntimeException runtime ? runtime : new IllegalStateException(failure);
        }
    }

    private static void guarded(IntConsumer work, int piece) {
        RUNNING.readLock().lock();
        try {
            work.accept(piece);
        } finally {
            RUNNING.readLock().unlock();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
