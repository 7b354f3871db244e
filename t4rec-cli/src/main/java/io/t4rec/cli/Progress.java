package io.t4rec.cli;

import io.t4rec.data.OngoingWork;
import io.t4rec.train.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Tells of what lasts longer than two seconds. On a terminal in one line that is written over: the share done, the rate and the time left,
 * of work of unknown length the time it has taken. Elsewhere, in log files for instance, and on a terminal
 * too, a line for each epoch.
 */
final class Progress {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int REFRESH_MILLIS = 250;

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

    /** Does work; after a while tells that it goes on, and where {@link OngoingWork} knows, how far it has come. */
    <T extends @Nullable Object> T during(String name, Work<T> work) throws IOException {
        try (Watcher watcher = columns == 0 ? null : new Watcher(name)) {
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

    /** A daemon thread that tells how far the work of the thread has come that it was made by. */
    private final class Watcher implements AutoCloseable {
        private final Thread thread;

        Watcher(String name) {
            Thread worker = Thread.currentThread();
            thread = new Thread(() -> watch(name, worker), "t4rec-progress");
            thread.setDaemon(true);
            thread.start();
        }

        private void watch(String name, Thread worker) {
            Line line = new Line();
            WorkLine text = new WorkLine(name);
            boolean told = false;
            try {
                while (true) {
                    Thread.sleep(REFRESH_MILLIS);
                    String now = text.at(System.nanoTime(), OngoingWork.of(worker), line.getMaxRenderedLength());
                    if (System.nanoTime() - text.start() > PATIENCE.toNanos()) {
                        line.accept(now);
                        told = true;
                    }
                }
            } catch (InterruptedException e) {
                if (told) {
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
            // what is measured of both, as the discriminator's log loss, counts on the evaluation data
            Map<String, Double> figures = new LinkedHashMap<>(epoch.figures());
            figures.keySet().removeAll(epoch.metrics().keySet());
            figures.putAll(epoch.metrics());
            figures.forEach((name, value) -> text.append(String.format(Locale.ROOT, "  %s %.4f", name, value)));
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
