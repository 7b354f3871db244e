package io.t4rec.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Whether many calls leave something on the Java heap, and how much a call allocates. */
final class HeapWatch {
    /** Parts of the run after which the heap is read. */
    private static final List<Integer> PERCENT = List.of(10, 25, 50, 100);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    private HeapWatch() {}

    /**
     * Calls again and again on this thread.
     *
     * @param row gets the heap in KiB, with what is dead collected, and the bytes allocated a call since the column before
     * @param argument of the next call, made anew; what making it allocates doesn't count
     */
    static <T> void watch(Row row, int calls, Supplier<T> argument, Consumer<T> call, Consumer<String> progress) {
        long bytes = 0;
        int before = 0;
        for (int done = 1; done <= calls; done++) {
            T next = argument.get();
            long start = THREADS.getCurrentThreadAllocatedBytes();
            call.accept(next);
            bytes += THREADS.getCurrentThreadAllocatedBytes() - start;
            for (int percent : PERCENT) {
                if (done == (long) calls * percent / 100) {
                    long heap = heap();
                    progress.accept(percent + " %: " + (heap >> 10) + " KiB");
                    row.with("KiB at " + percent + " %", heap / 1024.0, 0)
                            .with("bytes a call to " + percent + " %", (double) bytes / (done - before), 0);
                    bytes = 0;
                    before = done;
                }
            }
        }
    }

    /** Bytes of the heap that are alive. */
    private static long heap() {
        MEMORY.gc();
        return MEMORY.getHeapMemoryUsage().getUsed();
    }
}
