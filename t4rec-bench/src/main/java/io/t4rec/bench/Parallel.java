package io.t4rec.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Runs the same work on several threads at once and tells how long it took. */
final class Parallel {
    private Parallel() {}

    /** @return seconds until the last thread was done */
    static double seconds(int threads, IntConsumer work) {
        long start = System.nanoTime();
        List<Thread> running = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            int number = i;
            Thread thread = new Thread(() -> work.accept(number), "t4rec-bench-" + i);
            thread.start();
            running.add(thread);
        }
        work.accept(0);
        for (Thread thread : running) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("measurement: interrupted", e);
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** The quickest of several runs: what others on the machine take away only ever adds. */
    static double quickest(int runs, int threads, IntConsumer work) {
        double best = Double.POSITIVE_INFINITY;
        for (int run = 0; run < runs; run++) {
            best = Math.min(best, seconds(threads, work));
        }
        return best;
    }
}
