package io.t4rec.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Time of the workflow against SQL written by hand. */
final class WorkflowQuestion implements Question {
    private static final int RUNS = 3;

    @Override
    public String name() {
        return "workflow";
    }

    @Override
    public String asks() {
        return "How long does the usual session workflow take (ids for item, category and device, price and dwell normalised, sessions"
                + " as lists of the newest 20 events, Parquet with zstd), fitted and applied, and how long does SQL written by hand for"
                + " DuckDB, which sorts once and then cuts? By the order in which the file holds its events. Medians of three runs"
                + " each, in turn, in one process; all cores. Both results are compared row by row.";
    }

    @Override
    public String goal() {
        return "at most 1.2 times the hand-written SQL, memory bounded by a setting (--memory-limit).";
    }

    @Override
    public List<String> parts() {
        return EventOrder.parts();
    }

    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        ShopEvents events = ShopEvents.generate(settings.events(), settings.seed(), EventOrder.of(part), progress);
        double[] ours = new double[RUNS];
        double[] byHand = new double[RUNS];
        String oursPeak = "";
        String byHandPeak = "";
        for (int run = 0; run < RUNS; run++) {
            ProcessStatus.forgetPeak();
            byHand[run] = events.handWrittenSeconds(settings.database());
            byHandPeak = ProcessStatus.peakMebibytes();
            progress.accept(String.format(Locale.ROOT, "run %d: by hand %.1f s", run + 1, byHand[run]));
            ProcessStatus.forgetPeak();
            ours[run] = events.seconds(settings.database());
            oursPeak = ProcessStatus.peakMebibytes();
            progress.accept(String.format(Locale.ROOT, "run %d: ours %.1f s", run + 1, ours[run]));
        }
        long sessions = events.requireEqualResults(settings.database());
        Arrays.sort(ours);
        Arrays.sort(byHand);
        return Measured.of(List.of(Row.of(part)
                .with("events", events.count(), 0)
                .with("sessions", sessions, 0)
                .with("ours, s", ours[RUNS / 2], 1)
                .with("by hand, s", byHand[RUNS / 2], 1)
                .with("ratio", ours[RUNS / 2] / byHand[RUNS / 2], 2)
                .with("events/s", events.count() / ours[RUNS / 2], 0)
                .with("memory limit", settings.memoryLimit().isEmpty() ? "none" : settings.memoryLimit())
                .with("ours, MiB", oursPeak)
                .with("by hand, MiB", byHandPeak)));
    }
}
