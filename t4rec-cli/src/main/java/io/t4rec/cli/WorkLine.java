package io.t4rec.cli;

import io.t4rec.data.OngoingWork;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The line that tells of work: a bar with the rate and the time left where it is known how far it has come, else the time passed. */
final class WorkLine {
    private static final String SPINNER = "|/-\\";
    private static final int BAR = 20;
    /** Of less of a part nobody can tell how long it takes. */
    private static final double ENOUGH = 0.02;

    private final String name;
    private final long start = System.nanoTime();
    private int turn;
    private OngoingWork.@Nullable Position first;
    private long firstTime;

    WorkLine(String name) {
        this.name = name;
    }

    /** When the work began, on the clock of {@link System#nanoTime}. */
    long start() {
        return start;
    }

    /**
     * The line at a time.
     *
     * @param position how far the work has come; null when nothing is known
     * @param length most characters
     */
    String at(long time, OngoingWork.@Nullable Position position, int length) {
        String head = SPINNER.charAt(turn++ % SPINNER.length()) + " ";
        String tail = "  " + passed(time - start) + (position == null ? "" : known(time, position));
        int room = Math.max(0, length - head.length() - tail.length());
        String line = head + name.substring(0, Math.min(name.length(), room)) + tail;
        // a shorter line leaves nothing of a longer one
        return String.format("%-" + length + "s", line).substring(0, length);
    }

    private String known(long time, OngoingWork.Position position) {
        if (Double.isNaN(position.share())) {
            return "";
        }
        OngoingWork.Position from = first;
        if (from == null || from.part() != position.part() || Double.isNaN(from.share())) {
            first = position;
            firstTime = time;
            from = position;
        }
        double share = Math.min(1, Math.max(0, position.share()));
        int full = (int) (BAR * share);
        StringBuilder text = new StringBuilder("  [")
                .append("=".repeat(full))
                .append(" ".repeat(BAR - full))
                .append(String.format(Locale.ROOT, "] %2.0f%%", 100 * share));
        double gained = share - from.share();
        double seconds = (time - firstTime) / 1e9;
        long rows = position.rows() - from.rows();
        if (rows > 0 && seconds > 0) {
            text.append(String.format(Locale.ROOT, "  %,.0f rows/s", rows / seconds));
        }
        if (gained >= ENOUGH) {
            text.append("  ")
                    .append(passed((long) ((time - firstTime) * (1 - share) / gained)))
                    .append(" left");
        }
        return text.toString();
    }

    private static String passed(long nanos) {
        long seconds = nanos / 1_000_000_000L;
        return seconds < 60
                ? seconds + "s"
                : seconds < 3600
                        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                        : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
