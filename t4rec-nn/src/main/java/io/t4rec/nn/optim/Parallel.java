package io.t4rec.nn.optim;

import java.util.function.IntConsumer;

/** Runs independent pieces of work. */
@FunctionalInterface
public interface Parallel {
    /** Runs the pieces {@code 0 .. pieces - 1}, in any order and on any threads, and returns when all are done. */
    void run(int pieces, IntConsumer work);

    /** One after the other on the calling thread. */
    static Parallel sequential() {
        return (pieces, work) -> {
            for (int piece = 0; piece < pieces; piece++) {
                work.accept(piece);
            }
        };
    }
}
