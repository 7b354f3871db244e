package io.t4rec.bench;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Locale;

/** What the hardware allows: matrix products and traffic with memory, without anything around them. */
final class Floors {
    private static final int RUNS = 5;
    private static final int ROWS = 2_432;
    private static final int WIDTH = 64;
    private static final int ITEMS = 40_000;
    private static final long MEBIBYTES_256 = 256L << 20;
    private static final int CHUNK_ELEMENTS = 128 * 40_000;

    private Floors() {}

    /** One line that describes the machine at this moment: the product of a head's forward pass, and memory bandwidth. */
    static String describe(int threads) {
        double gflop = 2e-9 * ROWS * WIDTH * ITEMS;
        double one = product(1);
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "GEMM of %,d x %d by %d x %,d: %.0f ms, %.0f GFLOP/s on one thread",
                ROWS,
                WIDTH,
                WIDTH,
                ITEMS,
                one * 1e3,
                gflop / one));
        if (threads > 1) {
            double all = product(threads);
            text.append(String.format(
                    Locale.ROOT,
                    "; %.0f ms, %.0f GFLOP/s on %d data-parallel threads",
                    all * 1e3,
                    gflop / all,
                    threads));
        }
        return text.append(String.format(
                        Locale.ROOT,
                        ". Memory, one thread, 256 MiB: copy %.1f GB/s, triad %.1f GB/s, read %.1f GB/s.",
                        copyBandwidth() / 1e9,
                        triadBandwidth() / 1e9,
                        readBandwidth() / 1e9))
                .toString();
    }

    private static double product(int threads) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            Tensor left = random(ROWS, WIDTH);
            Tensor right = random(WIDTH, ITEMS);
            Tensor scores = Tensors.empty(DataType.FLOAT32, ROWS, ITEMS);
            return Parallel.quickest(RUNS, threads, thread -> {
                try (Scope own = Scope.open()) {
                    long from = (long) ROWS * thread / threads;
                    long count = (long) ROWS * (thread + 1) / threads - from;
                    scores.narrow(0, from, count).matmulInto(left.narrow(0, from, count), right);
                }
            });
        }
    }

    /**
     * Seconds of the three products that an exact softmax over all items needs in training: scores, gradient of the states, gradient
     * of the table. In chunks whose scores stay in the cache, rows split over the threads.
     *
     * @param rows number of targets
     */
    static double head(int rows, int width, int items, int threads) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            int chunk = Math.max(64, Math.min(512, CHUNK_ELEMENTS / items));
            Tensor table = random(items, width);
            Tensor hidden = random(rows, width);
            Tensor hiddenGradient = Tensors.zeros(rows, width);
            Tensor[] scores = new Tensor[threads];
            Tensor[] tableGradient = new Tensor[threads];
            for (int i = 0; i < threads; i++) {
                scores[i] = Tensors.empty(DataType.FLOAT32, chunk, items);
                tableGradient[i] = Tensors.zeros(items, width);
            }
            return Parallel.quickest(2, threads, thread -> {
                try (Scope own = Scope.open();
                        Autograd disabled = Autograd.disabled()) {
                    int end = (int) ((long) rows * (thread + 1) / threads);
                    for (int from = (int) ((long) rows * thread / threads); from < end; from += chunk) {
                        int count = Math.min(chunk, end - from);
                        Tensor part = scores[thread].narrow(0, 0, count);
                        Tensor states = hidden.narrow(0, from, count);
                        part.matmulInto(states, table.transpose(0, 1));
                        hiddenGradient.narrow(0, from, count).matmulInto(part, table);
                        tableGradient[thread].addMatmulInPlace(part.transpose(0, 1), states, 1, 1);
                    }
                }
            });
        }
    }

    /** Seconds of one product of {@code [rows, width]} with the table, rows split over the threads. */
    static double scores(int rows, int width, int items, int threads) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            int chunk = Math.max(64, Math.min(512, CHUNK_ELEMENTS / items));
            Tensor table = random(items, width);
            Tensor hidden = random(rows, width);
            Tensor[] scores = new Tensor[threads];
            for (int i = 0; i < threads; i++) {
                scores[i] = Tensors.empty(DataType.FLOAT32, chunk, items);
            }
            return Parallel.quickest(2, threads, thread -> {
                try (Scope own = Scope.open()) {
                    int end = (int) ((long) rows * (thread + 1) / threads);
                    for (int from = (int) ((long) rows * thread / threads); from < end; from += chunk) {
                        int count = Math.min(chunk, end - from);
                        scores[thread]
                                .narrow(0, 0, count)
                                .matmulInto(hidden.narrow(0, from, count), table.transpose(0, 1));
                    }
                }
            });
        }
    }

    /** Seconds of the table times one vector: every item scored for one session. */
    static double matrixVector(int items, int width) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            Tensor table = random(items, width);
            Tensor query = random(width);
            return Parallel.quickest(4 * RUNS, 1, thread -> {
                try (Scope own = Scope.open()) {
                    table.matrixVector(query);
                }
            });
        }
    }

    /** Bytes read and written a second by {@code a = b}. */
    static double copyBandwidth() {
        try (Scope scope = Scope.open()) {
            Tensor from = Tensors.ones(MEBIBYTES_256 / 2 / Float.BYTES);
            Tensor to = Tensors.zerosLike(from);
            return MEBIBYTES_256 / Parallel.quickest(RUNS, 1, thread -> to.copyFrom(from));
        }
    }

    /** Bytes read and written a second by {@code a = b + s c}, as the STREAM benchmark (McCalpin 1995) has it. */
    static double triadBandwidth() {
        int length = (int) (MEBIBYTES_256 / 3 / Float.BYTES);
        float[] a = new float[length];
        float[] b = new float[length];
        float[] c = new float[length];
        return 3.0 * length * Float.BYTES / Parallel.quickest(3 * RUNS, 1, thread -> triad(a, b, c, thread + 3f));
    }

    private static void triad(float[] a, float[] b, float[] c, float factor) {
        for (int i = 0; i < a.length; i++) {
            a[i] = b[i] + factor * c[i];
        }
    }

    /** Bytes read a second by a sum. */
    static double readBandwidth() {
        try (Scope scope = Scope.open()) {
            Tensor values = Tensors.ones(MEBIBYTES_256 / Float.BYTES);
            return MEBIBYTES_256
                    / Parallel.quickest(RUNS, 1, thread -> {
                        try (Scope own = Scope.open()) {
                            values.sum();
                        }
                    });
        }
    }

    private static Tensor random(long... shape) {
        return Tensors.empty(DataType.FLOAT32, shape).normalInPlace(0, 1, new Generator(1));
    }
}
