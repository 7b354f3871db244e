package io.t4rec.serve;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Watches how busy the Java machine's compilers are, a period at a time. */
final class CompilationWatch {
    static final long PERIOD_MILLIS = 1_000;

    /** A compiler that takes less of a period disturbs little. */
    private static final long LITTLE_MILLIS = PERIOD_MILLIS / 10;

    /** Compilers rest for a moment between what is called often and what is called less. */
    private static final int QUIET_PERIODS = 2;

    private final LongSupplier compiledMillis;
    private long before;
    private int quiet;

    /** @param compiledMillis how long the compilers have worked so far */
    CompilationWatch(LongSupplier compiledMillis) {
        this.compiledMillis = compiledMillis;
        this.before = compiledMillis.getAsLong();
    }

    /** Of this Java machine; never quiet where it doesn't tell how long it compiles. */
    static CompilationWatch ofThisMachine() {
        @Nullable CompilationMXBean bean = ManagementFactory.getCompilationMXBean();
        return new CompilationWatch(
                bean != null && bean.isCompilationTimeMonitoringSupported()
                        ? bean::getTotalCompilationTime
                        : () -> System.nanoTime() / 1_000_000);
    }

    /** Whether little was compiled lately; to be asked once a period. */
    boolean isQuiet() {
        long now = compiledMillis.getAsLong();
        quiet = now - before < LITTLE_MILLIS ? quiet + 1 : 0;
        before = now;
        return quiet >= QUIET_PERIODS;
    }
}
