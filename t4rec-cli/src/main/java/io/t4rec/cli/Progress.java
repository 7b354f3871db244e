package io.t4rec.cli;

import io.t4rec.train.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Tells of what lasts longer than two seconds. On a terminal in one line that is written over: for training the share done,
 * sequences a second and time left, for other work the time it has taken. Elsewhere, in log files for instance, and on a terminal
 * too, a line for each epoch.
 */
final class Progress {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int REFRESH_MILLIS = 250;
    private static final String SPINNER = "|/-\\";

    private final PrintWriter out;
    private final int columns;
    private final boolean quiet;

    /**
     * @param columns width of the terminal; 0 when the output is none
     * @param quiet whether nothing is told at all
     */
    Progress(PrintWriter out, int columns, boolean quiet) {
        this.out = out;
        this.columns = quiet ? 0 : columns;
        this.quiet = quiet;
    }

    /** Work that gives a result and may fail. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /** The same output, of which nothing is told. */
    Progress silent() {
        return new Progress(out, columns, true);
    }

    boolean isQuiet() {
        return quiet;
    }

    /** Does work of unknown length; after a while tells that it goes on. */
    <T extends @Nullable Object> T during(String name, Work<T> work) throws IOException {
        try (Line line = new Line();
                Spinner spinner = columns == 0 ? null : new Spinner(name, line)) {
            return work.run();
        }
    }

    /** Tells of training; to be closed when training ends. */
    Training training() {
        return new Training();
    }

    /** The line that is written over. */
    private final class Line implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return Math.max(20, columns - 1);
        }

        @Override
        public void accept(String text) {
            out.print("\r" + text);
            out.flush();
        }

        @Override
        public void clear() {
            if (columns > 0) {
                accept(" ".repeat(getMaxRenderedLength()) + "\r");
            }
        }

        @Override
        public void close() {}
    }

    /** A daemon thread that tells how long something has taken. */
    private static final class Spinner implements AutoCloseable {
        private final Thread thread;

        Spinner(String name, Line line) {
            thread = new Thread(() -> spin(name, line), "t4rec-progress");
            thread.setDaemon(true);
            thread.start();
        }

        private static void spin(String name, Line line) {
            long start = System.nanoTime();
            try {
                Thread.sleep(PATIENCE.toMillis());
                for (int turn = 0; ; turn++) {
                    long seconds = (System.nanoTime() - start) / 1_000_000_000L;
                    String text = SPINNER.charAt(turn % SPINNER.length()) + " " + name + "  "
                            + Duration.ofSeconds(seconds)
                                    .toString()
                                    .substring(2)
                                    .toLowerCase(Locale.ROOT) + " ";
                    line.accept(text.substring(0, Math.min(text.length(), line.getMaxRenderedLength())));
                    Thread.sleep(REFRESH_MILLIS);
                }
            } catch (InterruptedException e) {
                if (System.nanoTime() - start > PATIENCE.toNanos()) {
                    line.clear();
                }
            }
        }

        @Override
        public void close() {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The bar of a training run, and a line for each epoch. */
    final class Training implements TrainingListener, AutoCloseable {
        private final Line line = new Line();
        private final long start = System.nanoTime();
        private long sequences;
        private @Nullable ProgressBar bar;

        @Override
        public void onStep(Step step) {
            if (columns == 0) {
                return;
            }
            sequences += step.sequences();
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            if (bar == null && elapsed.compareTo(PATIENCE) > 0) {
                bar = new ProgressBarBuilder()
                        .setTaskName("Training")
                        .setInitialMax(step.totalSteps())
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(REFRESH_MILLIS)
                        .startsFrom(step.step(), elapsed)
                        .clearDisplayOnFinish()
                        .setConsumer(line)
                        .build();
            }
            if (bar != null) {
                bar.stepTo(step.step());
                bar.setExtraMessage(String.format(
                        Locale.ROOT,
                        "%.0f sequences/s, loss %.3f",
                        sequences / (elapsed.toNanos() / 1e9),
                        step.loss()));
            }
        }

        @Override
        public void onEpoch(Epoch epoch) {
            if (quiet) {
                return;
            }
            StringBuilder text = new StringBuilder(String.format(
                    Locale.ROOT, "epoch %d  loss %.4f  %.1f s", epoch.epoch() + 1, epoch.loss(), epoch.seconds()));
            epoch.figures().forEach((name, value) -> text.append(String.format(Locale.ROOT, "  %s %.4f", name, value)));
            epoch.metrics().forEach((name, value) -> text.append(String.format(Locale.ROOT, "  %s %.4f", name, value)));
            text.append(epoch.best() ? "  best" : "");
            if (columns > text.length()) {
                text.insert(0, '\r').append(" ".repeat(columns - text.length()));
            }
            out.println(text);
            out.flush();
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
            }
        }
    }
}
