package io.t4rec.cli;

import io.t4rec.train.TrainingListener;
import java.io.PrintWriter;
import java.util.Locale;

/** Tells of training in one line that is written over: share done, sequences a second, time left; and a line for each epoch. */
final class ProgressListener implements TrainingListener {
    private static final long INTERVAL_NANOS = 500_000_000L;
    private static final int WIDTH = 30;

    private final PrintWriter out;
    private final long start = System.nanoTime();
    private long shown;
    private long sequences;
    private long firstStep = -1;

    ProgressListener(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void onStep(Step step) {
        firstStep = firstStep < 0 ? step.step() - 1 : firstStep;
        sequences += step.sequences();
        long now = System.nanoTime();
        if (now - shown < INTERVAL_NANOS && step.step() < step.totalSteps()) {
            return;
        }
        shown = now;
        double seconds = (now - start) / 1e9;
        double share = (double) step.step() / step.totalSteps();
        double left = seconds / (step.step() - firstStep) * (step.totalSteps() - step.step());
        int filled = (int) (share * WIDTH);
        out.print(String.format(
                Locale.ROOT,
                "\r[%s%s] %3.0f %%  epoch %d  loss %.4f  %.0f sequences/s  %.0f s left ",
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                100 * share,
                step.epoch() + 1,
                step.loss(),
                sequences / seconds,
                left));
        out.flush();
    }

    @Override
    public void onEpoch(Epoch epoch) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT, "\repoch %d  loss %.4f  %.1f s", epoch.epoch() + 1, epoch.loss(), epoch.seconds()));
        epoch.metrics().forEach((name, value) -> line.append(String.format(Locale.ROOT, "  %s %.4f", name, value)));
        out.println(line + (epoch.best() ? "  best" : "") + " ".repeat(20));
        out.flush();
    }
}
