package io.t4rec.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * Workers that share a batch. Each piece of work is told its number, and the result must not depend on when or where it runs: no
 * more threads run than there are cores, however many workers there are.
 */
final class Workers implements AutoCloseable {
    private final ExecutorService threads;
    private final int count;

    Workers(int count) {
        this(count, threads(Math.min(count, Runtime.getRuntime().availableProcessors())));
    }

    Workers(int count, ExecutorService threads) {
        this.count = count;
        this.threads = threads;
    }

    private static ExecutorService threads(int count) {
        return Executors.newFixedThreadPool(count, runnable -> {
            Thread thread = new Thread(runnable, "t4rec-worker");
            thread.setDaemon(true);
            return thread;
        });
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
            futures.add(threads.submit(() -> work.accept(piece)));
        }
        RuntimeException failure = null;
        for (Future<?> future : futures) {
            try {
                future.get();
            } catch (ExecutionException e) {
                RuntimeException cause = e.getCause() instanceof RuntimeException runtime
                        ? runtime
                        : new IllegalStateException(e.getCause());
                failure = failure == null ? cause : failure;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = new IllegalStateException("training: interrupted", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
