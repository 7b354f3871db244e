package io.t4rec.etl;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Pieces of work at the same time, each on a thread of its own. */
final class SideBySide {
    private SideBySide() {}

    /** Runs the pieces {@code 0 .. pieces - 1} and waits for all, also where one fails; then a failure is thrown. */
    static void run(int pieces, IntConsumer work) {
        ExecutorService threads = Executors.newFixedThreadPool(pieces);
        try {
            CompletableFuture.allOf(IntStream.range(0, pieces)
                            .mapToObj(piece -> CompletableFuture.runAsync(() -> work.accept(piece), threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        } finally {
            threads.shutdown();
        }
    }
}
