package io.t4rec.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What Linux tells of this process; other systems tell nothing. */
final class ProcessStatus {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path STAT = Path.of("/proc/self/stat");
    private static final Path SYSTEM = Path.of("/proc/stat");

    /** Fields of {@code /proc/self/stat} behind the command's name: time in user and kernel mode, own and of ended children. */
    private static final int FIRST_TIME = 11;

    private static final int TIMES = 4;

    /** Places in the first line of {@code /proc/stat}: idle and waiting for the disk. */
    private static final int IDLE = 4;

    private static final int WAITING = 5;
    private static final int COUNTED = 8;

    private ProcessStatus() {}

    /** Largest resident memory so far, Java heap, native tensors and libraries together; n/a elsewhere. */
    static String peakMebibytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .map(kibibytes -> String.format(Locale.ROOT, "%,d", kibibytes >> 10))
                    .findFirst()
                    .orElse("n/a");
        } catch (IOException e) {
            return "n/a";
        }
    }

    /** Starts anew with the peak, where the system allows that. */
    static void forgetPeak() {
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // resets VmHWM, see proc(5)
        } catch (IOException e) {
            return; // the peak then is that since the process began, never too small
        }
    }

    /** Ticks of the clock that all cores had, those they worked, and those they worked for this process. */
    record Ticks(long all, long busy, long own) {
        static Ticks now() {
            try {
                String[] system = Files.readAllLines(SYSTEM).get(0).split("\\s+", -1);
                long all = 0;
                for (int i = 1; i <= COUNTED; i++) {
                    all += Long.parseLong(system[i]);
                }
                long busy = all - Long.parseLong(system[IDLE]) - Long.parseLong(system[WAITING]);
                String stat = Files.readString(STAT);
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                long own = 0;
                for (int i = 0; i < TIMES; i++) {
                    own += Long.parseLong(fields[FIRST_TIME + i]);
                }
                return new Ticks(all, busy, own);
            } catch (IOException e) {
                return new Ticks(0, 0, 0);
            }
        }

        /** Cores that other processes used since then, on average; n/a where the system doesn't tell. */
        String othersSince(Ticks start) {
            if (all == start.all) {
                return "n/a";
            }
            double others = (double) (busy - start.busy - (own - start.own)) / (all - start.all);
            return String.format(
                    Locale.ROOT,
                    "%.1f",
                    Math.max(0, others) * Runtime.getRuntime().availableProcessors());
        }
    }
}
